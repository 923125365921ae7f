/** Cuts slabs behind their last line end, so that each part holds whole lines and needs no other. */
import type { Slab } from '../../contracts/input.ts';
import type { WholeLines } from '../../contracts/shaping-threads.ts';
import { PartialRow } from './partial-row.ts';

const NEWLINE = 0x0a;

/** The end of the last row in `bytes`, which go on behind `open`; 0 when none ends there. */
export type LastEnd = (open: Uint8Array, bytes: Uint8Array) => number;

function lastLineEnd(_open: Uint8Array, bytes: Uint8Array): number {
  return bytes.lastIndexOf(NEWLINE) + 1;
}

export class LineCutter {
  /** What follows the last line end so far. */
  #open = new PartialRow();
  /** Position of the first byte that no lines contain yet. */
  offset: number;

  readonly #lastEnd: LastEnd;

  /** `lastEnd`: where lines may be cut, when that is not behind every line end. */
  constructor(from: number, lastEnd: LastEnd = lastLineEnd) {
    this.offset = from;
    this.#lastEnd = lastEnd;
  }

  /** The lines that this slab ends; undefined when it ends none. Takes over the slab. */
  take(slab: Slab): WholeLines | undefined {
    const { bytes } = slab;
    const end = this.#lastEnd(this.#open.bytes, bytes);
    if (end === 0) {
      this.#open.append(bytes);
      slab.release();
      return undefined;
    }
    const start = this.#open.bytes;
    this.#open = new PartialRow();
    if (end < bytes.length) this.#open.append(bytes.subarray(end));
    const lines = {
      start,
      rest: bytes.subarray(0, end),
      offset: this.offset,
      byteLength: start.length + end,
      release: () => slab.release(),
    };
    this.offset += lines.byteLength;
    return lines;
  }

  /** Puts lines that were taken last in front of what is open. */
  giveBack(lines: WholeLines): void {
    const after = this.#open.bytes;
    this.#open = new PartialRow();
    for (const bytes of [lines.start, lines.rest, after]) this.#open.append(bytes);
    this.offset = lines.offset;
    lines.release();
  }

  /** The bytes behind the last line end, which no lines contain. */
  get open(): Uint8Array {
    return this.#open.bytes;
  }
}
