/** The memory and the calls of the kernel in `src/kernels/event-counts`, one of its own for each analysis. */
import { Failure } from '../../failure.ts';
import type { FoundCells } from '../rows/csv-cells.ts';
import { textOf, type Text } from '../tables/text.ts';
import {
  instantiate,
  wordsOf,
  type EventKernelExports,
  type KernelAddress,
  type KernelNumber,
} from './event-kernel-exports.ts';
import { fittingRow, spanFrom } from './fitting-row.ts';

/** Bytes that the kernel sees at once. */
const INPUT_BYTES = 1024 * 1024;
/** Behind them, for a row whose cells are given. */
const ROW_BYTES = 64 * 1024;
const SLACK = 64;

/** Memory for ids and origins, in pages of 64 KiB. */
export interface Remembered {
  /** Ids and origins. */
  all: number;
  /** The most that ids may have of it, 48 KiB of a page for each 8,192: what origins have is taken from them. */
  ids: number;
}

/** 66 and 56 MiB. */
const MAX_REMEMBERED: Remembered = { all: 1056, ids: 896 };

/** Holds only memory: nothing to close. */
export class EventKernel {
  readonly #exports: EventKernelExports;
  /** All of the memory, until the next call of `countRows`, `countOrigins` or `takeCells`: it may grow. */
  text: Text;
  /** The same by words of four bytes. */
  numbers: Int32Array;
  /** Addresses by words, which never change. Asking the kernel for one takes as long as counting a row. */
  readonly words: Readonly<Record<KernelAddress, number>>;
  readonly groupWords: number;
  readonly pairSlots: number;
  /** The number of texts that are not told apart. */
  readonly otherText: number;
  /** The input is a copy of `#bytes[#from, #to)`. */
  #bytes: Buffer | undefined;
  #from = 0;
  #to = 0;

  /** Throws a Failure `local` where there is no memory, or a processor without SIMD. */
  constructor({ all, ids } = MAX_REMEMBERED) {
    this.#exports = instantiate();
    if (this.#exports.begin(INPUT_BYTES + SLACK + ROW_BYTES, all, ids) === 0) {
      throw new Failure('local', 'there is no memory to count events');
    }
    const { buffer } = this.#exports.memory;
    this.text = textOf(Buffer.from(buffer));
    this.numbers = new Int32Array(buffer);
    this.words = wordsOf(this.#exports);
    this.groupWords = this.global('GROUP_BYTES') / 4;
    this.pairSlots = this.global('PAIR_SLOTS');
    this.otherText = this.global('OTHER');
  }

  /** A count, a flag or a limit. */
  global(name: KernelNumber): number {
    return this.#exports[name].value;
  }

  /** Whether there may be no room for another row until `countRows` and what follows it. */
  get isFull(): boolean {
    return this.#exports.isFull() !== 0;
  }

  get areGroupsFull(): boolean {
    return this.#exports.areGroupsFull() !== 0;
  }

  get areTextsFull(): boolean {
    return this.#exports.areTextsFull() !== 0;
  }

  /** Gives the rows of the batch their groups. There must be room for so many. */
  countRows(): void {
    this.#exports.countRows();
    this.#look();
  }

  /** Counts the origins of the batch, once new groups have cells, and begins another batch. */
  countOrigins(): void {
    this.#exports.countOrigins();
    this.#look();
  }

  /** Cells have these numbers from now on. Where they are more than have room, origins are forgotten already. */
  renumberCells(cellOf: Int32Array): void {
    if (this.global('areOriginsForgotten') !== 0) return;
    this.numbers.set(cellOf, this.words.newCells);
    this.#exports.renumberCells();
  }

  clearGroups(): void {
    this.#exports.clearGroups();
  }

  clearTexts(): void {
    this.#exports.clearTexts();
  }

  /** The table that is read from now on: the field of each column, or -1, and by two letters whether a header may begin so. */
  describe(fieldOf: readonly number[], headerPrefixes: Uint8Array): void {
    const { bytes } = this.text;
    fieldOf.forEach((field, column) => (bytes[4 * this.words.fieldOf + column] = field + 1));
    bytes.set(headerPrefixes, 4 * this.words.headerPrefixes);
    this.#exports.describeTable(fieldOf.length);
  }

  /** The bytes of files come into buffers that are used again: forgets what was in them. */
  forget(): void {
    this.#bytes = undefined;
  }

  /** Adds rows of `bytes[from, to)` to the batch; returns how many, and where the next one begins. */
  findRows(bytes: Buffer, from: number, to: number): { rows: number; end: number } {
    this.#load(bytes, from, to);
    const rows = this.#exports.findRows(from - this.#from, this.#to - this.#from);
    return { rows, end: this.global('end') - 4 * this.words.input + this.#from };
  }

  /** Adds a row with these cells to the batch, and with what its time and its confidence mean. */
  takeCells(row: FoundCells, meaning: { day: number; band: number }): void {
    const { text, from, to } = fittingRow(row, ROW_BYTES);
    const { numbers } = this;
    const [first, last] = [spanFrom(from, to), Math.max(...to)];
    const at = 4 * this.words.input + INPUT_BYTES + SLACK;
    this.text.bytes.set(text.bytes.subarray(first, last), at);
    const { cellFrom, cellTo } = this.words;
    for (let field = 0; field < from.length; field++) {
      // Where a cell is empty, it may be anywhere.
      numbers[cellFrom + field] = (from[field] as number) - first + at;
      numbers[cellTo + field] = (to[field] as number) - first + at;
    }
    this.#exports.takeCells(meaning.day, meaning.band);
  }

  /** Copies the bytes into the input, unless enough of them are still there from the last call. */
  #load(bytes: Buffer, from: number, to: number): void {
    const isThere = bytes === this.#bytes && from >= this.#from && from < this.#to;
    if (isThere && (this.#to === to || from < this.#from + INPUT_BYTES / 2)) return;
    this.#bytes = bytes;
    this.#from = from;
    this.#to = Math.min(to, from + INPUT_BYTES);
    bytes.copy(this.text.bytes, 4 * this.words.input, from, this.#to);
  }

  #look(): void {
    const { buffer } = this.#exports.memory;
    if (this.numbers.buffer === buffer) return;
    this.text = textOf(Buffer.from(buffer));
    this.numbers = new Int32Array(buffer);
  }
}
