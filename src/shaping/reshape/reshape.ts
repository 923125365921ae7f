/**
 * What the user asked to be done with decoded rows: types of what the row has, map, types of what that made, set, keep and
 * drop, in this order.
 */
import type { RowProblem } from '../../contracts/format.ts';
import { stepsOf, type Step } from '../../formats/paths.ts';
import { convert, MISFIT, type CellType, type Conversion } from './cell-types.ts';
import { shownValue } from '../json/shown-value.ts';
import { writeJson } from '../json/values.ts';
import { copyOf, removeAt, setAt, valueAt } from './json-path.ts';

/** What becomes of a row with a value that is not of its type. */
export type TypeErrors = 'reject' | 'null' | 'keep';

/** Places are named as in headers: `request.headers.X-Tag`, `tags[0]`. */
export interface Reshaping {
  /**
   * Values that move: all are taken first, then all are put. One may go to several places, and several, with plus signs
   * between their names, become one: `Date+Time` is the text of both.
   */
  map: readonly ({ from: string; to: string } & Conditional)[];
  types: readonly ({ at: string; type: CellType } & Conditional)[];
  typeErrors: TypeErrors;
  /** What stands in front of the fraction of a number, in text that is to become one: a point unless it is said. */
  decimal?: ',' | '.' | undefined;
  /** Values that every row gets. */
  set: readonly { at: string; value: unknown }[];
  /** When there are any, all other keys are left out, except those that the target itself reads. */
  keep: readonly string[];
  drop: readonly string[];
}

/** `ifThere`: no row need have the name. */
interface Conditional {
  ifThere?: boolean;
}

/** Whether anything is asked at all; otherwise rows need no decoding. */
export function reshapes({ map, types, set, keep, drop }: Reshaping): boolean {
  return [map, types, set, keep, drop].some((list) => list.length > 0);
}

/** A place as written, and its steps. */
interface RowPath {
  name: string;
  steps: readonly Step[];
}

interface TypedPath {
  at: RowPath;
  type: CellType;
}

/** Reshapes rows; the rows given are used up. */
export class Reshaper {
  readonly #map: readonly { from: RowPath; parts: readonly RowPath[]; to: RowPath }[];
  /** Of what the row has, and of what the map makes. */
  readonly #typesBefore: readonly TypedPath[];
  readonly #typesAfter: readonly TypedPath[];
  readonly #typeErrors: TypeErrors;
  readonly #hasComma: boolean;
  readonly #set: readonly { at: RowPath; value: unknown }[];
  readonly #keep: readonly RowPath[];
  readonly #drop: readonly RowPath[];
  readonly #isTargets: (key: string) => boolean;

  /** `isTargets` tells the keys that the target reads, which `keep` need not name. */
  constructor(reshaping: Reshaping, isTargets: (key: string) => boolean) {
    const { map, types, typeErrors, set, keep, drop } = reshaping;
    this.#map = map.map(({ from, to }) => ({
      from: rowPathOf(from),
      parts: joinedNames(from).map(rowPathOf),
      to: rowPathOf(to),
    }));
    const typed = types.map(({ at, type }) => ({ at: rowPathOf(at), type }));
    this.#typesBefore = typed.filter(({ at }) => !isMadeByMap(at.name, map));
    this.#typesAfter = typed.filter(({ at }) => isMadeByMap(at.name, map));
    this.#typeErrors = typeErrors;
    this.#hasComma = reshaping.decimal === ',';
    this.#set = set.map(({ at, value }) => ({ at: rowPathOf(at), value }));
    this.#keep = keep.map(rowPathOf);
    this.#drop = drop.map(rowPathOf);
    this.#isTargets = isTargets;
  }

  /** The row as asked for, or why it cannot be. */
  apply(row: Record<string, unknown>, conversion: Conversion): { row: Record<string, unknown> } | RowProblem {
    const before = this.#applyTypes(row, this.#typesBefore, conversion);
    if (before !== undefined) return before;
    this.#applyMap(row);
    const after = this.#applyTypes(row, this.#typesAfter, conversion);
    if (after !== undefined) return after;
    for (const { at, value } of this.#set) setAt(row, at.steps, copyOf(value));
    const kept = this.#keep.length === 0 ? row : this.#keptOf(row);
    for (const place of this.#drop) removeAt(kept, stepsIn(kept, place));
    return { row: kept };
  }

  #applyMap(row: Record<string, unknown>): void {
    const moves = this.#map.map((move) => ({ ...takenIn(row, move), to: move.to }));
    for (const { from, value } of moves)
      if (value !== undefined) for (const steps of from) removeAt(row, steps);
    for (const { to, value } of moves) if (value !== undefined) setAt(row, to.steps, copyOf(value));
  }

  #applyTypes(
    row: Record<string, unknown>,
    types: readonly TypedPath[],
    conversion: Conversion,
  ): RowProblem | undefined {
    for (const { at, type } of types) {
      const steps = stepsIn(row, at);
      const value = valueAt(row, steps);
      if (value === undefined) continue;
      const isNumber = this.#hasComma && (type === 'number' || type === 'int');
      const converted = convert(isNumber ? withPoint(value) : value, type, conversion);
      if (converted !== MISFIT) {
        setAt(row, steps, converted);
      } else if (this.#typeErrors === 'reject') {
        const shown = shownValue(writeJson(value));
        return { reason: 'type-error', message: `${at.name} ${shown} is not a valid ${type}` };
      } else if (this.#typeErrors === 'null') {
        setAt(row, steps, null);
        conversion.changes.add('type-error-nulled');
      }
    }
    return undefined;
  }

  #keptOf(row: Record<string, unknown>): Record<string, unknown> {
    const kept: Record<string, unknown> = {};
    for (const key of Object.keys(row)) if (this.#isTargets(key)) setAt(kept, [key], row[key]);
    for (const place of this.#keep) {
      const steps = stepsIn(row, place);
      const value = valueAt(row, steps);
      if (value !== undefined) setAt(kept, steps, value);
    }
    return kept;
  }
}

function rowPathOf(name: string): RowPath {
  return { name, steps: stepsOf(name) };
}

/** A row may have a dotted name as it stands for a key; then that is what is meant. */
function stepsIn(row: Record<string, unknown>, { name, steps }: RowPath): readonly Step[] {
  return steps.length > 1 && Object.hasOwn(row, name) ? [name] : steps;
}

/** The names of columns that are joined: `Date+Time`. One alone is none. */
export function joinedNames(from: string): string[] {
  const names = from.split('+').map((name) => name.trim());
  return names.length > 1 && names.every((name) => name !== '') ? names : [];
}

/** Where a move takes its value from, and the value. A key that has the plus signs in its own name is that key. */
function takenIn(
  row: Record<string, unknown>,
  { from, parts }: { from: RowPath; parts: readonly RowPath[] },
): { from: (readonly Step[])[]; value: unknown } {
  const steps = stepsIn(row, from);
  const value = valueAt(row, steps);
  if (value !== undefined || parts.length === 0) return { from: [steps], value };
  const places = parts.map((part) => stepsIn(row, part));
  const texts = places.map((place) => textOf(valueAt(row, place)));
  // A date without its time would be midnight.
  const isWhole = texts.every((text) => text !== undefined && text !== '');
  return { from: places, value: isWhole ? texts.join(' ') : undefined };
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value.trim() : writeJson(value);
}

/** Whether a place, or one around it, is made by the map: then the row has it only afterwards. */
function isMadeByMap(name: string, map: Reshaping['map']): boolean {
  return map.some(({ to }) => isWithin(name, to) && to !== '');
}

/** Whether a place is another one or inside it. */
export function isWithin(place: string, outer: string): boolean {
  return place.startsWith(outer) && ['', '.', '['].includes(place.charAt(outer.length));
}

/** `1.234,5` as `1234.5`. */
function withPoint(value: unknown): unknown {
  const isNumeral = typeof value === 'string' && /^\s*[+-]?(\d{1,3}(\.\d{3})+|\d*)(,\d+)?\s*$/.test(value);
  return isNumeral ? value.replaceAll('.', '').replace(',', '.') : value;
}
