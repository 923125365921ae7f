/** What a target requires of a decoded row: the rules for nested objects. */
import { isObject } from '../../json.ts';
import type { RowProblem } from '../../contracts/format.ts';
import type { RowShape } from '../../contracts/target.ts';
import { stepsOf, type Step } from '../../formats/paths.ts';
import { isLongNumber, writeJson } from '../json/values.ts';
import { valueAt } from '../reshape/json-path.ts';
import { TYPE_WORDS, type RequiredType } from './row-rules.ts';

interface Demand {
  path: string;
  steps: readonly Step[];
  when: readonly Step[] | undefined;
  type: RequiredType | undefined;
  reason: string;
}

/** Checks the required paths of rows, in the order in which the target names them. */
export class ObjectChecks {
  readonly #demands: readonly Demand[];

  constructor(shape: RowShape) {
    this.#demands = shape.required.map(({ path, when, type, reason }) => ({
      path,
      steps: stepsOf(path),
      when: when === undefined ? undefined : stepsOf(when),
      type,
      reason,
    }));
  }

  problemOf(row: Record<string, unknown>): RowProblem | undefined {
    for (const { path, steps, when, type, reason } of this.#demands) {
      if (when !== undefined && isMissing(valueAt(row, when))) continue;
      const value = valueAt(row, steps);
      if (isMissing(value)) return { reason, message: `${path} is missing` };
      if (type !== undefined && !isOfType(value, type)) {
        return { reason, message: `${path} must be ${TYPE_WORDS[type]}` };
      }
    }
    return undefined;
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

function isOfType(value: unknown, type: RequiredType): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string' && value !== '';
    case 'integer':
      return Number.isSafeInteger(value) || (isLongNumber(value) && /^-?\d+$/.test(writeJson(value)));
    case 'object':
      return isObject(value) && !isLongNumber(value);
  }
}
