/** What an input promises: bytes that can be read again by range. */

/**
 * Bytes of an input in memory that is used again: valid until `release()`, called exactly once. A reader
 * has at most six slots out: a reader that keeps six and asks for a seventh waits until one is released.
 */
export interface BufferSlot {
  bytes: Uint8Array;
  /** Offset of `bytes[0]` in the decompressed input. */
  offset: number;
  release(): void;
}

/**
 * Something that can be read again by range. What cannot (stdin, a FIFO) is spooled as it is read and
 * then can. All offsets are in the decompressed bytes.
 */
export interface Input {
  /** As the user wrote it: a path, or `-`. */
  path: string;
  /** Bytes on disk, compressed if they are; undefined for a pipe. For progress and ETA. */
  sourceBytes: number | undefined;
  /** Bytes on disk that have been read so far by the furthest reader. */
  readSourceBytes(): number;
  /** A `stream` (standard input, a FIFO) can be read again only from its spool. */
  kind: 'file' | 'gzip' | 'stream';
  /**
   * Slots of 1 to 2 MiB from `from` to the end, or to `to`. May be called again and for any range,
   * also while another reader is at work. Throws a Failure of kind `local` when the bytes cannot be
   * had; bytes that were read before that are delivered first (a truncated gzip gives its whole rows).
   */
  read(from: number, to?: number): AsyncIterable<BufferSlot>;
  /** When its bytes changed last, in milliseconds since the epoch, as far as that is known. */
  modifiedMs?(): Promise<number | undefined>;
  /** Bytes before `offset` will not be asked for again: a spool may drop them. */
  settledUpTo(offset: number): Promise<void>;
  close(): Promise<void>;
}
