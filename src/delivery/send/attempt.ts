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
  /** Where the vendor may have no slot. */
  queue?: SlotQueue;
}

/** One chunk in the queue of those of this process for which the vendor had no slot. */
export interface SlotQueue {
  /** The vendor had no slot. The signal that is returned aborts when one seems to be free, which ends the wait. */
  refused(): AbortSignal;
  /** Waits until this chunk may be sent again; false when `signal` ended the wait. */
  turn(signal: AbortSignal): Promise<boolean>;
  /** The chunk is not sent any more, or lacks no slot any more. */
  leave(): void;
}

/** How many `session` answers in a row are retried. */
const maxSessionChanges = 3;

/**
 * Retries until the answer is not `retry`. Returns the last `retry` when retries are used up, when the wait was
 * ended, or when another attempt could duplicate rows. Throws what `ask` throws.
 */
export async function attempt<T extends { kind: string }>(
  ask: () => Promise<T | Retry>,
  { purpose, chunk, maxRetries, harmless, machine, emit, signal, queue }: AttemptOptions,
): Promise<T | Retry> {
  let sessionChanges = 0;
  let last: Retry | undefined;

  const askOnce = async (): Promise<T> => {
    if (last?.lacks === 'slot' && (await queue?.turn(signal)) === false) throw new RetryRequest(last);
    const answer = await ask();
    const lacksSlot = isRetry(answer) && answer.lacks === 'slot';
    if (!lacksSlot) queue?.leave();
    if (!isRetry(answer)) return answer;
    last = answer;
    sessionChanges = answer.why === 'session' ? sessionChanges + 1 : 0;
    throw new RetryRequest(answer, lacksSlot ? queue?.refused() : undefined);
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
  } finally {
    queue?.leave();
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

  constructor(again: Retry, slot?: AbortSignal) {
    const waitMs = again.waitMs ?? (again.why === 'session' ? WAITS.retry.minMs : undefined);
    super(again.message, { waitMs, isCounted: again.why === 'transient', slot });
    this.again = again;
  }
}
