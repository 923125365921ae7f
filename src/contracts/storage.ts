/** What storage promises that is no disk of this machine: objects in buckets, and files behind `https://`. */

/** An object as it was when it was looked at. */
export interface StoredObject {
  /** As messages name it: `s3://bucket/key`, `https://example.com/events.ndjson`. */
  address: string;
  bytes: number;
  /** What the server calls this version of it, as its conditions want it. */
  etag: string | undefined;
  /**
   * Changes whenever the bytes do, and is the same only for the same bytes, wherever they lie. Undefined: the server
   * tells nothing by which a change could be noticed.
   */
  version: string | undefined;
  /** When it was last modified, in milliseconds since the epoch. */
  changedMs: number | undefined;
}

/**
 * Reads objects. Each method asks until there is an answer. Throws a Failure `credentials` where access is refused,
 * `unavailable` where nobody answers in the end, and `usage` for an address that cannot be meant.
 */
export interface ObjectReader {
  /**
   * The objects that a pattern names, in order of their addresses: the one of exactly this name, else all that match it
   * as a glob; none where none does. Throws a Failure `usage` where a name that is no glob names nothing.
   */
  find(pattern: string): Promise<StoredObject[]>;
  /** Undefined where there is none. */
  look(address: string): Promise<StoredObject | undefined>;
  /**
   * The bytes from `from` to `to` of the very object that was looked at. Throws a Failure `local` when it has changed or
   * gone since.
   */
  read(object: StoredObject, from: number, to: number): Promise<Uint8Array>;
}

/** Whether a text on the command line is the address of an object and no path. */
export function isAddress(text: string): boolean {
  return /^(?:s3|gs|https?):\/\//i.test(text);
}

/** Where an address leads, without what only opens it: signatures and other parameters of the web change, the file does not. */
export function placeOfAddress(address: string): string {
  return /^https?:/i.test(address) ? address.replace(/[?#].*$/s, '') : address;
}

/** What must be there for a write to happen: nothing, or the version that was read. Absent: whatever is there is replaced. */
export type WriteCondition = { kind: 'nothing' } | { kind: 'version'; version: string };

/** `differs`: the condition does not hold, and nothing was written. */
export type WriteAnswer = { kind: 'written'; version: string | undefined } | { kind: 'differs' };

/**
 * Writes objects. An object appears whole or not at all, and replaces the one of its name in that moment. Each method asks
 * until there is an answer, and throws like `ObjectReader`; what was asked twice has been done once.
 */
export interface ObjectWriter {
  /** Writes some bytes, which are held in memory. */
  put(address: string, content: Uint8Array, condition?: WriteCondition): Promise<WriteAnswer>;
  /** Writes a file of this machine, in parts that are completed last. What is begun and not completed is aborted. */
  upload(address: string, file: string, condition?: WriteCondition): Promise<WriteAnswer>;
  /** No object of that name is no fault. */
  remove(address: string): Promise<void>;
  /**
   * Aborts uploads under names that begin so and that nobody will complete: those of dead processes, which only take space.
   */
  abortUploads(beginning: string, which: AbandonedUploads): Promise<void>;
}

export interface AbandonedUploads {
  isOurs: (address: string) => boolean;
  /** In milliseconds since the epoch. */
  startedBeforeMs: number;
}

/** Lists buckets. Throws like `ObjectReader`. */
export interface ObjectLister {
  /** The objects whose addresses begin so, in their order, as they are now. */
  list(beginning: string): Promise<StoredObject[]>;
}

/** All that storage can. */
export type ObjectStore = ObjectReader & ObjectLister & ObjectWriter;
