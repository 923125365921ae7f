/**
 * Reshapes decoded rows as the user asked: types of keys in the row, map, types of keys made by the map, set,
 * keep and drop, in this order.
 */
import type { RowProblem } from '../../contracts/format.ts';
import { stepsOf, type Step } from '../../formats/paths.ts';
import { convert, MISFIT, type CellType, type Conversion } from './cell-types.ts';
import { shownValue } from '../json/shown-value.ts';
import { writeJson } from '../json/values.ts';
import { copyOf, removeAt, setAt, valueAt } from './json-path.ts';

/** What happens to a row with a value that does not fit its type. */
export type TypeErrors = 'reject' | 'null' | 'keep';

/** Paths are written as in headers: `request.headers.X-Tag`, `tags[0]`. */
export interface Reshaping {
  /**
   * Values to move: all are taken first, then all are set. One value may go to several paths. Several names
   * with plus signs between them are joined: `Date+Time` is the text of both.
   */
  map: readonly ({ from: string; to: string } & Conditional)[];
  types: readonly ({ at: string; type: CellType } & Conditional)[];
  typeErrors: TypeErrors;
  /** The decimal separator in text that becomes a number; a point unless given. */
  decimal?: ',' | '.' | undefined;
  /** Values set in every row. */
  set: readonly { at: string; value: unknown }[];
  /** Unless empty, all other keys are left out, except those that the target reads. */
  keep: readonly string[];
  drop: readonly string[];
}

/** `ifThere`: no row need have the name. */
interface Conditional {
  ifThere?: boolean;
}

/** Whether any option is given; otherwise rows need not be decoded. */
export function reshapes({ map, types, set, keep, drop }: Reshaping): boolean {
  return [map, types, set, keep, drop].some((list) => list.length > 0);
}

/** A path as written, and its steps. */
interface RowPath {
  name: string;
  steps: readonly Step[];
}

interface TypedPath {
  at: RowPath;
  type: CellType;
}

/** Reshapes rows. Rows passed to it are modified. */
export class Reshaper {
  readonly #map: readonly { from: RowPath; parts: readonly RowPath[]; to: RowPath }[];
  /** Types of keys in the row, and of keys made by the map. */
  readonly #typesBefore: readonly TypedPath[];
  readonly #typesAfter: readonly TypedPath[];
  readonly #typeErrors: TypeErrors;
  readonly #hasComma: boolean;
  readonly #set: readonly { at: RowPath; value: unknown }[];
  readonly #keep: readonly RowPath[];
  readonly #drop: readonly RowPath[];
  readonly #isTargets: (key: string) => boolean;

  /** `isTargets` tells which keys the target reads; `keep` need not name them. */
  constructor(reshaping: Reshaping, isTargets: (key: string) => boolean) {
    const { map, types, typeErrors, set, keep, drop } = reshaping;
    this.#map = map.map(({ from, to }) => ({
      from: rowPathOf(from),
      parts: joinedNames(from).map(rowPathOf),
      to: rowPathOf(to),
    }));
    const typed = types.map(({ at, type }) => ({ at: rowPathOf(at), type }));
    this.#typesBefore = typed.filter(({ at }) => !isMapTarget(at.name, map));
    this.#typesAfter = typed.filter(({ at }) => isMapTarget(at.name, map));
    this.#typeErrors = typeErrors;
    this.#hasComma = reshaping.decimal === ',';
    this.#set = set.map(({ at, value }) => ({ at: rowPathOf(at), value }));
    this.#keep = keep.map(rowPathOf);
    this.#drop = drop.map(rowPathOf);
    this.#isTargets = isTargets;
  }

  /** The reshaped row, or the reason for rejecting it. `row` is modified. */
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

/** A dotted name means the key with exactly that name where the row has one. */
function stepsIn(row: Record<string, unknown>, { name, steps }: RowPath): readonly Step[] {
  return steps.length > 1 && Object.hasOwn(row, name) ? [name] : steps;
}

/** The names of joined columns in `Date+Time`; empty for a single name. */
export function joinedNames(from: string): string[] {
  const names = from.split('+').map((name) => name.trim());
  return names.length > 1 && names.every((name) => name !== '') ? names : [];
}

/**
 * The paths and the value that a move takes. A key whose own name contains the plus signs wins over a join.
 */
function takenIn(
  row: Record<string, unknown>,
  { from, parts }: { from: RowPath; parts: readonly RowPath[] },
): { from: (readonly Step[])[]; value: unknown } {
  const steps = stepsIn(row, from);
  const value = valueAt(row, steps);
  if (value !== undefined || parts.length === 0) return { from: [steps], value };
  const places = parts.map((part) => stepsIn(row, part));
  const texts = places.map((place) => textOf(valueAt(row, place)));
  // A date without its time would be read as midnight.
  const isWhole = texts.every((text) => text !== undefined && text !== '');
  return { from: places, value: isWhole ? texts.join(' ') : undefined };
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value.trim() : writeJson(value);
}

/** Whether the map makes this path or an object around it, so that the row has it only after the map. */
export function isMapTarget(name: string, map: Reshaping['map']): boolean {
  return map.some(({ to }) => isWithin(name, to) && to !== '');
}

/** Whether a path equals `outer` or is inside it. */
export function isWithin(place: string, outer: string): boolean {
  return place.startsWith(outer) && ['', '.', '['].includes(place.charAt(outer.length));
}

/** `1.234,5` as `1234.5`. */
function withPoint(value: unknown): unknown {
  const isNumeral = typeof value === 'string' && /^\s*[+-]?(\d{1,3}(\.\d{3})+|\d*)(,\d+)?\s*$/.test(value);
  return isNumeral ? value.replaceAll('.', '').replace(',', '.') : value;
}
