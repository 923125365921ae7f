/** Asks a person on a terminal. */
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';

export interface Question {
  /** `API token of Scarf` */
  message: string;
  /** Do not echo the answer. */
  hidden: boolean;
  signal: AbortSignal;
}

/** Whether standard input and error are terminals. */
export function canAsk({ stdin, stderr }: Pick<Machine, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/**
 * The answer, trimmed; it may be empty. The caller checks `canAsk` first. Throws a Failure `interrupt` when
 * the person gives up, or the reason of `signal`.
 */
export async function askPerson(
  { message, hidden, signal }: Question,
  { stdin, stderr, sleep }: Pick<Machine, 'stdin' | 'stderr' | 'sleep'>,
): Promise<string> {
  const { read } = await import('read');
  signal.throwIfAborted();
  const over = new AbortController();
  const left = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: over.signal });
    // End of input shows only as a pause; after an answer, it arrives together with the answer.
    const giveUp = () => void sleep(1).then(() => reject(givenUp()));
    for (const event of ['pause', 'end']) stdin.once(event, giveUp);
    over.signal.addEventListener('abort', () => {
      for (const event of ['pause', 'end']) stdin.off(event, giveUp);
    });
  });
  const asking = read({ prompt: `${message}:`, silent: hidden, input: stdin, output: stderr });
  try {
    return (await Promise.race([asking.catch(() => Promise.reject(givenUp())), left])).trim();
  } finally {
    over.abort();
    stdin.pause();
    if (hidden) stderr.write('\n');
  }
}

function givenUp(): Failure {
  return new Failure('interrupt', 'nothing was given');
}
