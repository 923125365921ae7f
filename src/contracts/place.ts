/** What a place promises in which the files of an output stand: a directory of this machine, or a prefix of a bucket. */

export interface PlacedFile {
  bytes: number;
  /** In milliseconds since the epoch, by the clock of the place. */
  changedMs: number;
}

/** A small file as it was read. */
export interface PlacedText {
  text: string;
  changedMs: number;
  /** By which a later write may ask that it is still this one; undefined where a lock keeps others away. */
  version: string | undefined;
}

/** What a file must still be when it is written: `version` as it was read, or undefined: not there. */
export interface ExpectedText {
  version: string | undefined;
}

/**
 * Files by their names, which are absolute paths or addresses. A file is there whole or not at all, whenever the process
 * dies; what is written is durable when the promise is fulfilled, and in the order in which it was asked for. A name is
 * replaced in one moment. Failures name the file: `local`, and in buckets `credentials` and `unavailable` too.
 */
export interface OutputPlace {
  /**
   * The beginning of paths of this machine that belong to the output of this name alone: its lock and its partial files. Two runs
   * of one account on one machine get the same.
   */
  ownStem(name: string): string;
  /** Undefined when there is no such file. */
  look(name: string): Promise<PlacedFile | undefined>;
  /** Names in the directory, or in the prefix, that begin so, in order; those below it are none of them. */
  namesIn(directory: string, beginning: string): Promise<string[]>;
  /** All its bytes, as they were when the first of them was read: a file that changes meanwhile ends it with a Failure. */
  read(name: string): AsyncIterable<Uint8Array>;
  /** A file of at most some megabytes. Undefined when there is none. */
  readText(name: string): Promise<PlacedText | undefined>;
  /**
   * Writes a small file and gives back its version. Throws a Failure `locked` when it is not what was expected: another run
   * has written it since.
   */
  writeText(name: string, text: string, expected?: ExpectedText): Promise<string | undefined>;
  /** Makes a file of this machine, which is closed and may be moved away, the one of this name. Makes directories. */
  publish(partial: string, name: string): Promise<void>;
  /** No file of that name is no fault. */
  remove(name: string): Promise<void>;
  /**
   * Removes what killed runs left outside of `ownStem` under names that begin so, and that `isOurs` says yes to. `hasDied`: a
   * run of this machine is known to have died. What cannot be removed is left to later runs.
   */
  clear(beginning: string, found: { isOurs: (name: string) => boolean; hasDied: boolean }): Promise<void>;
}
