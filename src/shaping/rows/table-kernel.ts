/**
 * The kernel for records of tables: one for the whole process, which gets the table and the rules before records
 * are taken. Calls share no state.
 */
import { idMember, recipeDigest } from '../ids/ids.ts';
import { RowKernel, type KernelExports } from '../slabs/row-kernel.ts';
import { futureFromMs } from '../time/time-rule.ts';
import { utcOffset } from '../time/time-zone.ts';
import { MISSING_IDS } from './plain-demands.ts';
import type { RowRules } from './row-rules.ts';
import type { TablePlan } from './table-plan.ts';

/** Longer names and texts are not plain. */
const MAX_TOLD_BYTES = 65_536;
/** Stands for a byte that a dialect does not have, and for the column of a value that is in no cell. */
const NO_BYTE = 256;
const NO_COLUMN = 0xffff_ffff;
const EMPTY_CELLS = { omit: 0, null: 1, string: 2 } as const;

let shared: { kernel: TableKernel | undefined } | undefined;

/** Undefined where WebAssembly SIMD is missing. */
export function tableKernel(): TableKernel | undefined {
  return (shared ??= { kernel: create() }).kernel;
}

function create(): TableKernel | undefined {
  const memory = RowKernel.create();
  return memory && new TableKernel(memory);
}

export class TableKernel {
  readonly memory: RowKernel;
  readonly exports: KernelExports;
  #plan: TablePlan | undefined;
  #digest: Uint8Array | undefined;

  constructor(memory: RowKernel) {
    this.memory = memory;
    this.exports = memory.exports;
  }

  /** Reads the table of this plan from now on. False when it is too large for the kernel. */
  reads(plan: TablePlan): boolean {
    if (this.#plan === plan) return true;
    this.#plan = this.#takesTable(plan) && this.#takesIds(plan.rules) ? plan : undefined;
    return this.#plan === plan;
  }

  /** The digest in the ids of the next records. */
  useDigest(bytes: Uint8Array): void {
    if (bytes === this.#digest) return;
    this.#digest = bytes;
    this.exports.setDigest(this.memory.lend(bytes));
  }

  #takesIds({ idField, fillId, recipe }: RowRules): boolean {
    if (idField === undefined || fillId === 'off') return true;
    if (fillId === 'content') this.exports.setPrefix(this.memory.lend(recipeDigest(recipe)));
    const { bytes, idAt } = idMember(idField);
    return canTell(bytes) && this.exports.setMember(this.memory.lend(bytes), bytes.length, idAt) !== 0;
  }

  #takesTable(plan: TablePlan): boolean {
    const { table, rules, checks, fixedOneOf, hasFixedId, uses } = plan;
    const { exports, memory } = this;
    const { delimiter, quote = NO_BYTE, comment = NO_BYTE, trims } = table;
    exports.setDialect(delimiter, quote, comment, trims);
    exports.setTable(table.columns, uses, missingIds(rules));
    exports.beginMembers(EMPTY_CELLS[table.empty]);
    this.#beginChecks(rules);
    exports.setFixed(fixedOneOf, hasFixedId);
    return (
      checks.every(({ column, demands, member }) => exports.addCheck(column, demands, member) !== 0) &&
      table.nulls.every((text) => canTell(text) && exports.addNull(memory.lend(text), text.length) !== 0) &&
      table.members.every(({ prefix, value }) => {
        const text = 'json' in value ? Buffer.concat([prefix, value.json]) : prefix;
        const column = 'json' in value ? NO_COLUMN : value.column;
        return canTell(text) && exports.addMember(memory.lend(text), text.length, column) !== 0;
      })
    );
  }

  #beginChecks({ shape, oldEvents, nowMs, zoneOffset = utcOffset }: RowRules): void {
    this.exports.setZone(zoneOffset === utcOffset);
    const [time] = shape.times ?? [];
    const oldAfterMs = (oldEvents === 'send' ? undefined : time?.oldAfterMs) ?? Number.POSITIVE_INFINITY;
    this.exports.beginChecks(nowMs - oldAfterMs, oldEvents === 'warn', futureFromMs({ nowMs, oldEvents }));
  }
}

function canTell(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_TOLD_BYTES;
}

function missingIds({ idField, fillId }: RowRules): number {
  return idField === undefined ? MISSING_IDS.off : MISSING_IDS[fillId];
}
