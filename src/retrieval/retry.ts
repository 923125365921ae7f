/** Retries the requests of an export. */
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { retryLoop, RetryError } from '../retry.ts';

/** The answer was empty although a header was expected. */
export class EmptyAnswer extends RetryError {
  constructor() {
    super('the answer is empty: not even a header came');
  }
}

/** The last row may be an error: only further answers can tell. */
export class DoubtfulEnd extends RetryError {
  constructor() {
    super('the last row of the reply may be an error');
  }
}

const laterAgain = 'run the same command again later';
const sameEnds = `${laterAgain}; with --retries 2 or more, a row in which each answer ends is rejected as a damaged one`;

export interface RetryOptions {
  /** Attempts after the first. */
  retries: number;
  machine: Pick<Machine, 'sleep' | 'random'>;
  signal: AbortSignal;
  /** Called before each wait. */
  onRetry: (message: string, waitMs: number) => void;
}

/**
 * Calls `attempt` until it does not throw RetryError; other errors pass. Throws a Failure `unavailable` when the
 * retries are used up, with the last error as its cause.
 */
export async function retry<Result>(attempt: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  const { machine, onRetry, retries, signal } = options;
  try {
    return await retryLoop<Result, RetryError>(attempt, {
      policy: { retries },
      machine,
      signal,
      onWait: ({ message }, waitMs) => onRetry(message, waitMs),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RetryError)) throw error;
    throw new Failure(
      'unavailable',
      `${error.message}, also after ${retries} ${retries === 1 ? 'retry' : 'retries'}`,
      {
        hint: error instanceof DoubtfulEnd ? sameEnds : laterAgain,
        cause: error,
      },
    );
  }
}
