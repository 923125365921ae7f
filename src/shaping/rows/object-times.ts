/**
 * Times of decoded rows: those at nested paths, those sent as a number, and those that may have another name.
 */
import type { RowProblem } from '../../contracts/format.ts';
import type { RowShape, TimeField } from '../../contracts/target.ts';
import { stepsOf, type Step } from '../../formats/paths.ts';
import { isLongNumber, writeJson } from '../json/values.ts';
import { removeAt, setAt, valueAt } from '../reshape/json-path.ts';
import { TimeRule } from '../time/time-rule.ts';
import { isTopLevel, type RowRules } from './row-rules.ts';
import { RowCodes } from './row-codes.ts';

type Row = Record<string, unknown>;

interface TimePlace {
  rule: TimeRule;
  steps: readonly Step[];
  field: TimeField;
}

/** Whether checking this time needs a decoded row. */
export function needsDecoding({ path, writes, aliases }: TimeField): boolean {
  return !isTopLevel(path) || writes === 'epoch-ms' || aliases !== undefined;
}

/** Checks times, and writes them as the target requires. */
export class ObjectTimes {
  readonly #times: readonly TimePlace[];
  /** Receives the codes of trial readings of aliases; discarded. */
  readonly #unheard = new RowCodes();

  constructor(shape: RowShape, rules: RowRules) {
    this.#times = (shape.times ?? [])
      .filter(needsDecoding)
      .map((field) => ({ field, rule: new TimeRule(field, rules), steps: stepsOf(field.path) }));
  }

  /**
   * Checks all times of a row, and rewrites them in `row` itself. Counts what it did in `changes` and
   * `warnings`.
   */
  judge(row: Row, changes: RowCodes, warnings: RowCodes): 'plain' | 'changed' | RowProblem {
    let outcome: 'plain' | 'changed' = 'plain';
    for (const time of this.#times) {
      const judged = this.#judgeOne(row, time, { changes, warnings });
      if (typeof judged === 'object') return judged;
      if (judged === 'changed') outcome = 'changed';
    }
    return outcome;
  }

  #judgeOne(row: Row, time: TimePlace, codes: Codes): 'plain' | 'changed' | RowProblem {
    const value = valueAt(row, time.steps);
    if (isMissing(value, time.field)) return this.#takeAlias(row, time, codes);
    const written = this.#written(value, time, codes);
    if ('reason' in written) return written;
    if (written.sent === value) return 'plain';
    setAt(row, time.steps, written.sent);
    return 'changed';
  }

  /** Uses the first alias with a readable time. Aliases without one stay where they are. */
  #takeAlias(row: Row, time: TimePlace, codes: Codes): 'plain' | 'changed' {
    for (const alias of time.field.aliases ?? []) {
      const value = Object.hasOwn(row, alias) ? row[alias] : undefined;
      const isNested = typeof value === 'object' && !isLongNumber(value);
      if (isMissing(value, time.field) || isNested) continue;
      const written = this.#written(value, time, { changes: this.#unheard, warnings: this.#unheard });
      this.#unheard.clear();
      if ('reason' in written) continue;
      removeAt(row, [alias]);
      setAt(row, time.steps, value);
      this.#judgeOne(row, time, codes);
      codes.changes.add(`time-from-key: ${alias}`);
      return 'changed';
    }
    return 'plain';
  }

  /** The value as it is sent; the same value where it need not change. */
  #written(
    value: unknown,
    { rule, field }: TimePlace,
    { changes, warnings }: Codes,
  ): { sent: unknown } | RowProblem {
    const bytes = Buffer.from(writeJson(value));
    const reading = rule.judge({ bytes, from: 0, to: bytes.length }, warnings);
    if (typeof reading === 'object') return reading;
    if (field.writes !== 'epoch-ms') {
      if (reading === 'plain') return { sent: value };
      changes.add(reading);
      return { sent: JSON.parse(rule.text.toString('latin1')) as string };
    }
    if (value === rule.epochMs) return { sent: value };
    if (reading === 'time-zone-assumed') changes.add(reading);
    changes.add('time-to-milliseconds');
    return { sent: rule.epochMs };
  }
}

interface Codes {
  changes: RowCodes;
  warnings: RowCodes;
}

/** For a time with aliases, an empty text counts as missing. */
function isMissing(value: unknown, { aliases }: TimeField): boolean {
  return value === undefined || value === null || (aliases !== undefined && value === '');
}
