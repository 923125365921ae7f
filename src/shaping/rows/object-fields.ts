/** Converts nested fields of decoded rows to the types that the vendor declares. */
import type { RowProblem } from '../../contracts/format.ts';
import type { FieldType, RowShape } from '../../contracts/target.ts';
import { stepsOf, type Step } from '../../formats/paths.ts';
import { shownValue } from '../json/shown-value.ts';
import { isLongNumber, writeJson } from '../json/values.ts';
import { removeAt, setAt, valueAt } from '../reshape/json-path.ts';
import { FIELD_TYPE_RULES, NOT_OF_TYPE } from './field-types.ts';
import type { RowCodes } from './row-codes.ts';
import { isTopLevel } from './row-rules.ts';

type Row = Record<string, unknown>;

/** Codes for a value that was converted to its field's type, and for one that could not be. */
export const TYPE_CHANGED = 'field-converted';
const TYPE_PROBLEM = 'field-type';

/** The problem of a value, given as JSON text, that does not fit its field. */
export function typeProblem(path: string, type: FieldType, value: string): RowProblem {
  const message = `${path} must be ${FIELD_TYPE_RULES[type].words}, and is ${shownValue(value)}`;
  return { reason: TYPE_PROBLEM, message };
}

export class ObjectFields {
  readonly #fields: readonly { path: string; steps: readonly Step[]; type: FieldType }[];
  readonly #optional: readonly string[];

  constructor({ fieldTypes = {}, optionalParts = [] }: RowShape) {
    this.#fields = Object.entries(fieldTypes)
      .filter(([path]) => !isTopLevel(path))
      .map(([path, type]) => ({ path, steps: stepsOf(path), type }));
    this.#optional = optionalParts;
  }

  /**
   * Converts fields and removes optional objects without content, in `row` itself. Counts what it did in
   * `changes`.
   */
  apply(row: Row, changes: RowCodes): 'plain' | 'changed' | RowProblem {
    let outcome: 'plain' | 'changed' = 'plain';
    for (const key of this.#optional) {
      if (!Object.hasOwn(row, key) || row[key] === null || !holdsNothing(row[key])) continue;
      removeAt(row, [key]);
      changes.add(`${key}-left-out`);
      outcome = 'changed';
    }
    for (const { path, steps, type } of this.#fields) {
      const value = valueAt(row, steps);
      if (value === undefined || value === null) continue;
      const fitted = FIELD_TYPE_RULES[type].fit(value);
      if (fitted === NOT_OF_TYPE) return typeProblem(path, type, writeJson(value));
      if (fitted === value) continue;
      setAt(row, steps, fitted);
      changes.add(TYPE_CHANGED);
      outcome = 'changed';
    }
    return outcome;
  }
}

/** Whether a value is null, or an object of nothing else. */
function holdsNothing(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object' || Array.isArray(value) || isLongNumber(value)) return false;
  return Object.values(value).every(holdsNothing);
}
