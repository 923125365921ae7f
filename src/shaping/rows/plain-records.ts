/**
 * Writes records of a table as rows where neither reading nor shaping needs a decision, many at a time, with
 * the kernel in `src/kernels/csv-rows`. Nearly all records are such; the table's scanner and `JsonRows` decide
 * about all others, one by one, and define what is correct.
 */
import type { PlainTable } from '../../contracts/format.ts';
import type { BufferPool } from '../../formats/reading/shared-buffer.ts';
import type { IdMaker } from '../ids/ids.ts';
import { demandsOf } from './plain-demands.ts';
import { asInt, counted, type PlainLines, type PlainRun, type RunRoom } from './plain-rows.ts';
import { compileRules, type RowRules } from './row-rules.ts';
import { OUTPUT_BYTES, tableKernel, type TableKernel } from './table-kernel.ts';
import { planTable, type TablePlan } from './table-plan.ts';

/** The rules of a run, for the tables among its inputs. Holds nothing that must be closed. */
export class PlainRecords {
  readonly #kernel: TableKernel;
  readonly #rules: RowRules;
  readonly #demands: ReadonlyMap<string, number>;
  /** Of the tables seen so far; undefined for those without plain records. */
  readonly #plans = new WeakMap<PlainTable, { plan: TablePlan | undefined }>();

  private constructor(kernel: TableKernel, rules: RowRules, demands: ReadonlyMap<string, number>) {
    this.#kernel = kernel;
    this.#rules = rules;
    this.#demands = demands;
  }

  /** Undefined when these rules need more than the kernel can check, and where there can be no kernel. */
  static create(rules: RowRules): PlainRecords | undefined {
    // With a time format, an ISO time may mean something else.
    const demands = rules.timeFormat === undefined ? demandsOf(compileRules(rules)) : undefined;
    const kernel = demands && tableKernel();
    return demands && kernel && new PlainRecords(kernel, rules, demands);
  }

  /** Memory in which rows need not be copied once they are written; `others` gives what is more. */
  memory(others: BufferPool): BufferPool {
    return this.#kernel.arenas.before(others);
  }

  /** Takes as many records as are plain and fit the room, from the first one on; undefined if none can be. */
  take(records: PlainLines, room: RunRoom, ids: IdMaker | undefined): PlainRun | undefined {
    const plan = records.table && this.#planOf(records.table);
    if (plan === undefined) return undefined;
    const { exports } = this.#kernel;
    const digest = ids?.fillId === 'position' ? ids.digestAt(records.offset) : undefined;
    if (digest !== undefined) this.#kernel.useDigest(digest.bytes);
    const { shift, end } = this.#kernel.load(records);
    const out = this.#placeFor(room);
    exports.limit(asInt(room.rows), asInt(room.rowBytes));
    const holdsUntil = digest?.holdsUntil ?? Number.POSITIVE_INFINITY;
    exports.take(records.from + shift, end, records.offset, holdsUntil);
    return this.#taken(records.from, shift, out);
  }

  /** The plan of a table that the kernel reads from now on. */
  #planOf(table: PlainTable): TablePlan | undefined {
    const known = this.#plans.get(table) ?? { plan: planTable(table, this.#rules, this.#demands) };
    if (known.plan !== undefined && !this.#kernel.reads(known.plan)) known.plan = undefined;
    this.#plans.set(table, known);
    return known.plan;
  }

  /** Where the rows will be written: in the room itself, where that is in the kernel's memory. */
  #placeFor({ into, bytes }: RunRoom): number {
    const { exports, memory } = this.#kernel;
    const isInside = into?.buffer === memory.buffer;
    const at = isInside ? into.byteOffset : exports.output.value;
    exports.writeTo(at, at + Math.min(bytes, isInside ? into.length : OUTPUT_BYTES));
    return at;
  }

  #taken(from: number, shift: number, out: number): PlainRun {
    const { rows, lines, end, outEnd, withoutId, filled, old } = this.#kernel.exports;
    return {
      rows: rows.value,
      lines: lines.value,
      from,
      to: end.value - shift,
      text: this.#kernel.memory.subarray(out, outEnd.value),
      withoutId: withoutId.value,
      changes: counted('id-filled', filled.value),
      warnings: counted(this.#rules.shape.times?.[0]?.oldReason ?? '', old.value),
    };
  }
}
