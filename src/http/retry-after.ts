/** The longest wait that a server may impose. */
export const maxRetryAfterMs = 300_000;

const seconds = /^\d+(\.\d+)?$/;

/** HTTP dates begin with a weekday; some servers send ISO 8601. Date.parse would guess at anything else. */
const date = /^((mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?,? |\d{4}-\d\d-\d\dT)/i;

/**
 * `Retry-After`, seconds or a date, as milliseconds from `now`, at most five minutes; undefined when it is
 * unreadable.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  const waitMs = seconds.test(text) ? Number(text) * 1000 : date.test(text) ? Date.parse(text) - now : NaN;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), maxRetryAfterMs);
}
