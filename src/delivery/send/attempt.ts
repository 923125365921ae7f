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
  /** Where the vendor may have no slot for what is asked. */
  line?: SlotLine;
}

/** The place of one question among those of this process that wait for a slot of the vendor. */
export interface SlotLine {
  /** The vendor had no slot. Gives what is aborted when one seems to be free, which ends the wait. */
  refused(): AbortSignal;
  /** Waits until this one may ask again; false when `signal` ended the wait. */
  turn(signal: AbortSignal): Promise<boolean>;
  /** It asks no more, or lacks no slot any more. */
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
  { purpose, chunk, maxRetries, harmless, machine, emit, signal, line }: AttemptOptions,
): Promise<T | Retry> {
  let sessionChanges = 0;
  let last: Retry | undefined;

  const askOnce = async (): Promise<T> => {
    if (last?.lacks === 'slot' && (await line?.turn(signal)) === false) throw new RetryRequest(last);
    const answer = await ask();
    const lacksSlot = isRetry(answer) && answer.lacks === 'slot';
    if (!lacksSlot) line?.leave();
    if (!isRetry(answer)) return answer;
    last = answer;
    sessionChanges = answer.why === 'session' ? sessionChanges + 1 : 0;
    throw new RetryRequest(answer, lacksSlot ? line?.refused() : undefined);
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
    line?.leave();
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
    const waitMs = again.waitMs ?? (again.why === 'session' ? WAITS.retry.shortestMs : undefined);
    super(again.message, { waitMs, isCounted: again.why === 'transient', slot });
    this.again = again;
  }
}
