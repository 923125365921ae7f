/**
 * Takes NDJSON rows that need no decision, many at a time, with the kernel in `src/kernels/plain-rows`.
 * Nearly all rows are such; `JsonRows` decides about all others, one by one, and defines what is correct.
 */
import wasm from '#kernels/plain-rows';
import type { Changes } from '../../records.ts';
import { idMember, type IdMaker } from '../ids/ids.ts';
import { futureFromMs } from '../time/time-rule.ts';
import { demandsOf, MISSING_IDS } from './plain-demands.ts';
import { compileRules, type RowRules } from './row-rules.ts';

/** Bytes of input that the kernel sees at once: one slot. */
const INPUT_BYTES = 1024 * 1024;
/** Rows grow when ids are added. */
const OUTPUT_BYTES = 2 * INPUT_BYTES;
const MAX_INT = 0x7fff_ffff;

/** Lines that may be rows: `bytes[from, to)`, the first of them at `offset` of the input. */
export interface PlainLines {
  bytes: Buffer;
  from: number;
  to: number;
  offset: number;
}

/** Room in a block. `copies`: rows are copied; otherwise they stay a view of the input. */
export interface RunRoom {
  copies: boolean;
  rows: number;
  bytes: number;
  /** Maximum length of a row. */
  rowBytes: number;
}

/** Rows that were taken: `bytes[from, to)` of the lines. */
export interface PlainRun {
  rows: number;
  from: number;
  to: number;
  /** The rows as they are sent, when they were copied; valid until the next run. */
  text: Uint8Array | undefined;
  withoutId: number;
  /** Number of rows per change and per warning. */
  changes: Changes;
  warnings: Changes;
}

/** What the kernel exports; addresses are offsets in its memory. */
interface Kernel {
  memory: { buffer: ArrayBuffer };
  reserve(inputBytes: number, outputBytes: number): void;
  beginRules(oldBeforeMs: number, takesOld: boolean, futureFromMs: number): void;
  addProbe(key: number, length: number, demand: number): number;
  setMember(from: number, length: number, idAt: number): number;
  setDigest(from: number): void;
  setMissingIds(missing: number): void;
  limit(rows: number, bytes: number, rowBytes: number): void;
  view(from: number, to: number): void;
  copy(from: number, to: number, offset: number, digestHoldsUntil: number): void;
  input: Global;
  output: Global;
  rows: Global;
  end: Global;
  outEnd: Global;
  withoutId: Global;
  filled: Global;
  old: Global;
}

interface Global {
  readonly value: number;
}

/**
 * The rules of a run in a kernel of their own, shared by its inputs. Created on first use, because many runs
 * reshape every row. Holds only memory: nothing to close.
 */
export class PlainRows {
  readonly #kernel: Kernel;
  readonly #memory: Buffer;
  readonly #rules: RowRules;
  /** The kernel's input is a copy of `#bytes[#from, #to)`. */
  #bytes: Buffer | undefined;
  #from = 0;
  #to = 0;
  #digest: Uint8Array | undefined;

  private constructor(kernel: Kernel, rules: RowRules) {
    this.#kernel = kernel;
    this.#rules = rules;
    kernel.reserve(INPUT_BYTES, OUTPUT_BYTES);
    this.#memory = Buffer.from(kernel.memory.buffer);
  }

  /** A kernel for these rules; undefined when they need more than the kernel can check. */
  static create(rules: RowRules): PlainRows | undefined {
    // With a time format, an ISO time may mean something else.
    const demands = rules.timeFormat === undefined ? demandsOf(compileRules(rules)) : undefined;
    if (demands === undefined) return undefined;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
    const plain = new PlainRows(exports as Kernel, rules);
    return plain.#takesRules(demands) ? plain : undefined;
  }

  /** Takes rows from the first line on: as many as are plain and fit the room. `ids` fills in missing ids. */
  take(lines: PlainLines, room: RunRoom, ids: IdMaker | undefined): PlainRun {
    this.#load(lines);
    const { input } = this.#kernel;
    const shift = input.value - this.#from;
    this.#kernel.limit(asInt(room.rows), asInt(room.bytes), asInt(room.rowBytes));
    if (room.copies) this.#copy(lines, shift, ids);
    else this.#kernel.view(lines.from + shift, this.#to + shift);
    return this.#taken(lines, shift, room.copies);
  }

  /** Copies the lines into the kernel's memory, unless they are still there from the last run. */
  #load({ bytes, from, to }: PlainLines): void {
    const isThere = bytes === this.#bytes && from >= this.#from && from < this.#to;
    // Lines that do not fit are loaded after the rows before them.
    if (isThere && (this.#to === to || from < this.#from + INPUT_BYTES / 2)) return;
    this.#bytes = bytes;
    this.#from = from;
    this.#to = Math.min(to, from + INPUT_BYTES);
    bytes.copy(this.#memory, this.#kernel.input.value, from, this.#to);
  }

  #copy({ from, offset }: PlainLines, shift: number, ids: IdMaker | undefined): void {
    const digest = ids?.fillId === 'position' ? ids.digestAt(offset) : undefined;
    if (digest !== undefined && digest.bytes !== this.#digest) {
      this.#digest = digest.bytes;
      this.#kernel.setDigest(this.#lend(digest.bytes));
    }
    this.#kernel.copy(from + shift, this.#to + shift, offset, digest?.holdsUntil ?? Number.POSITIVE_INFINITY);
  }

  #taken({ from }: PlainLines, shift: number, copies: boolean): PlainRun {
    const { rows, end, outEnd, output, withoutId, filled, old } = this.#kernel;
    return {
      rows: rows.value,
      from,
      to: end.value - shift,
      text: copies ? this.#memory.subarray(output.value, outEnd.value) : undefined,
      withoutId: withoutId.value,
      changes: counted('id-filled', filled.value),
      warnings: counted(this.#rules.shape.times?.[0]?.oldReason ?? '', old.value),
    };
  }

  #takesRules(demands: ReadonlyMap<string, number>): boolean {
    const { shape, oldEvents, nowMs, idField, fillId } = this.#rules;
    const oldAfterMs =
      (oldEvents === 'send' ? undefined : shape.times?.[0]?.oldAfterMs) ?? Number.POSITIVE_INFINITY;
    this.#kernel.beginRules(nowMs - oldAfterMs, oldEvents === 'warn', futureFromMs(this.#rules));
    for (const [key, demand] of demands) {
      const bytes = Buffer.from(key);
      if (bytes.length > INPUT_BYTES) return false;
      if (this.#kernel.addProbe(this.#lend(bytes), bytes.length, demand) === 0) return false;
    }
    this.#kernel.setMissingIds(idField === undefined ? MISSING_IDS.off : MISSING_IDS[fillId]);
    if (fillId !== 'position' || idField === undefined) return true;
    const { bytes, idAt } = idMember(idField);
    return bytes.length < INPUT_BYTES && this.#kernel.setMember(this.#lend(bytes), bytes.length, idAt) !== 0;
  }

  /** Puts bytes where the output will be, and returns their address. */
  #lend(bytes: Uint8Array): number {
    const at = this.#kernel.output.value;
    this.#memory.set(bytes, at);
    return at;
  }
}

function counted(code: string, count: number): Changes {
  return count === 0 ? {} : { [code]: count };
}

function asInt(limit: number): number {
  return Math.min(limit, MAX_INT);
}
