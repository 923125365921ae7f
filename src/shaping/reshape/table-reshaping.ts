/**
 * Reshaping that can be done once, at the header of a table: columns that move or are left out, and values
 * for every row. Then rows need not be decoded for it.
 */
import type { Arrange, ArrangedCell } from '../../contracts/format.ts';
import { Failure } from '../../failure.ts';
import { isMapTarget, isWithin, joinedNames, type Reshaping } from './reshape.ts';

/** What is done at the header, and what remains to be done with each row. */
export interface TableReshaping {
  arrange: Arrange;
  rest: Reshaping;
}

/**
 * Divides the reshaping; undefined when that is impossible: when values are joined, or set, moved or typed
 * inside one another. `isTargets` tells which keys the target reads; `keep` need not name them. `arrange`
 * throws a Failure `usage` when two columns have overlapping paths.
 */
export function divideForTable(
  reshaping: Reshaping,
  isTargets: (key: string) => boolean,
): TableReshaping | undefined {
  const { map, set, types, typeErrors, decimal } = reshaping;
  const setsOverlap = set.some((one) => set.some((other) => one !== other && isOnePath(one.at, other.at)));
  const movesOverlap = map.some(({ from: one }) =>
    map.some(({ from }) => one !== from && isWithin(one, from)),
  );
  // A type may turn a cell into an object, whose paths are in no header.
  const movesOutOfTyped = map.some(({ from }) => types.some(({ at }) => at !== from && isOnePath(at, from)));
  const joins = map.some(({ from }) => joinedNames(from).length > 0);
  if (setsOverlap || movesOverlap || movesOutOfTyped || joins) return undefined;
  // Types apply before values are set, so a value that is set is not converted.
  const remaining = types
    .flatMap(({ at, type }) => mappedNames(at, map).map((name) => ({ at: name, type })))
    .filter(({ at }) => !set.some((value) => isOnePath(value.at, at)));
  return {
    arrange: (names) => arrangedCells(names, reshaping, isTargets),
    rest: { map: [], types: remaining, typeErrors, decimal, set: [], keep: [], drop: [] },
  };
}

function arrangedCells(
  names: readonly string[],
  { map, set, keep, drop }: Reshaping,
  isTargets: (key: string) => boolean,
): ArrangedCell[] {
  const columns = names.flatMap((name, column) => movedTo(name, map).map((path) => ({ path, column })));
  const free = columns.filter(({ path }) => !set.some(({ at }) => isOnePath(at, path)));
  const all: ArrangedCell[] = [...free, ...set.map(({ at, value }) => ({ path: at, value }))];
  refuseOverlaps(free);
  const isKept = (path: string): boolean =>
    keep.length === 0 || isTargets(topOf(path)) || keep.some((name) => isWithin(path, name));
  return all.filter(({ path }) => isKept(path) && !drop.some((name) => isWithin(path, name)));
}

/**
 * Types apply after the map here, but users name the column as it is in the input: returns the paths to which
 * it moves.
 */
function mappedNames(name: string, map: Reshaping['map']): string[] {
  const moved = map.filter(({ from }) => from === name).map(({ to }) => to);
  return moved.length === 0 || isMapTarget(name, map) ? [name] : moved;
}

/** Checks columns that are dropped afterwards too: one would have overwritten the other. */
function refuseOverlaps(columns: readonly { path: string }[]): void {
  const moved = columns.find((one) =>
    columns.some((other) => one !== other && isOnePath(one.path, other.path)),
  );
  if (moved === undefined) return;
  throw new Failure('usage', `two columns are mapped to ${JSON.stringify(moved.path)}, or a part of it`, {
    hint: 'give one of them another name with --map',
  });
}

/** The paths of a column: where the map moves it or the object around it, or its own name. */
function movedTo(name: string, map: Reshaping['map']): string[] {
  const moved = map
    .filter(({ from }) => isWithin(name, from))
    .map(({ from, to }) => to + name.slice(from.length));
  return moved.length === 0 ? [name] : moved;
}

function isOnePath(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

function topOf(place: string): string {
  return /^[^.[]*/.exec(place)?.[0] ?? place;
}
