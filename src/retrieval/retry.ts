/** Questions of an export, asked until they are answered. */
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { retryLoop, RetryError } from '../retry.ts';

/** An attempt failed in a way that another one may cure. */
export class AttemptFailed extends RetryError {
  override readonly name = 'AttemptFailed';

  constructor(message: string, waitMs?: number) {
    super(message, { waitMs });
  }
}

/** The answer was empty where a header should stand. */
export class EmptyAnswer extends AttemptFailed {
  constructor() {
    super('the answer is empty: not even a header came');
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

/** Calls `attempt` until it does not throw AttemptFailed. Throws a Failure `unavailable` when the retries are used up. */
export async function retry<Result>(attempt: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  const { machine, onRetry, retries, signal } = options;
  try {
    return await retryLoop<Result, AttemptFailed>(attempt, {
      policy: { retries },
      machine,
      signal,
      onWait: ({ message }, waitMs) => onRetry(message, waitMs),
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
