/** Memory that rows are copied or written to. Blocks follow one another in it until it is full. */
import { SharedBuffer, type BufferPool } from '../../formats/reading/shared-buffer.ts';

const MIN_BYTES = 65_536;
/** What is reserved at most, unless one row needs more. */
const MAX_ARENA_BYTES = 4 * 1024 * 1024;
const NOTHING = new SharedBuffer(Buffer.alloc(0));

export class Arena {
  /** Who reads the bytes later, holds this memory. */
  memory: SharedBuffer = NOTHING;
  /** Offset of the first free byte. */
  end = 0;
  readonly #pool: BufferPool;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  get bytes(): Buffer {
    return this.memory.bytes;
  }

  get room(): number {
    return this.bytes.length - this.end;
  }

  /** The free bytes. */
  get rest(): Buffer {
    return this.bytes.subarray(this.end);
  }

  /** Has room for `minBytes`, and for about half of the bytes that will probably follow. */
  reserve(minBytes: number, probableBytes: number): void {
    const expected = Math.min(probableBytes, MAX_ARENA_BYTES);
    if (this.memory !== NOTHING && this.room >= Math.max(minBytes, expected / 2)) return;
    this.close();
    this.memory = this.#pool.take(Math.max(minBytes, expected, MIN_BYTES));
  }

  /** Copies bytes behind the last ones, unless they were written there. */
  append(bytes: Uint8Array): void {
    const { rest } = this;
    const isThere = bytes.buffer === rest.buffer && bytes.byteOffset === rest.byteOffset;
    if (!isThere) rest.set(bytes);
    this.end += bytes.length;
  }

  /** Gives back the memory, which blocks may still hold. */
  close(): void {
    if (this.memory !== NOTHING) this.memory.release();
    this.memory = NOTHING;
    this.end = 0;
  }
}
