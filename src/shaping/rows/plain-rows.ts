/**
 * Takes NDJSON rows that need no decision, many at a time, with the kernel in `src/kernels/slabs`.
 * Nearly all rows are such; `JsonRows` decides about all others, one by one, and defines what is correct.
 */
import type { PlainTable } from '../../contracts/format.ts';
import type { Changes } from '../../records.ts';
import { reshapes } from '../reshape/reshape.ts';
import { idMember, recipeDigest, type IdMaker } from '../ids/ids.ts';
import { INPUT_BYTES, RowKernel } from '../slabs/row-kernel.ts';
import { futureFromMs } from '../time/time-rule.ts';
import { utcOffset } from '../time/time-zone.ts';
import { demandedTexts, demandsOf, MISSING_IDS } from './plain-demands.ts';
import { planLines, type LinesPlan } from './lines-plan.ts';
import { compileRules, namedKeysOfTarget, type RowRules } from './row-rules.ts';

const MAX_INT = 0x7fff_ffff;
/** Rows copied at once: they must fit where the kernel compresses. */
const MAX_COPIED_BYTES = 2 * INPUT_BYTES;

/**
 * Lines that may be rows: `bytes[from, to)`, the first of them at `offset` of the input. `table`: they are
 * records of a table.
 */
export interface PlainLines {
  bytes: Buffer;
  from: number;
  to: number;
  offset: number;
  table?: PlainTable | undefined;
}

/** Room in a block. */
export interface BatchRoom {
  /** Where rows are copied to, best in the kernel's memory. Undefined: they stay a view of the input. */
  into: Buffer | undefined;
  rows: number;
  bytes: number;
  /** Maximum length of a row. */
  rowBytes: number;
}

/** Rows that were taken: `bytes[from, to)` of the lines. */
export interface PlainBatch {
  rows: number;
  /** Line ends in `bytes[from, to)`. */
  lines: number;
  from: number;
  to: number;
  /** The rows as they are sent, when they were copied: in `into`, or elsewhere and valid until the next batch. */
  text: Uint8Array | undefined;
  withoutId: number;
  /** Number of rows per change and per warning. */
  changes: Changes;
  warnings: Changes;
}

/** Takes as many rows as are plain and fit the room, from the first line on. `ids` fills in missing ids. */
export type TakePlain = (
  lines: PlainLines,
  room: BatchRoom,
  ids: IdMaker | undefined,
) => PlainBatch | undefined;

/**
 * The rules of a run in a kernel of their own, shared by its inputs. Created on first use, because many runs
 * reshape every row. Holds only memory, which the next run has when this one is closed.
 */
export class PlainRows {
  readonly kernel: RowKernel;
  readonly #rules: RowRules;
  #digest: Uint8Array | undefined;
  #isClosed = false;

  private constructor(kernel: RowKernel, rules: RowRules) {
    this.kernel = kernel;
    this.#rules = rules;
  }

  /** A kernel for these rules; undefined when they need more than the kernel can check, or there is none. */
  static create(rules: RowRules): PlainRows | undefined {
    // With a time format, an ISO time may mean something else.
    const compiled = compileRules(rules);
    const demands = rules.timeFormat === undefined ? demandsOf(compiled) : undefined;
    const kernel = demands && RowKernel.take();
    if (demands === undefined || kernel === undefined) return undefined;
    const plain = new PlainRows(kernel, rules);
    const isTold = plain.#takesRules(demands, demandedTexts(compiled)) && plain.#takesReshaping();
    if (!isTold) plain.close();
    return isTold ? plain : undefined;
  }

  /** No row is plain from now on: the kernel may have other rules. */
  close(): void {
    if (!this.#isClosed) this.kernel.giveBack();
    this.#isClosed = true;
  }

  /**
   * Takes rows from the first line on: as many as are plain and fit the room. `ids` fills in missing ids. Undefined once
   * this is closed.
   */
  take(lines: PlainLines, room: BatchRoom, ids: IdMaker | undefined): PlainBatch | undefined {
    if (this.#isClosed) return undefined;
    const { exports } = this.kernel;
    exports.limit(asInt(room.rows), asInt(room.bytes), asInt(room.rowBytes));
    if (room.into !== undefined) return this.#copy(lines, room.into, ids);
    const { at, end } = this.kernel.place(lines);
    exports.view(at, end);
    return this.#taken(lines, at, undefined);
  }

  #copy(lines: PlainLines, into: Buffer, ids: IdMaker | undefined): PlainBatch {
    const { exports } = this.kernel;
    const digest = ids?.fillId === 'position' ? ids.digestAt(lines.offset) : undefined;
    if (digest !== undefined && digest.bytes !== this.#digest) {
      this.#digest = digest.bytes;
      exports.setDigest(this.kernel.lend(digest.bytes));
    }
    const { at, end } = this.kernel.place(lines);
    const out = this.kernel.addressOf(into) ?? exports.packed.value;
    exports.setOutput(out, Math.min(into.length, MAX_COPIED_BYTES));
    exports.copy(at, end, lines.offset, digest?.holdsUntil ?? Number.POSITIVE_INFINITY);
    return this.#taken(lines, at, this.kernel.view(out, exports.outEnd.value));
  }

  #taken({ from }: PlainLines, at: number, text: Buffer | undefined): PlainBatch {
    const { rows, end, withoutId, filled, old } = this.kernel.exports;
    const { timesFromNumber, timesOfZone, timesRewritten, renamed, dropped } = this.kernel.exports;
    return {
      rows: rows.value,
      lines: rows.value,
      from,
      to: from + end.value - at,
      text,
      withoutId: withoutId.value,
      changes: {
        ...counted('id-filled', filled.value),
        ...counted('time-from-number', timesFromNumber.value),
        ...counted('time-zone-assumed', timesOfZone.value),
        ...counted('time-rewritten', timesRewritten.value),
        ...counted('key-renamed', renamed.value),
        ...counted('key-dropped', dropped.value),
      },
      warnings: counted(this.#rules.shape.times?.[0]?.oldReason ?? '', old.value),
    };
  }

  #takesRules(demands: ReadonlyMap<string, number>, texts: ReadonlyMap<string, Uint8Array>): boolean {
    const { shape, oldEvents, nowMs, idField, fillId, zoneOffset = utcOffset } = this.#rules;
    const oldAfterMs =
      (oldEvents === 'send' ? undefined : shape.times?.[0]?.oldAfterMs) ?? Number.POSITIVE_INFINITY;
    this.kernel.exports.setZone(zoneOffset === utcOffset);
    this.kernel.exports.beginRules(nowMs - oldAfterMs, oldEvents === 'warn', futureFromMs(this.#rules));
    for (const [key, demand] of demands) {
      const bytes = Buffer.from(key);
      if (bytes.length > INPUT_BYTES) return false;
      if (this.kernel.exports.addProbe(this.kernel.lend(bytes), bytes.length, demand) === 0) return false;
      const text = texts.get(key);
      if (text !== undefined && !this.#takesText(text)) return false;
    }
    this.kernel.exports.setMissingIds(idField === undefined ? MISSING_IDS.off : MISSING_IDS[fillId]);
    if (fillId === 'off' || idField === undefined) return true;
    if (fillId === 'content')
      this.kernel.exports.setPrefix(this.kernel.lend(recipeDigest(this.#rules.recipe)));
    const { bytes, idAt } = idMember(idField);
    return (
      bytes.length < INPUT_BYTES &&
      this.kernel.exports.setMember(this.kernel.lend(bytes), bytes.length, idAt) !== 0
    );
  }

  #takesReshaping(): boolean {
    const { reshaping } = this.#rules;
    if (reshaping === undefined || !reshapes(reshaping)) {
      this.kernel.exports.beginReshaping(false, true);
      return true;
    }
    const plan = planLines(reshaping, namedKeysOfTarget(this.#rules));
    return plan !== undefined && this.#takesPlan(plan);
  }

  #takesPlan({ actions, outputs, keepsOthers }: LinesPlan): boolean {
    const { exports } = this.kernel;
    exports.beginReshaping(true, keepsOthers);
    return (
      actions.every(({ key, action, index }) => {
        const bytes = Buffer.from(key);
        return canLend(bytes) && exports.addKey(this.kernel.lend(bytes), bytes.length, action, index) !== 0;
      }) &&
      outputs.every(({ key, value }) => {
        const name = Buffer.from(key);
        const text = 'json' in value ? Buffer.concat([name, value.json]) : name;
        const index = 'json' in value ? -1 : value.moved;
        const valueLength = text.length - name.length;
        return (
          canLend(text) && exports.addOutput(this.kernel.lend(text), name.length, valueLength, index) !== 0
        );
      })
    );
  }

  #takesText(text: Uint8Array): boolean {
    if (!canLend(text)) return false;
    return this.kernel.exports.setProbeText(this.kernel.lend(text), text.length) !== 0;
  }
}

function canLend(bytes: Uint8Array): boolean {
  return bytes.length <= INPUT_BYTES;
}

/** As many rows as were counted, under their code. */
export function counted(code: string, count: number): Changes {
  return count === 0 ? {} : { [code]: count };
}

/** A limit as the kernels take it. */
export function asInt(limit: number): number {
  return Math.min(limit, MAX_INT);
}
