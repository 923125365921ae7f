/** What the user asked to be done with decoded rows: map, type, set, keep and drop, in this order. */
import type { RowProblem } from '../../contracts/format.ts';
import { stepsOf, type Step } from '../../formats/paths.ts';
import { convert, MISFIT, type CellType, type Conversion } from './cell-types.ts';
import { copyOf, removeAt, setAt, valueAt } from './json-path.ts';

/** What becomes of a row with a value that is not of its type. */
export type TypeErrors = 'reject' | 'null' | 'keep';

/** Places are named as in headers: `request.headers.X-Tag`, `tags[0]`. */
export interface Reshaping {
  /** Values that move: all are taken first, then all are put. One may go to several places. */
  map: readonly { from: string; to: string }[];
  types: readonly { at: string; type: CellType }[];
  typeErrors: TypeErrors;
  /** Values that every row gets. */
  set: readonly { at: string; value: unknown }[];
  /** When there are any, all other keys are left out, except those that the target itself reads. */
  keep: readonly string[];
  drop: readonly string[];
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

/** Reshapes rows; the rows given are used up. */
export class Reshaper {
  readonly #map: readonly { from: RowPath; to: RowPath }[];
  readonly #types: readonly { at: RowPath; type: CellType }[];
  readonly #typeErrors: TypeErrors;
  readonly #set: readonly { at: RowPath; value: unknown }[];
  readonly #keep: readonly RowPath[];
  readonly #drop: readonly RowPath[];
  readonly #isTargets: (key: string) => boolean;

  /** `isTargets` tells the keys that the target reads, which `keep` need not name. */
  constructor(reshaping: Reshaping, isTargets: (key: string) => boolean) {
    const { map, types, typeErrors, set, keep, drop } = reshaping;
    this.#map = map.map(({ from, to }) => ({ from: rowPathOf(from), to: rowPathOf(to) }));
    this.#types = types.flatMap(({ at, type }) => {
      return mappedNames(at, map).map((name) => ({ at: rowPathOf(name), type }));
    });
    this.#typeErrors = typeErrors;
    this.#set = set.map(({ at, value }) => ({ at: rowPathOf(at), value }));
    this.#keep = keep.map(rowPathOf);
    this.#drop = drop.map(rowPathOf);
    this.#isTargets = isTargets;
  }

  /** The row as asked for, or why it cannot be. */
  apply(row: Record<string, unknown>, conversion: Conversion): { row: Record<string, unknown> } | RowProblem {
    this.#applyMap(row);
    const problem = this.#applyTypes(row, conversion);
    if (problem !== undefined) return problem;
    for (const { at, value } of this.#set) setAt(row, at.steps, copyOf(value));
    const kept = this.#keep.length === 0 ? row : this.#keptOf(row);
    for (const place of this.#drop) removeAt(kept, stepsIn(kept, place));
    return { row: kept };
  }

  #applyMap(row: Record<string, unknown>): void {
    const moves = this.#map.map(({ from, to }) => {
      const steps = stepsIn(row, from);
      return { from: steps, to, value: valueAt(row, steps) };
    });
    for (const { from, value } of moves) if (value !== undefined) removeAt(row, from);
    for (const { to, value } of moves) if (value !== undefined) setAt(row, to.steps, copyOf(value));
  }

  #applyTypes(row: Record<string, unknown>, conversion: Conversion): RowProblem | undefined {
    for (const { at, type } of this.#types) {
      const steps = stepsIn(row, at);
      const value = valueAt(row, steps);
      if (value === undefined) continue;
      const converted = convert(value, type, conversion);
      if (converted !== MISFIT) {
        setAt(row, steps, converted);
      } else if (this.#typeErrors === 'reject') {
        return { reason: 'type-error', message: `${at.name} is not a valid ${type}` };
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

/** Types come behind the map, but people name the column as they see it: then the places it moved to are meant. */
export function mappedNames(name: string, map: Reshaping['map']): string[] {
  const moved = map.filter(({ from }) => from === name).map(({ to }) => to);
  return moved.length === 0 || map.some(({ to }) => to === name) ? [name] : moved;
}
