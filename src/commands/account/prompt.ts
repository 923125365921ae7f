/** Questions to a person on a terminal. */
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';

export interface Question {
  /** `API token of Scarf` */
  message: string;
  /** Nothing of the answer is shown. */
  hidden: boolean;
  signal: AbortSignal;
}

/** Whether there is a person to ask. */
export function canAsk({ stdin, stderr }: Pick<Machine, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/**
 * The answer, without blanks around it; it may be empty. The caller makes sure that there is a terminal. Throws a Failure
 * `interrupt` when the person gives up, or the reason of `signal`.
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
    // The end of input is told by nothing but a pause; that behind an answer comes with the answer.
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
