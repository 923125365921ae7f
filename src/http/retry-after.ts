/** Longest wait that a server may ask of us. */
export const maxRetryAfterMs = 300_000;

const seconds = /^\d+(\.\d+)?$/;

/** An HTTP date begins with a weekday; some servers send ISO 8601. Everything else Date.parse would guess at. */
const date = /^((mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?,? |\d{4}-\d\d-\d\dT)/i;

/** `Retry-After` as milliseconds from `now`: seconds or a date, at most five minutes; undefined when unreadable. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  const waitMs = seconds.test(text) ? Number(text) * 1000 : date.test(text) ? Date.parse(text) - now : NaN;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), maxRetryAfterMs);
}
