/** Positions in packed files. Decompression only moves forward, so a position once reached is worth keeping. */
import { unpack, type Packed } from './packing.ts';
import type { RangedFile } from '../ranged-file.ts';

/** Compressed bytes per read. */
const readBytes = 256 * 1024;

/**
 * Each cursor takes half a megabyte, and there may be thousands of inputs. Several are kept, because chunks
 * settle out of order.
 */
const maxKept = 8;

/** Idle cursors of all inputs of a run. */
export class KeptCursors {
  /** Least recently used first. */
  readonly #kept: Cursor[] = [];

  /** Removes and returns the cursor of `file` that is closest before `offset`. */
  take(file: RangedFile, offset: number): Cursor | undefined {
    let nearest: Cursor | undefined;
    for (const cursor of this.#kept) {
      const fits = cursor.file === file && cursor.position <= offset;
      if (fits && (nearest === undefined || cursor.position > nearest.position)) nearest = cursor;
    }
    if (nearest) this.#kept.splice(this.#kept.indexOf(nearest), 1);
    return nearest;
  }

  async keep(cursor: Cursor): Promise<void> {
    this.#kept.push(cursor);
    if (this.#kept.length > maxKept) await this.#kept.shift()?.close();
  }

  /** Closes all cursors of `file`. */
  async forget(file: RangedFile): Promise<void> {
    for (const cursor of this.#kept.filter((kept) => kept.file === file)) {
      this.#kept.splice(this.#kept.indexOf(cursor), 1);
      await cursor.close();
    }
  }
}

/** A position in the decompressed stream of a file; it only moves forward. Used by one reader at a time. */
export class Cursor {
  /** Offset of the next byte. */
  position = 0;
  readonly file: RangedFile;
  readonly #stream: AsyncGenerator<Uint8Array, void>;
  /** Decompressed bytes not yet delivered. */
  #rest: Uint8Array = new Uint8Array(0);
  /** An error of the stream that waits until the bytes before it are delivered. */
  #thrown: { error: unknown } | undefined;

  constructor(file: RangedFile, { packed, onRead }: CursorOptions) {
    this.file = file;
    const { path: name, size, absolutePath } = file;
    this.#stream = unpack(packed, {
      name,
      pieces: () => piecesOf(file, onRead),
      file: {
        size,
        absolutePath,
        read: async (position, length) => {
          const bytes = Buffer.allocUnsafeSlow(length);
          let filled = 0;
          for (let got = 1; got > 0 && filled < length; filled += got) {
            got = await file.read(bytes.subarray(filled), position + filled);
          }
          onRead(Math.min(size, position + filled));
          return bytes.subarray(0, filled);
        },
      },
    });
  }

  async skipTo(offset: number): Promise<void> {
    while (this.position < offset && (await this.#more())) {
      this.#advance(Math.min(this.#rest.length, offset - this.position));
    }
  }

  /** Fills `buffer`. Returns fewer bytes only at the end, or before an error, which the next call throws. */
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

  /** Like `#more`, but once something was filled, an error waits until that is delivered. */
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

export interface CursorOptions {
  packed: Packed;
  /** Called with the position reached in the packed file. */
  onRead: (position: number) => void;
}

async function* piecesOf(file: RangedFile, onRead: (position: number) => void): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(readBytes, Math.max(1, file.size)));
  for (let position = 0; ;) {
    const length = await file.read(buffer, position);
    if (length === 0) return;
    position += length;
    onRead(position);
    yield buffer.subarray(0, length);
  }
}
