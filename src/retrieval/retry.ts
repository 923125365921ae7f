/** The one loop in which a request is made again. */
import pRetry from 'p-retry';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';

const firstWaitMs = 1000;
const longestWaitMs = 60_000;

/** An attempt failed in a way that another one may cure. */
export class AttemptFailed extends Error {
  override readonly name = 'AttemptFailed';
  /** How long the vendor asks us to wait. */
  readonly waitMs: number | undefined;

  constructor(message: string, waitMs?: number) {
    super(message);
    this.waitMs = waitMs;
  }
}

export interface RetryOptions {
  /** Attempts beyond the first. */
  retries: number;
  machine: Pick<Machine, 'sleep' | 'random'>;
  signal: AbortSignal;
  /** Told before each wait. */
  onRetry: (message: string, waitMs: number) => void;
}

/**
 * Calls `attempt` until it does not throw AttemptFailed. Waits between attempts: as long as the vendor
 * asks, else random up to 1 s, 2 s, 4 s ... 60 s. Throws a Failure `unavailable` when the retries are used up.
 */
export async function retry<Result>(attempt: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  const { machine, onRetry, retries, signal } = options;
  try {
    return await pRetry(attempt, {
      retries,
      signal,
      minTimeout: 0,
      maxTimeout: 0,
      shouldRetry: ({ error }) => error instanceof AttemptFailed,
      onFailedAttempt: async ({ attemptNumber, error, retriesLeft }) => {
        if (!(error instanceof AttemptFailed) || retriesLeft === 0) return;
        const waitMs = error.waitMs ?? jitteredWaitMs(attemptNumber, machine.random());
        onRetry(error.message, waitMs);
        await machine.sleep(waitMs, signal);
      },
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AttemptFailed)) throw error;
    throw new Failure('unavailable', `${error.message}, also after ${retries} retries`, {
      hint: 'run the same command again later',
      cause: error,
    });
  }
}

/** Full jitter over a bound that doubles from one second to a minute. `random` is in [0, 1). */
export function jitteredWaitMs(attemptNumber: number, random: number): number {
  return Math.round(random * Math.min(longestWaitMs, firstWaitMs * 2 ** (attemptNumber - 1)));
}
