/** Retry loop: callers classify errors, this waits. */
import pRetry from 'p-retry';
import type { Machine } from './machine.ts';

/** Every wait between requests. Callers have no numbers of their own. */
export const WAITS = {
  /** Between attempts, where the vendor names no time: at random, up to a bound that doubles. */
  retry: { minMs: 250, firstBoundMs: 1_000, maxBoundMs: 60_000 },
  /**
   * The same where a slot is missing, which others give back at any moment. Processes side by side share the slots
   * the better the shorter it is; a poll that shows room ends it.
   */
  slot: { minMs: 250, firstBoundMs: 3_000, maxBoundMs: 5_000 },
  /** Between looks at open imports, while nothing changes; not above `maxAwaitedMs` while a chunk waits for a slot. */
  poll: { firstMs: 250, growth: 1.5, maxMs: 10_000, maxAwaitedMs: 3_000 },
} as const;

/** The bounds of a wait before the next attempt. */
type Bounds = (typeof WAITS)['retry' | 'slot'];

/** Attempts beyond the first, unless `--retries` says otherwise: an upload is worth more of them than a question. */
export const DEFAULT_RETRIES = { delivery: 8, imports: 8, export: 5, schedule: 5 } as const;

/** When a request is made again. */
export interface RetryPolicy<Reason extends RetryError = RetryError> {
  /** Attempts beyond the first that count. */
  retries: number;
  /** Whether another attempt makes sense after this one; always, when absent. */
  mayRetry?: (reason: Reason) => boolean;
}

/** Thrown by an attempt to ask for another one. */
export class RetryError extends Error {
  /** How long the vendor asks us to wait. */
  readonly waitMs: number | undefined;
  /** Whether it uses up a retry; waiting for room does not. */
  readonly isCounted: boolean;
  /** Where a slot is missing: aborted when one seems to be free, which ends the wait. */
  readonly slot: AbortSignal | undefined;

  constructor(message: string, { waitMs, isCounted = true, slot }: RetryErrorOptions = {}) {
    super(message);
    this.waitMs = waitMs;
    this.isCounted = isCounted;
    this.slot = slot;
  }
}

interface RetryErrorOptions {
  waitMs?: number | undefined;
  isCounted?: boolean;
  slot?: AbortSignal | undefined;
}

export interface RetryLoop<Reason extends RetryError> {
  policy: RetryPolicy<Reason>;
  machine: Pick<Machine, 'sleep' | 'random'> & Partial<Pick<Machine, 'trace'>>;
  /** Ends the wait: the last RetryError is thrown then. */
  signal: AbortSignal;
  /** Called before each wait. */
  onWait: (reason: Reason, waitMs: number) => void;
}

/**
 * Attempts until one does not throw RetryError. Waits between attempts as long as the vendor asks, else
 * at random below a bound that doubles, and never less than the shortest wait of `WAITS`. Throws the last RetryError
 * when there is to be no other attempt.
 */
export async function retryLoop<Result, Reason extends RetryError>(
  attempt: () => Promise<Result>,
  { policy: { retries, mayRetry }, machine, signal, onWait }: RetryLoop<Reason>,
): Promise<Result> {
  // p-retry gives up at its own number of retries also for attempts that are not counted: the counting is ours.
  let counted = 0;
  let uncounted = 0;
  const isReason = (error: Error): error is Reason =>
    error instanceof RetryError && !signal.aborted && (mayRetry === undefined || mayRetry(error as Reason));

  const { trace } = machine;
  const traced = (number: number) => (trace?.isOn === true ? trace.inAttempt(number, attempt) : attempt());

  return pRetry(traced, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 0,
    maxTimeout: 0,
    onFailedAttempt: async ({ error, attemptNumber }) => {
      if (!isReason(error) || (error.isCounted && counted === retries)) throw error;
      const waitMs = waitBefore(error, error.isCounted ? counted : uncounted, machine.random());
      uncounted = error.isCounted ? 0 : uncounted + 1;
      if (error.isCounted) counted += 1;
      onWait(error, waitMs);
      trace?.record({
        type: 'waiting',
        ms: waitMs,
        reason: error.message,
        attempt: attemptNumber,
        counted: error.isCounted,
      });
      // When `signal` cuts the sleep short, `shouldRetry` ends the loop.
      const ended = error.slot === undefined ? signal : AbortSignal.any([signal, error.slot]);
      await machine.sleep(waitMs, ended).catch(() => undefined);
    },
    shouldRetry: ({ error }) => isReason(error),
  });
}

/** A wait that a server asks for counts from the shortest one on: `Retry-After: 0` and past dates say nothing. */
function waitBefore({ waitMs, slot }: RetryError, earlierAttempts: number, random: number): number {
  if (waitMs !== undefined && waitMs >= WAITS.retry.minMs) return waitMs;
  return backoffMs(earlierAttempts, random, slot === undefined ? WAITS.retry : WAITS.slot);
}

/** Full jitter between the shortest wait and a bound that doubles. `random` is in [0, 1). @internal */
export function backoffMs(earlierAttempts: number, random: number, bounds: Bounds = WAITS.retry): number {
  const { minMs, firstBoundMs, maxBoundMs } = bounds;
  const boundMs = Math.min(firstBoundMs * 2 ** earlierAttempts, maxBoundMs);
  return Math.round(minMs + random * (boundMs - minMs));
}

/** How long a chunk stands back for others that want a slot as well. `random` is in [0, 1). */
export function slotWaitMs(random: number): number {
  return backoffMs(0, random, WAITS.slot);
}

/**
 * The wait before the next look at open imports, after one of `waitMs` in which nothing changed. `isAwaited`: a chunk
 * waits for the slot of one of them.
 */
export function nextPollMs(waitMs: number, isAwaited = false): number {
  const { growth, maxMs, maxAwaitedMs } = WAITS.poll;
  return Math.min(waitMs * growth, isAwaited ? maxAwaitedMs : maxMs);
}
