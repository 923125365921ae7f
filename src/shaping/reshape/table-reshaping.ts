/**
 * Reshaping that a table can take at its header: columns that move or stay behind, and values that every row
 * gets. Then rows need not be decoded for it.
 */
import type { Arrange, ArrangedCell } from '../../contracts/format.ts';
import { Failure } from '../../failure.ts';
import { isWithin, joinedNames, type Reshaping } from './reshape.ts';

/** What is done at the header, and what remains to be done with each row. */
export interface TableReshaping {
  arrange: Arrange;
  rest: Reshaping;
}

/**
 * Undefined when it cannot be divided: when values are set, moved or typed out of one another, or joined. `isTargets` tells the keys that the
 * target reads, which `keep` need not name. Arranging throws a Failure `usage` when two columns want one place.
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
  // What a type makes of a cell has places that no header names.
  const movesOutOfTyped = map.some(({ from }) => types.some(({ at }) => at !== from && isOnePath(at, from)));
  const joins = map.some(({ from }) => joinedNames(from).length > 0);
  if (setsOverlap || movesOverlap || movesOutOfTyped || joins) return undefined;
  // Types come before values are set: what is set is not for them.
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

/** Types of cells come behind the map here, but people name the column as they see it: then the places it moved to are meant. */
function mappedNames(name: string, map: Reshaping['map']): string[] {
  const moved = map.filter(({ from }) => from === name).map(({ to }) => to);
  return moved.length === 0 || map.some(({ to }) => to === name) ? [name] : moved;
}

/** Also of columns that are left out afterwards: one would have taken the place of the other. */
function refuseOverlaps(columns: readonly { path: string }[]): void {
  const moved = columns.find((one) =>
    columns.some((other) => one !== other && isOnePath(one.path, other.path)),
  );
  if (moved === undefined) return;
  throw new Failure('usage', `two columns are mapped to ${JSON.stringify(moved.path)}, or a part of it`, {
    hint: 'give one of them another name with --map',
  });
}

/** The places of a column: where it or what it is part of is mapped to, or its own. */
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
