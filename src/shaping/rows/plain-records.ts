/**
 * Writes records of a table as rows where neither reading nor shaping needs a decision, many at a time, with
 * the kernel in `src/kernels/slabs`. Nearly all records are such; the table's scanner and `JsonRows` decide
 * about all others, one by one, and define what is correct.
 */
import { crc32 } from 'node:zlib';
import type { PlainTable } from '../../contracts/format.ts';
import type { BufferPool } from '../../formats/reading/shared-buffer.ts';
import type { Block } from '../../records.ts';
import type { IdMaker } from '../ids/ids.ts';
import { INPUT_BYTES, type RowKernel } from '../slabs/row-kernel.ts';
import { demandsOf, demandsOnColumns } from './plain-demands.ts';
import { asInt, counted, type PlainLines, type PlainBatch, type BatchRoom } from './plain-rows.ts';
import { compileRules, type RowRules } from './row-rules.ts';
import { tableKernel, type TableKernel } from './table-kernel.ts';
import { planTable, type TablePlan } from './table-plan.ts';

const NOTHING = Buffer.alloc(0);

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
    return demands && kernel && new PlainRecords(kernel, rules, demandsOnColumns(demands));
  }

  /** Where records are read, written and compressed. */
  get kernel(): RowKernel {
    return this.#kernel.memory;
  }

  /** Memory in which rows need not be copied once they are written; `others` gives what is more. */
  memory(others: BufferPool): BufferPool {
    return { take: (minBytes) => this.#kernel.memory.takeArena(minBytes) ?? others.take(minBytes) };
  }

  /** The block, deflated where its rows stand, into memory of `pool`; as it is when they stand elsewhere. */
  deflated(block: Block, pool: BufferPool): Block {
    const { bytes, rows } = block;
    if (rows === 0 || this.#kernel.memory.addressOf(bytes) === undefined) return block;
    const packed = this.#kernel.memory.deflate(bytes);
    const memory = pool.take(packed.length);
    memory.bytes.set(packed);
    const deflated = {
      bytes: memory.bytes.subarray(0, packed.length),
      rawLength: bytes.length,
      crc32: crc32(bytes),
    };
    block.release();
    return { ...block, bytes: NOTHING, deflated, release: () => memory.release() };
  }

  /** Takes as many records as are plain and fit the room, from the first one on; undefined if none can be. */
  take(records: PlainLines, room: BatchRoom, ids: IdMaker | undefined): PlainBatch | undefined {
    const plan = records.table && this.#planOf(records.table);
    if (plan === undefined) return undefined;
    const { exports, memory } = this.#kernel;
    const digest = ids?.fillId === 'position' ? ids.digestAt(records.offset) : undefined;
    if (digest !== undefined) this.#kernel.useDigest(digest.bytes);
    const { at, end } = memory.place(records);
    const out = this.#placeFor(room);
    exports.limitRecords(asInt(room.rows), asInt(room.rowBytes));
    exports.takeRecords(at, end, records.offset, digest?.holdsUntil ?? Number.POSITIVE_INFINITY);
    return this.#taken(records.from, at, out);
  }

  /** The plan of a table that the kernel reads from now on. */
  #planOf(table: PlainTable): TablePlan | undefined {
    const known = this.#plans.get(table) ?? { plan: planTable(table, this.#rules, this.#demands) };
    if (known.plan !== undefined && !this.#kernel.reads(known.plan)) known.plan = undefined;
    this.#plans.set(table, known);
    return known.plan;
  }

  /** Where the rows will be written: in the room itself, where that is in the kernel's memory. */
  #placeFor({ into = NOTHING, bytes }: BatchRoom): number {
    const { exports, memory } = this.#kernel;
    const inside = memory.addressOf(into);
    const at = inside ?? exports.packed.value;
    exports.writeTo(at, at + Math.min(bytes, inside === undefined ? INPUT_BYTES : into.length));
    return at;
  }

  #taken(from: number, at: number, out: number): PlainBatch {
    const { exports, memory } = this.#kernel;
    return {
      rows: exports.records.value,
      lines: exports.recordLines.value,
      from,
      to: from + exports.recordsEnd.value - at,
      text: memory.view(out, exports.recordsOutEnd.value),
      withoutId: exports.recordsWithoutId.value,
      changes: {
        ...counted('id-filled', exports.recordsFilled.value),
        ...counted('time-from-number', exports.fromNumber.value),
        ...counted('time-zone-assumed', exports.zoneAssumed.value),
        ...counted('time-rewritten', exports.rewritten.value),
      },
      warnings: counted(this.#rules.shape.times?.[0]?.oldReason ?? '', exports.recordsOld.value),
    };
  }
}
