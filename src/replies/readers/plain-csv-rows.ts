/**
 * Finds CSV rows that need no decision, many at a time, with the kernel in `src/kernels/export-rows`. Nearly all rows
 * are such; `CsvRowReader` decides about all others, one by one, and defines what is correct.
 */
import wasm from '#kernels/export-rows';
import type { ColumnType } from '../../contracts/dataset.ts';
import type { RowArrays, RowOffsetList } from './row-offsets.ts';

/** Bytes that the kernel sees at once. */
const INPUT_BYTES = 1024 * 1024;

/** A column's required type, as the kernel encodes it; it is certain of none of the others. */
const TYPE_CODES: Partial<Record<ColumnType, number>> = { integer: 1, number: 2, boolean: 3, timestamp: 4 };
const OTHER_TYPE = 5;

/** What the kernel exports; addresses are offsets in its memory. */
interface Kernel {
  memory: { buffer: ArrayBuffer };
  reserve(bytes: number): void;
  describe(id: number, time: number, columns: number, mayHaveMore: boolean): void;
  find(skipped: number, length: number): void;
  MAX_ROWS: Global;
  MAX_COLUMNS: Global;
  input: Global;
  rows: Global;
  end: Global;
  types: Global;
  from: Global;
  to: Global;
  idFrom: Global;
  idTo: Global;
  timeFrom: Global;
  timeTo: Global;
  day: Global;
  isUuid: Global;
  words: Global;
}

interface Global {
  readonly value: number;
}

/** A table as its rows are found. */
export interface PlainTable {
  /** Of the id and the time; -1 for none. */
  idIndex: number;
  timeIndex: number;
  /** How many cells a row must have, and whether it may have more. */
  cells: number;
  mayHaveMore: boolean;
  /** The type that each column must have; undefined: any. */
  types: readonly (ColumnType | undefined)[];
}

/** Bytes that hold rows: `bytes[from, to)`. */
export interface PlainBytes {
  bytes: Buffer;
  from: number;
  to: number;
}

/** One kernel for all readers of the process. Holds only memory: nothing to close. */
export class PlainCsvRows {
  static #shared: PlainCsvRows | undefined;
  static #isTried = false;
  readonly #kernel: Kernel;
  readonly #memory: Buffer;
  readonly #found: RowArrays;
  #table: PlainTable | undefined;
  /** The kernel's input is a copy of `#bytes[#from, #to)`. */
  #bytes: Buffer | undefined;
  #from = 0;
  #to = 0;

  private constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.reserve(INPUT_BYTES);
    this.#memory = Buffer.from(kernel.memory.buffer);
    this.#found = foundBy(kernel);
  }

  /** Undefined where WebAssembly has no SIMD, or a table has more columns than the kernel takes. */
  static for(table: PlainTable): PlainCsvRows | undefined {
    if (!this.#isTried) {
      this.#isTried = true;
      const kernel = instantiate();
      this.#shared = kernel === undefined ? undefined : new PlainCsvRows(kernel);
    }
    const shared = this.#shared;
    if (shared === undefined || table.types.length > shared.#kernel.MAX_COLUMNS.value) return undefined;
    return shared;
  }

  /** The bytes of readers come into buffers that are used again: forgets what was in them. */
  forget(): void {
    this.#bytes = undefined;
  }

  /** Adds the rows that stand at the beginning of the bytes, as many as are plain; returns where they end. */
  take(text: PlainBytes, table: PlainTable, rows: RowOffsetList): number {
    if (table !== this.#table) this.#describe(table);
    this.#load(text);
    const kernel = this.#kernel;
    kernel.find(text.from - this.#from, this.#to - this.#from);
    rows.addAll(this.#found, kernel.rows.value, this.#from);
    return kernel.end.value - kernel.input.value + this.#from;
  }

  #describe(table: PlainTable): void {
    const { idIndex, timeIndex, cells, mayHaveMore, types } = table;
    this.#table = table;
    const codes = types.map((type) => (type === undefined ? 0 : (TYPE_CODES[type] ?? OTHER_TYPE)));
    this.#memory.set(codes, this.#kernel.types.value);
    this.#kernel.describe(idIndex, timeIndex, cells, mayHaveMore);
  }

  /** Copies the bytes into the kernel's memory, unless enough of them are still there from the last call. */
  #load({ bytes, from, to }: PlainBytes): void {
    const isThere = bytes === this.#bytes && from >= this.#from && from < this.#to;
    if (isThere && (this.#to === to || from < this.#from + INPUT_BYTES / 2)) return;
    this.#bytes = bytes;
    this.#from = from;
    this.#to = Math.min(to, from + INPUT_BYTES);
    bytes.copy(this.#memory, this.#kernel.input.value, from, this.#to);
  }
}

/** The kernel; undefined where WebAssembly has no SIMD. */
function instantiate(): Kernel | undefined {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as Kernel;
  } catch {
    // All rows are found one by one, more slowly.
    return undefined;
  }
}

/** The memory does not grow once everything is reserved, so these stay what they are. */
function foundBy(kernel: Kernel): RowArrays {
  const { buffer } = kernel.memory;
  const most = kernel.MAX_ROWS.value;
  const numbers = ({ value }: Global) => new Int32Array(buffer, value, most);
  return {
    from: numbers(kernel.from),
    to: numbers(kernel.to),
    idFrom: numbers(kernel.idFrom),
    idTo: numbers(kernel.idTo),
    timeFrom: numbers(kernel.timeFrom),
    timeTo: numbers(kernel.timeTo),
    day: numbers(kernel.day),
    isUuid: new Uint8Array(buffer, kernel.isUuid.value, most),
    idWords: new Uint32Array(buffer, kernel.words.value, 4 * most),
  };
}
