/** Shared by the readers of packed files. */
import { Failure } from '../../failure.ts';

/** A file of which any bytes can be read. */
export interface RandomAccess {
  size: number;
  /** Where it lies on a disk; undefined when it does not. */
  absolutePath: string | undefined;
  read: (position: number, length: number) => Promise<Uint8Array>;
}

/** The Failure for libraries that only say that something is wrong. */
export function unreadable(name: string, what: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Failure('local', `${name} is cut off or damaged: its ${what} data cannot be read (${why})`, {
    hint: 'its whole rows up to there were read; complete the file and run again',
    cause,
  });
}
