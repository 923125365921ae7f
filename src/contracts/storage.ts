/** The contract of remote storage: objects in buckets, and files behind `https://`. */

/** An object, as it was when it was listed. */
export interface StoredObject {
  /** As messages name it: `s3://bucket/key`, `https://example.com/events.ndjson`. */
  address: string;
  bytes: number;
  /** The server's identifier of this version, for conditional requests. */
  etag: string | undefined;
  /**
   * Changes whenever the bytes change, and is equal only for equal bytes, wherever they are stored. Undefined if the
   * server provides nothing from which a change could be detected.
   */
  version: string | undefined;
  /** When it was last modified, in milliseconds since the epoch. */
  changedMs: number | undefined;
}

/**
 * Reads objects. Each method retries until there is an answer. Throws a Failure `credentials` if access is refused,
 * `unavailable` if retries are used up, and `usage` for an invalid address.
 */
export interface ObjectReader {
  /**
   * The objects that a pattern names, ordered by address: the one of exactly this name, else all that match it as a
   * glob, possibly none. Throws a Failure `usage` if the name is not a glob and there is no such object.
   */
  find(pattern: string): Promise<StoredObject[]>;
  /** Undefined where there is none. */
  look(address: string): Promise<StoredObject | undefined>;
  /**
   * The bytes from `from` to `to` of the listed version of the object. Throws a Failure `local` if it has changed or was
   * deleted since.
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
