/** Shared by the readers of packed files. */
import { Failure } from '../../failure.ts';

/** A file of which any bytes can be read. */
export interface RandomAccess {
  size: number;
  /** Where it lies on a disk; undefined when it does not. */
  absolutePath: string | undefined;
  read: (position: number, length: number) => Promise<Uint8Array>;
}

/**
 * The Failure for libraries that only say that something is wrong. `why`: their words, where they are for people; by
 * default those of the cause.
 */
export function unreadable(name: string, what: string, cause: unknown, why = wordsOf(cause)): Failure {
  const reason = why === '' ? '' : ` (${why})`;
  return new Failure('local', `${name} is cut off or damaged: its ${what} data cannot be read${reason}`, {
    hint: 'its whole rows up to there were read; complete the file and run again',
    cause,
  });
}

/** A TypeError tells of the library's inside alone. */
function wordsOf(cause: unknown): string {
  if (cause instanceof TypeError) return '';
  return cause instanceof Error ? cause.message : String(cause);
}
