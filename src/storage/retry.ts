/** The one loop in which requests to storage are retried. The SDK's own retries are off: two loops multiply. */
import { Failure } from '../failure.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import type { Machine } from '../machine.ts';
import { retryLoop, RetryError } from '../retry.ts';

/** An attempt failed in a way that another may fix. */
export class TransientStorageError extends RetryError {
  override readonly name = 'TransientStorageError';
}

/** A refusal for now. Dates in its headers are by the server's clock, and so is what they are measured from. */
export function transientStatus(
  message: string,
  headers: Readonly<Record<string, string | undefined>>,
): TransientStorageError {
  const serverMs = Date.parse(headers['date'] ?? '');
  return new TransientStorageError(message, { waitMs: retryAfterMs(headers['retry-after'], serverMs) });
}

export interface StorageContext {
  /** Attempts after the first. */
  retries: number;
  machine: Pick<Machine, 'sleep' | 'random'> & Partial<Pick<Machine, 'trace'>>;
  signal: AbortSignal;
  /** Called before each wait. */
  onRetry: (message: string, waitMs: number) => void;
}

/**
 * Calls `attempt` until it does not throw a TransientStorageError; other errors pass. Throws a Failure `unavailable`
 * when the retries are used up: `cannot read s3://…: 503 Slow Down`.
 */
export async function retryStorage<Result>(
  what: string,
  attempt: () => Promise<Result>,
  { retries, machine, signal, onRetry }: StorageContext,
): Promise<Result> {
  try {
    return await retryLoop<Result, TransientStorageError>(attempt, {
      policy: { retries },
      machine,
      signal,
      onWait: ({ message }, waitMs) => onRetry(`cannot ${what}: ${message}`, waitMs),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof TransientStorageError)) throw error;
    throw new Failure(
      'unavailable',
      `cannot ${what}: ${error.message}, also after ${retries} ${retries === 1 ? 'retry' : 'retries'}`,
      {
        hint: 'run the same command again later',
        cause: error,
      },
    );
  }
}
