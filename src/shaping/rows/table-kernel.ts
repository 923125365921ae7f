/**
 * The kernel in `src/kernels/csv-rows`: one instance for the whole process, which is told of the table and the
 * rules before records are taken. Calls share no state.
 */
import wasm from '#kernels/csv-rows';
import { Failure } from '../../failure.ts';
import { idMember } from '../ids/ids.ts';
import { futureFromMs } from '../time/time-rule.ts';
import { KernelArenas, SLACK_BYTES } from './kernel-arenas.ts';
import { MISSING_IDS } from './plain-demands.ts';
import type { RowRules } from './row-rules.ts';
import type { TablePlan } from './table-plan.ts';

/** What the kernel exports; addresses are offsets in its memory. */
interface Exports {
  memory: { buffer: ArrayBuffer };
  reserve(inputBytes: number, outputBytes: number, scratchBytes: number): void;
  setDialect(delimiter: number, quote: number, comment: number, trims: boolean): void;
  beginMembers(emptyCells: number): void;
  addMember(prefix: number, length: number, column: number): number;
  addNull(text: number, length: number): number;
  beginChecks(oldBeforeMs: number, takesOld: boolean, futureFromMs: number): void;
  addCheck(column: number, demands: number): number;
  setFixed(oneOf: number, hasId: boolean): void;
  setMember(from: number, length: number, idAt: number): number;
  setDigest(from: number): void;
  setRows(columns: number, uses: number, missingIds: number): void;
  limit(rows: number, rowBytes: number): void;
  writeTo(out: number, limitAt: number): void;
  take(from: number, to: number, offset: number, digestHoldsUntil: number): void;
  input: Global;
  output: Global;
  scratch: Global;
  rows: Global;
  lines: Global;
  end: Global;
  outEnd: Global;
  withoutId: Global;
  filled: Global;
  old: Global;
}

interface Global {
  readonly value: number;
}

/** Bytes of input that the kernel sees at once: one slot. */
export const INPUT_BYTES = 1024 * 1024;
/** Rows are longer than records: each has the names of its cells. */
export const OUTPUT_BYTES = 2 * INPUT_BYTES;
/** For the blocks that are on their way out. Memory that is not touched costs nothing. */
const ARENAS_BYTES = 8 * (OUTPUT_BYTES + SLACK_BYTES);
/** Room for what the kernel is told: longer names and texts are not plain. */
const SCRATCH_BYTES = 65_536;
/** Stands for a byte that a dialect does not have, and for the column of a value that is in no cell. */
const NO_BYTE = 256;
const NO_COLUMN = 0xffff_ffff;
const EMPTY_CELLS = { omit: 0, null: 1, string: 2 } as const;

let shared: { kernel: TableKernel | undefined } | undefined;

/** Undefined where WebAssembly SIMD is missing, or memory. */
export function tableKernel(): TableKernel | undefined {
  return (shared ??= { kernel: instantiate() }).kernel;
}

function instantiate(): TableKernel | undefined {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
    return new TableKernel(exports as Exports);
  } catch {
    return undefined;
  }
}

export class TableKernel {
  readonly exports: Exports;
  readonly memory: Buffer;
  /** Memory in which rows need not be copied once they are written. */
  readonly arenas: KernelArenas;
  #plan: TablePlan | undefined;
  #digest: Uint8Array | undefined;
  /** The input is a copy of `#bytes[#from, #to)`. */
  #bytes: Buffer | undefined;
  #from = 0;
  #to = 0;

  constructor(exports: Exports) {
    this.exports = exports;
    exports.reserve(INPUT_BYTES, OUTPUT_BYTES + SLACK_BYTES + ARENAS_BYTES, SCRATCH_BYTES);
    this.memory = Buffer.from(exports.memory.buffer);
    const from = exports.output.value + OUTPUT_BYTES + SLACK_BYTES;
    this.arenas = new KernelArenas(this.memory.subarray(from, from + ARENAS_BYTES), OUTPUT_BYTES);
  }

  /** Reads the table of this plan from now on. False when it is too large for the kernel. */
  reads(plan: TablePlan): boolean {
    if (this.#plan === plan) return true;
    this.#plan = this.#takesTable(plan) && this.#takesIds(plan.rules) ? plan : undefined;
    return this.#plan === plan;
  }

  /** Copies the records into the input, unless they are still there. Returns what to add to their offsets. */
  load({ bytes, from, to }: { bytes: Buffer; from: number; to: number }): { shift: number; end: number } {
    const isThere = bytes === this.#bytes && from >= this.#from && from < this.#to;
    // Records that do not fit are loaded after those before them.
    if (!isThere || (this.#to !== to && from >= this.#from + INPUT_BYTES / 2)) {
      this.#bytes = bytes;
      this.#from = from;
      this.#to = Math.min(to, from + INPUT_BYTES);
      bytes.copy(this.memory, this.exports.input.value, from, this.#to);
    }
    const shift = this.exports.input.value - this.#from;
    return { shift, end: this.#to + shift };
  }

  /** The digest in the ids of the next records. */
  useDigest(bytes: Uint8Array): void {
    if (bytes === this.#digest) return;
    this.#digest = bytes;
    this.exports.setDigest(this.#lend(bytes));
  }

  #takesIds({ idField, fillId }: RowRules): boolean {
    if (idField === undefined || fillId !== 'position') return true;
    const { bytes, idAt } = idMember(idField);
    return canLend(bytes) && this.exports.setMember(this.#lend(bytes), bytes.length, idAt) !== 0;
  }

  #takesTable(plan: TablePlan): boolean {
    const { table, rules, checks, fixedOneOf, hasFixedId, uses } = plan;
    const { exports } = this;
    const { delimiter, quote = NO_BYTE, comment = NO_BYTE, trims } = table;
    exports.setDialect(delimiter, quote, comment, trims);
    exports.setRows(table.columns, uses, missingIds(rules));
    exports.beginMembers(EMPTY_CELLS[table.empty]);
    this.#beginChecks(rules);
    exports.setFixed(fixedOneOf, hasFixedId);
    return (
      checks.every(({ column, demands }) => exports.addCheck(column, demands) !== 0) &&
      table.nulls.every((text) => canLend(text) && exports.addNull(this.#lend(text), text.length) !== 0) &&
      table.members.every(({ prefix, value }) => {
        const text = 'json' in value ? Buffer.concat([prefix, value.json]) : prefix;
        const column = 'json' in value ? NO_COLUMN : value.column;
        return canLend(text) && exports.addMember(this.#lend(text), text.length, column) !== 0;
      })
    );
  }

  #beginChecks({ shape, oldEvents, nowMs, ...rules }: RowRules): void {
    const [time] = shape.times ?? [];
    const oldAfterMs = (oldEvents === 'send' ? undefined : time?.oldAfterMs) ?? Number.POSITIVE_INFINITY;
    const futureMs = futureFromMs({ nowMs, oldEvents, ...rules });
    this.exports.beginChecks(nowMs - oldAfterMs, oldEvents === 'warn', futureMs);
  }

  /** Puts bytes where the kernel can read them, and returns their address. */
  #lend(bytes: Uint8Array): number {
    if (!canLend(bytes)) throw new Failure('bug', 'a kernel is told more than it has room for');
    const at = this.exports.scratch.value;
    this.memory.set(bytes, at);
    return at;
  }
}

function canLend(bytes: Uint8Array): boolean {
  return bytes.length <= SCRATCH_BYTES;
}

function missingIds({ idField, fillId }: RowRules): number {
  return idField === undefined ? MISSING_IDS.off : MISSING_IDS[fillId];
}
