/** Longest wait that a server may ask of us. */
const maxWaitMs = 300_000;

/** `Retry-After` as milliseconds from `now`: seconds or an HTTP date, at most five minutes; undefined when unreadable. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const waitMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  if (Number.isNaN(waitMs)) return undefined;
  return Math.min(Math.max(waitMs, 0), maxWaitMs);
}
