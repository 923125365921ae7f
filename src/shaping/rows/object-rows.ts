/**
 * Shapes rows that must be decoded: because the user reshapes them, or because the target reads nested
 * objects or rebuilds rows. Rows that do not change are sent as their original bytes here too.
 */
import type { RowProblem, RowText } from '../../contracts/format.ts';
import type { RowShape } from '../../contracts/target.ts';
import type { Conversion } from '../reshape/cell-types.ts';
import { Edits } from './edits.ts';
import type { HeadBytes } from '../ids/head-bytes.ts';
import type { RowSource } from '../ids/ids.ts';
import { describeBadJson } from '../json/problem.ts';
import { JsonRows } from './json-rows.ts';
import { ObjectScan } from '../json/scan.ts';
import { isTooDeep, parseJson, TOO_DEEP, writeJson } from '../json/values.ts';
import { ObjectChecks } from './object-checks.ts';
import { ObjectFields } from './object-fields.ts';
import { needsDecoding, ObjectTimes } from './object-times.ts';
import type { PlainLines, PlainBatch, BatchRoom, TakePlain } from './plain-rows.ts';
import { Reshaper, reshapes } from '../reshape/reshape.ts';
import { isTopLevel, keysOfTarget, type RowRules } from './row-rules.ts';
import { type Outcome, type RowShaper } from './row-shaper.ts';
import { RowCodes } from './row-codes.ts';
import { TimeReader } from '../time/time.ts';

const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

/** Whether these rules require rows to be decoded. */
export function needsObjects({ shape, reshaping }: RowRules): boolean {
  return readsInside(shape) || (reshaping !== undefined && reshapes(reshaping));
}

/** Whether the target reads nested objects or rebuilds rows, so that no row is plain. */
export function readsInside(shape: RowShape): boolean {
  const required = shape.required.flatMap(({ path, when }) => [path, when ?? path]);
  const places = [...required, ...Object.keys(shape.fieldTypes ?? {})];
  const isNested = places.some((path) => !isTopLevel(path)) || (shape.times ?? []).some(needsDecoding);
  return isNested || shape.rebuild !== undefined || shape.long !== undefined;
}

export class ObjectRows implements RowShaper {
  edits = new Edits();
  text: Readonly<RowText> = { bytes: NOTHING, from: 0, to: 0 };
  problem: RowProblem = { reason: '', message: '' };
  readonly changes = new RowCodes();
  readonly warnings = new RowCodes();
  hasId = false;
  events = 1;

  readonly #scan = new ObjectScan([]);
  readonly #reshaper: Reshaper | undefined;
  readonly #conversion: Conversion;
  readonly #checks: ObjectChecks;
  readonly #fields: ObjectFields;
  readonly #times: ObjectTimes;
  readonly #rebuild: RowShape['rebuild'];
  readonly #long: RowShape['long'];
  readonly #texts: JsonRows;
  readonly #noEdits = new Edits();
  #lines = Buffer.alloc(4096);

  /** `takePlain` takes rows that need no decision. */
  constructor(rules: RowRules, head: HeadBytes, takePlain?: TakePlain) {
    const { shape, reshaping } = rules;
    if (reshaping !== undefined && reshapes(reshaping)) {
      this.#reshaper = new Reshaper(reshaping, keysOfTarget(rules));
    }
    this.#conversion = { time: new TimeReader(rules), changes: this.changes };
    this.#checks = new ObjectChecks(shape);
    this.#fields = new ObjectFields(shape);
    this.#times = new ObjectTimes(shape, rules);
    this.#rebuild = shape.rebuild;
    this.#long = shape.long;
    this.#texts = new JsonRows(rules, head, takePlain);
  }

  takePlain(lines: PlainLines, room: BatchRoom): PlainBatch | undefined {
    return this.#texts.takePlain(lines, room);
  }

  shape(text: RowText, source: RowSource): Outcome {
    this.changes.clear();
    this.warnings.clear();
    this.events = 1;
    if (this.#scan.scan(text.bytes, text.from, text.to) === 'bad') {
      return this.#reject(describeBadJson(this.#scan, text));
    }
    try {
      const remade = this.#remake(parseJson(text.bytes.toString('utf8', text.from, text.to)) as Row);
      if ('reason' in remade) return this.#reject(remade);
      const outcome = remade.changed ? this.#write(remade.rows, source) : this.#pass(text, source);
      if (outcome !== 'rejected') this.#noteLength(outcome);
      return outcome;
    } catch (error) {
      if (!isTooDeep(error)) throw error;
      return this.#reject(TOO_DEEP);
    }
  }

  #reject(problem: RowProblem): Outcome {
    this.problem = problem;
    return 'rejected';
  }

  /** Counts a warning for long rows, by their length as sent. */
  #noteLength(outcome: Outcome): void {
    if (this.#long === undefined) return;
    const length = this.text.to - this.text.from + (outcome === 'edited' ? this.edits.growth : 0);
    if (length > this.#long.overBytes) this.warnings.add(this.#long.warning);
  }

  #remake(decoded: Row): { rows: readonly Row[]; changed: boolean } | RowProblem {
    const reshaped = this.#reshaper?.apply(decoded, this.#conversion) ?? { row: decoded };
    if ('reason' in reshaped) return reshaped;
    const { row } = reshaped;
    const fields = this.#fields.apply(row, this.changes);
    if (typeof fields === 'object') return fields;
    const problem = this.#checks.problemOf(row);
    if (problem !== undefined) return problem;
    const time = this.#times.judge(row, this.changes, this.warnings);
    if (typeof time === 'object') return time;
    const changed = this.#reshaper !== undefined || fields === 'changed' || time === 'changed';
    if (this.#rebuild === undefined) return { rows: [row], changed };
    const rebuilt = this.#rebuild(row);
    if ('reason' in rebuilt) return rebuilt;
    for (const code of rebuilt.changes ?? []) this.changes.add(code);
    for (const code of rebuilt.warnings ?? []) this.warnings.add(code);
    if (rebuilt.events.length === 0) return { reason: 'event-empty', message: 'the row contains no event' };
    const isSame = rebuilt.events.length === 1 && rebuilt.events[0] === row;
    return { rows: rebuilt.events, changed: changed || !isSame };
  }

  /** The row as it is, with the edits that its top-level keys need. */
  #pass(text: RowText, source: RowSource): Outcome {
    const outcome = this.#texts.shape(text, source);
    this.#take();
    this.edits = this.#texts.edits;
    this.text = this.#texts.text;
    this.hasId = this.#texts.hasId;
    return outcome;
  }

  #take(): void {
    this.problem = this.#texts.problem;
    this.changes.addAll(this.#texts.changes);
    this.warnings.addAll(this.#texts.warnings);
  }

  /**
   * Writes rows anew, one per line. Where one row became several, each is its own source, so that their ids
   * differ.
   */
  #write(rows: readonly Row[], source: RowSource): Outcome {
    let length = 0;
    this.hasId = true;
    for (const [index, row] of rows.entries()) {
      const bytes = Buffer.from(writeJson(row));
      const text = { bytes, from: 0, to: bytes.length };
      const own = rows.length === 1 ? source : { ...text, offset: source.offset + index };
      const outcome = this.#texts.shape(text, own);
      this.#take();
      if (outcome === 'rejected') return outcome;
      this.hasId &&= this.#texts.hasId;
      if (index > 0) this.#lines[length++] = NEWLINE;
      length = this.#append(length);
    }
    this.edits = this.#noEdits;
    this.text = { bytes: this.#lines, from: 0, to: length };
    this.events = rows.length;
    return 'edited';
  }

  /** Appends the last shaped text after `length` bytes of lines; returns the new length. */
  #append(length: number): number {
    const { text, edits } = this.#texts;
    const needed = length + (text.to - text.from) + edits.growth + 1;
    if (needed > this.#lines.length) {
      this.#lines = Buffer.concat([this.#lines.subarray(0, length)], 2 * needed);
    }
    return edits.write(text.bytes, text, this.#lines, length);
  }
}

type Row = Record<string, unknown>;
