/** Retry loop: callers classify errors, this waits. */
import pRetry from 'p-retry';
import type { Machine } from './machine.ts';

/** The shortest wait, whatever a server asks for: at most four attempts a second. */
export const shortestWaitMs = 250;

/** Bounds of a wait for which the vendor names no time. */
export const firstBoundMs = 1_000;
export const longestBoundMs = 60_000;

/** Thrown by an attempt to ask for another one. */
export class RetryError extends Error {
  /** How long the vendor asks us to wait. */
  readonly waitMs: number | undefined;
  /** Whether it uses up a retry; waiting for room does not. */
  readonly isCounted: boolean;

  constructor(
    message: string,
    { waitMs, isCounted = true }: { waitMs?: number | undefined; isCounted?: boolean } = {},
  ) {
    super(message);
    this.waitMs = waitMs;
    this.isCounted = isCounted;
  }
}

export interface RetryLoop<Reason extends RetryError> {
  /** Attempts beyond the first. */
  retries: number;
  machine: Pick<Machine, 'sleep' | 'random'> & Partial<Pick<Machine, 'trace'>>;
  /** Ends the wait: the last RetryError is thrown then. */
  signal: AbortSignal;
  /** Whether another attempt makes sense; always, when absent. */
  mayGoOn?: (reason: Reason) => boolean;
  /** Called before each wait. */
  onWait: (reason: Reason, waitMs: number) => void;
}

/**
 * Attempts until one does not throw RetryError. Waits between attempts as long as the vendor asks, else
 * at random below a bound that doubles, and never less than `shortestWaitMs`. Throws the last RetryError when there is to be no other attempt.
 */
export async function retryLoop<Result, Reason extends RetryError>(
  attempt: () => Promise<Result>,
  { retries, machine, signal, mayGoOn, onWait }: RetryLoop<Reason>,
): Promise<Result> {
  // p-retry gives up at its own number of retries also for attempts that are not counted: the counting is ours.
  let counted = 0;
  let uncounted = 0;
  const isReason = (error: Error): error is Reason =>
    error instanceof RetryError && !signal.aborted && (mayGoOn === undefined || mayGoOn(error as Reason));

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
      // When the sleep is cut short, `shouldRetry` ends the loop.
      await machine.sleep(waitMs, signal).catch(() => undefined);
    },
    shouldRetry: ({ error }) => isReason(error),
  });
}

/** A time to wait that is shorter than the shortest (`Retry-After: 0`, a date that is past) says nothing. */
function waitBefore({ waitMs }: RetryError, earlierAttempts: number, random: number): number {
  return waitMs !== undefined && waitMs >= shortestWaitMs ? waitMs : backoffMs(earlierAttempts, random);
}

/**
 * Full jitter: anywhere between the shortest wait and a bound that doubles from a second to a minute. `random` is
 * in [0, 1).
 */
export function backoffMs(earlierAttempts: number, random: number): number {
  const boundMs = Math.min(firstBoundMs * 2 ** earlierAttempts, longestBoundMs);
  return Math.round(shortestWaitMs + random * (boundMs - shortestWaitMs));
}
