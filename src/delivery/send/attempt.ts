/** Decides whether to retry a classified reply. */
import type { Machine } from '../../machine.ts';
import type { Retry } from '../../records.ts';
import type { Emit } from '../../events.ts';
import { retryLoop, RetryError, WAITS } from '../../retry.ts';

export interface AttemptOptions {
  purpose: 'send' | 'active-elsewhere' | 'follow' | 'judge';
  chunk?: number;
  /** Retries of `transient` answers; `busy` and `session` do not count. */
  maxRetries: number;
  /** Whether to retry when the rows may have been taken. */
  harmless: boolean;
  machine: Machine;
  emit: Emit;
  /** Ends a wait between attempts; the last answer is then the result. */
  signal: AbortSignal;
}

/** How many `session` answers in a row are retried. */
const maxSessionChanges = 3;

/**
 * Retries until the answer is not `retry`. Returns the last `retry` when retries are used up, when the wait was
 * ended, or when another attempt could duplicate rows. Throws what `ask` throws.
 */
export async function attempt<T extends { kind: string }>(
  ask: () => Promise<T | Retry>,
  { purpose, chunk, maxRetries, harmless, machine, emit, signal }: AttemptOptions,
): Promise<T | Retry> {
  let sessionChanges = 0;

  const askOnce = async (): Promise<T> => {
    const answer = await ask();
    if (!isRetry(answer)) return answer;
    sessionChanges = answer.why === 'session' ? sessionChanges + 1 : 0;
    throw new RetryRequest(answer);
  };

  try {
    return await retryLoop<T, RetryRequest>(askOnce, {
      policy: {
        retries: maxRetries,
        mayRetry: ({ again }) =>
          (again.taken === 'no' || harmless) &&
          (again.why !== 'session' || sessionChanges <= maxSessionChanges),
      },
      machine,
      signal,
      onWait: ({ again, message, isCounted }, waitMs) =>
        emit({ type: 'attempt-failed', chunk, purpose, message, waitMs, counted: isCounted, why: again.why }),
    });
  } catch (error) {
    if (error instanceof RetryRequest) return error.again;
    throw error;
  }
}

function isRetry(answer: { kind: string }): answer is Retry {
  return answer.kind === 'retry';
}

/**
 * Carries the answer through the retry loop. A `session` answer waits only the shortest time, since the target has
 * already changed how it asks.
 */
class RetryRequest extends RetryError {
  readonly again: Retry;

  constructor(again: Retry) {
    const waitMs = again.waitMs ?? (again.why === 'session' ? WAITS.retry.shortestMs : undefined);
    super(again.message, { waitMs, isCounted: again.why === 'transient' });
    this.again = again;
  }
}
