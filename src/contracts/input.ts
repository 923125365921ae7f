/** What an input promises: bytes that can be read again by range. */

/**
 * Some bytes of an input, in memory of a pool: valid until `release()`, which may be called once or more. A
 * reader lends six slabs at most, and more where there are more threads; asking for another waits until one is
 * released.
 */
export interface Slab {
  bytes: Uint8Array;
  /** Offset of `bytes[0]` in the decompressed input. */
  offset: number;
  release(): void;
}

/**
 * A source that can be read again by range. Pipes (standard input, a FIFO) are spooled to disk as they are
 * read. All offsets are in decompressed bytes.
 */
export interface Input {
  /** As the user wrote it: a path, the address of an object, or `-`. */
  path: string;
  /** Size where it lies, compressed or not; undefined for a pipe. For progress and the time left. */
  sourceBytes: number | undefined;
  /** How much of that the furthest reader has read. */
  readSourceBytes(): number;
  /**
   * `gzip`: any file that is unpacked or converted while it is read, whatever its container or encoding.
   * `stream`: a pipe, which can be read again only from its spool. The names are those that ledgers hold.
   */
  kind: 'file' | 'gzip' | 'stream';
  /**
   * Slabs of at most 1 MiB from `from` to `to`, or to the end. May be called for any range, any number of
   * times, also while another reader reads. Throws a Failure `local` when bytes cannot be read, behind
   * those that can: a truncated gzip file gives its whole rows first.
   */
  read(from: number, to?: number): AsyncIterable<Slab>;
  /**
   * Of what lies in a bucket or on a web server: changes whenever the bytes do, and is the same only for the same bytes.
   * Undefined for what only its bytes identify.
   */
  version?: string | undefined;
  /** When it was last modified, in milliseconds since the epoch; undefined when nobody can tell. */
  modifiedMs?(): Promise<number | undefined>;
  /** Promises that nothing before `offset` is read again: a spool may delete it. */
  settledUpTo(offset: number): Promise<void>;
  close(): Promise<void>;
}
