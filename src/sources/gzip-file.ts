/** A gzip file as an input. Offsets are in the decompressed bytes. */
import type { Input, Slot } from '../contracts.ts';
import { gunzip } from './gunzip.ts';
import type { KnownFile, OpenFiles } from './open-files.ts';
import { readSlots } from './slots.ts';
import type { SlotPool } from './slots.ts';

/** Compressed bytes read from the disk at a time. */
const readBytes = 256 * 1024;

/** Places in the decompressed stream kept for readers to come: one for the main pass, one for look-ups behind it. */
const maxKeptCursors = 2;

/**
 * A gzip file cannot be entered in the middle: a reader goes on from where an earlier one stopped when
 * that place is not behind its own, else it starts over. `close` closes the file.
 */
export function gzipInput(file: KnownFile, files: OpenFiles, pool: SlotPool): Input {
  let furthest = 0;
  const kept: Cursor[] = [];

  function takeCursor(from: number): Cursor {
    const nearest = kept
      .filter((cursor) => cursor.position <= from)
      .sort((left, right) => right.position - left.position)[0];
    if (!nearest) return new Cursor(file, files, (position) => (furthest = Math.max(furthest, position)));
    kept.splice(kept.indexOf(nearest), 1);
    return nearest;
  }

  async function keepCursor(cursor: Cursor): Promise<void> {
    kept.push(cursor);
    if (kept.length > maxKeptCursors) await kept.shift()?.close();
  }

  async function* read(from: number, to = Number.MAX_SAFE_INTEGER): AsyncGenerator<Slot> {
    const cursor = takeCursor(from);
    let whole = true;
    try {
      yield* readSlots(pool, from, {
        async fill(buffer) {
          whole = false;
          await cursor.skipTo(from);
          const length = await cursor.fill(
            buffer.subarray(0, Math.max(0, Math.min(buffer.length, to - cursor.position))),
          );
          whole = true;
          return length;
        },
        stop: () => undefined,
      });
    } finally {
      if (whole) await keepCursor(cursor);
      else await cursor.close();
    }
  }

  return {
    path: file.path,
    kind: 'gzip',
    sourceBytes: file.size,
    readSourceBytes: () => furthest,
    read,
    settledUpTo: async () => undefined,
    async close() {
      for (const cursor of kept.splice(0)) await cursor.close();
      await files.forget(file);
    },
  };
}

/** A place in the decompressed stream that moves forward only. Used by one reader at a time. */
class Cursor {
  /** Offset of the next byte. */
  position = 0;
  readonly #stream: AsyncGenerator<Uint8Array, void>;
  /** Decompressed and not yet asked for. */
  #rest: Uint8Array = new Uint8Array(0);
  /** Thrown by the stream while bytes before it were still to be delivered. */
  #thrown: { error: unknown } | undefined;

  constructor(file: KnownFile, files: OpenFiles, onRead: (position: number) => void) {
    this.#stream = gunzip(piecesOf(file, files, onRead), file.path);
  }

  async skipTo(offset: number): Promise<void> {
    while (this.position < offset && (await this.#more())) {
      this.#advance(Math.min(this.#rest.length, offset - this.position));
    }
  }

  /** Fills `buffer`; fewer bytes only at the end or before an error, which the next call throws. */
  async fill(buffer: Buffer): Promise<number> {
    let length = 0;
    while (length < buffer.length) {
      if (!(await this.#moreBefore(length))) break;
      const count = Math.min(this.#rest.length, buffer.length - length);
      buffer.set(this.#rest.subarray(0, count), length);
      this.#advance(count);
      length += count;
    }
    return length;
  }

  async close(): Promise<void> {
    await this.#stream.return();
  }

  /** Like `#more`, but once something was filled an error waits until that is delivered. */
  async #moreBefore(filled: number): Promise<boolean> {
    if (filled === 0) return this.#more();
    try {
      return await this.#more();
    } catch (error) {
      this.#thrown = { error };
      return false;
    }
  }

  async #more(): Promise<boolean> {
    if (this.#thrown) throw this.#thrown.error;
    while (this.#rest.length === 0) {
      const next = await this.#stream.next();
      if (next.done === true) return false;
      this.#rest = next.value;
    }
    return true;
  }

  #advance(count: number): void {
    this.#rest = this.#rest.subarray(count);
    this.position += count;
  }
}

async function* piecesOf(
  file: KnownFile,
  files: OpenFiles,
  onRead: (position: number) => void,
): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(readBytes, Math.max(1, file.size)));
  for (let position = 0; ;) {
    const length = await files.read(file, buffer, position);
    if (length === 0) return;
    position += length;
    onRead(position);
    yield buffer.subarray(0, length);
  }
}
