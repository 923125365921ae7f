/** What inputs are made from: something whose bytes can be read at any position. */
import { Failure } from '../failure.ts';

export interface RangedFile {
  /** As the user wrote it, for messages. */
  path: string;
  /** In bytes, when the run began. What is appended later is not read. */
  size: number;
  /** Where it lies on a disk of this machine; undefined for an object in a bucket. */
  absolutePath: string | undefined;
  /** See `Input.version`. */
  version: string | undefined;
  /**
   * Fills `buffer` from `position` on; returns how many bytes were read, 0 only at the end. Throws a Failure `local` when
   * the file is not what it was when the run began.
   */
  read(buffer: Buffer, position: number): Promise<number>;
  /** When it changed last, in milliseconds since the epoch. Undefined when nobody can tell. */
  modifiedMs(): Promise<number | undefined>;
  /** Gives up what is held for it. It can be read again. */
  forget(): Promise<void>;
}

/** The Failure for a file that ends before `position`, though it was longer when the run began. */
export function shrank({ path, size }: Pick<RangedFile, 'path' | 'size'>, position: number): Failure {
  return new Failure('local', `${path} shrank while it was being read`, {
    hint: `it had ${size} bytes when the run began and now ends before byte ${position + 1}`,
  });
}
