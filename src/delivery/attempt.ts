/**
 * The one retry loop of the delivery: vendors only say what an answer means, here it is decided
 * whether and when the same question is asked again.
 */
import pRetry from 'p-retry';
import type { Machine } from '../machine.ts';
import type { Again } from '../records.ts';
import type { Tell } from '../events.ts';

export interface AttemptOptions {
  purpose: 'send' | 'occupied' | 'follow' | 'judge';
  chunk?: number;
  /** How many `transient` answers are followed by another try. `busy` and `session` do not count. */
  maxRetries: number;
  /** Whether an answer that leaves open what was taken may be followed by another try. */
  harmless: boolean;
  machine: Machine;
  tell: Tell;
  /** Ends the waiting; the last answer is then the result. */
  signal: AbortSignal;
}

/** How often in a row a target may change how it asks before it is taken at its word. */
const maxSessionChanges = 3;
const baseWaitMs = 1_000;
const maxWaitMs = 60_000;

/**
 * Asks until there is an answer other than `again`. Gives back the last `again` when retries are used
 * up, when waiting was ended, or when another try could double rows. Failures pass through.
 */
export async function attempt<T extends { kind: string }>(
  ask: () => Promise<T | Again>,
  options: AttemptOptions,
): Promise<T | Again> {
  let sessionChanges = 0;
  let busyTries = 0;

  const askOnce = async (): Promise<T> => {
    const answer = await ask();
    if (!isAgain(answer)) return answer;
    sessionChanges = answer.why === 'session' ? sessionChanges + 1 : 0;
    busyTries = answer.why === 'busy' ? busyTries + 1 : 0;
    throw new AskAgain(answer);
  };

  const mayGoOn = ({ again }: AskAgain): boolean =>
    !options.signal.aborted &&
    (again.taken === 'no' || options.harmless) &&
    (again.why !== 'session' || sessionChanges <= maxSessionChanges);

  try {
    return await pRetry(askOnce, {
      retries: options.maxRetries,
      minTimeout: 0,
      maxTimeout: 0,
      onFailedAttempt: async ({ error, retriesConsumed, retriesLeft }) => {
        if (!(error instanceof AskAgain) || !mayGoOn(error)) return;
        const counted = error.again.why === 'transient';
        if (counted && retriesLeft === 0) return;
        const waitMs = waitFor(error.again, counted ? retriesConsumed : busyTries - 1, options.machine);
        const { purpose, chunk } = options;
        options.tell({
          type: 'attempt-failed',
          chunk,
          purpose,
          message: error.again.message,
          waitMs,
          counted,
        });
        await options.machine.sleep(waitMs, options.signal).catch(() => undefined);
      },
      shouldConsumeRetry: ({ error }) => !(error instanceof AskAgain) || error.again.why === 'transient',
      shouldRetry: ({ error }) => error instanceof AskAgain && mayGoOn(error),
    });
  } catch (error) {
    if (error instanceof AskAgain) return error.again;
    throw error;
  }
}

/** Full jitter: anywhere between nothing and a bound that doubles. What the vendor asks for wins. */
function waitFor(again: Again, earlierTries: number, machine: Machine): number {
  if (again.waitMs !== undefined) return again.waitMs;
  if (again.why === 'session') return 0;
  const bound = Math.min(baseWaitMs * 2 ** Math.max(earlierTries, 0), maxWaitMs);
  return Math.round(machine.random() * bound);
}

function isAgain(answer: { kind: string }): answer is Again {
  return answer.kind === 'again';
}

/** Carries an answer through p-retry, which takes only errors for a reason to try again. */
class AskAgain extends Error {
  readonly again: Again;

  constructor(again: Again) {
    super(again.message);
    this.again = again;
  }
}
