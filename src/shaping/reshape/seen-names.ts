/** Checks the names in options against those in inputs, before any row is sent. */
import type { Format, RowSink } from '../../contracts/format.ts';
import type { RowShape } from '../../contracts/target.ts';
import { Failure } from '../../failure.ts';
import { stepsOf } from '../../formats/paths.ts';
import { valueAt } from './json-path.ts';
import { didYouMean } from './nearest.ts';
import { joinedNames, type Reshaping } from './reshape.ts';
import { sampleRows, type SampleRow } from './sample.ts';

/** How many rows are examined. */
const maxRows = 1_000;
/** How many names a message lists. */
const maxTold = 20;

/** The beginning of an input as rows, and the header names of a table. */
export interface SeenNames {
  path: string;
  rows: readonly SampleRow[];
  columns: readonly string[] | undefined;
}

/** Examines the beginning of an input. */
export function seeNames(path: string, format: Format, head: { bytes: Buffer; isWhole: boolean }): SeenNames {
  const columns = format.columns ?? columnsOf(format, head.bytes);
  // Two columns may have overlapping paths until options say otherwise.
  const sampled = columns === undefined ? format : format.rearranged?.((names) => namesOnce(names));
  const rows = sampleRows(sampled ?? format, head, { maxRows });
  // Lines of a log may have their own names.
  const own = format.columns === undefined ? [] : rows.flatMap((row) => Object.keys(row));
  return { path, rows, columns: columns && [...new Set([...columns, ...own])] };
}

function namesOnce(names: readonly string[]): { path: string; column: number }[] {
  return names.flatMap((path, column) => (/[.[]|^#\d+$/.test(path) ? [] : [{ path, column }]));
}

/** Whether too few rows were seen to conclude that a name is missing. */
export function isTooFew({ rows, columns }: SeenNames, isWhole: boolean): boolean {
  return columns === undefined && !isWhole && rows.length < maxRows;
}

function columnsOf(format: Format, head: Buffer): readonly string[] | undefined {
  let columns: readonly string[] | undefined;
  const renamed = format.rearranged?.((names) => {
    columns = names;
    return [];
  });
  if (renamed === undefined) return undefined;
  const scanner = renamed.scanner({ atStart: true, toEnd: true, line: 1, head: Buffer.alloc(0) });
  const stop: RowSink = { row: () => false, bad: () => false, tooLong: () => false };
  scanner.scan(head, { from: 0, to: head.length, final: true }, stop);
  return columns;
}

/** Replaces positions by the names of these columns: `#3` is the third, whatever its name. */
export function resolvePositions(reshaping: Reshaping, columns: readonly string[] = []): Reshaping {
  const { map, types, keep, drop } = reshaping;
  const named = (name: string): string => {
    const [, digits] = POSITION.exec(name) ?? [];
    return digits === undefined ? name : (columns[Number(digits) - 1] ?? name);
  };
  return {
    ...reshaping,
    map: map.map((move) => ({ ...move, from: partsOf(move.from).map(named).join('+') })),
    types: types.map((typed) => ({ ...typed, at: named(typed.at) })),
    keep: keep.map(named),
    drop: drop.map(named),
  };
}

/** Whether options name columns by position. */
export function hasPositions({ map, types, keep, drop }: Reshaping): boolean {
  const names = [...map.flatMap(({ from }) => partsOf(from)), ...types.map(({ at }) => at), ...keep, ...drop];
  return names.some((name) => POSITION.test(name));
}

/** Plus signs join names where one of them is a position; otherwise they may be part of a name. */
function partsOf(from: string): string[] {
  const parts = from.split('+').map((part) => part.trim());
  return parts.some((part) => POSITION.test(part)) ? parts : [from];
}

const POSITION = /^#(\d+)$/;

/** Throws a Failure `usage` for a name in an option that no row of any input has. */
export function checkNames(seen: readonly SeenNames[], { map, types, keep, drop, set }: Reshaping): void {
  if (seen.every(({ rows, columns }) => rows.length === 0 && columns === undefined)) return;
  const made = [...map.map(({ to }) => to), ...set.map(({ at }) => at)];
  const named = [
    ...map
      .filter(isAsked)
      .flatMap(({ from }) =>
        from.split('+').length > 1
          ? [{ option: '--map', name: from, parts: from.split('+') }]
          : [{ option: '--map', name: from, parts: [from] }],
      ),
    ...types.filter(isAsked).map(({ at }) => ({ option: '--type', name: at, parts: [at] })),
    ...keep.map((name) => ({ option: '--keep', name, parts: [name] })),
    ...drop.map((name) => ({ option: '--drop', name, parts: [name] })),
  ];
  for (const { option, name, parts } of named) {
    const isThere = (part: string): boolean =>
      seen.some((one) => hasName(one, part)) ||
      (option !== '--map' && made.some((path) => isOnePath(path, part)));
    if (isThere(name) || (parts.length > 1 && parts.every(isThere))) continue;
    const names = namesIn(seen);
    throw new Failure('usage', `${option}: no row has ${JSON.stringify(name)}${didYouMean(name, names)}`, {
      hint: `there is ${listed(names)}`,
    });
  }
}

/** Columns named by a preset are optional. */
function isAsked({ ifThere }: { ifThere?: boolean }): boolean {
  return ifThere !== true;
}

/** Throws a Failure `usage` for a table in which no column or option provides a required field. */
export function checkRequired(
  seen: SeenNames,
  { map, set, drop }: Reshaping,
  { required, oneOf }: Pick<RowShape, 'required' | 'oneOf' | 'times'>,
): void {
  const { columns, path } = seen;
  if (columns === undefined) return;
  const isThere = (from: string): boolean => [from, ...joinedNames(from)].some((name) => hasName(seen, name));
  const moves = map.filter((move) => isAsked(move) || isThere(move.from));
  const moved = new Set(moves.map(({ from }) => from));
  const given = [
    ...columns.filter((name) => !moved.has(name) && !drop.includes(name)),
    ...moves.map(({ to }) => to),
    ...set.map(({ at }) => at),
  ];
  const isGiven = (field: string): boolean => given.some((name) => isOnePath(name, field));
  const there = listed(columns);
  for (const { path: field, when, hint } of required) {
    if (isGiven(field) || (when !== undefined && !isGiven(when))) continue;
    const column = columns.find((name) => name !== '') ?? 'column';
    throw new Failure('usage', `${path}: no ${field}: the columns are ${there}`, {
      hint: `map one with --map '${column}=${field}', or give all rows one with ${hint ?? `--set '${field}=…'`} ("scarf-cli check --infer" proposes options)`,
    });
  }
  if (oneOf === undefined || oneOf.keys.some(isGiven)) return;
  throw new Failure('usage', `${path}: none of ${oneOf.keys.join(', ')}: the columns are ${there}`, {
    hint: `map one with --map, or give all rows one with ${oneOf.hint ?? `--set '${oneOf.keys[0]}=…'`} ("scarf-cli check --infer" proposes options)`,
  });
}

/** Tells the top-level keys that options name. An object with one of them is a row, not an envelope. */
export function isNamedIn({ map, types, keep, drop }: Reshaping): (key: string) => boolean {
  const names = [
    ...map.flatMap(({ from }) => [from, ...from.split('+')]),
    ...types.map(({ at }) => at),
    ...keep,
    ...drop,
  ];
  const keys = new Set(names.flatMap((name) => [name, String(stepsOf(name.trim())[0])]));
  return (key) => keys.has(key);
}

/**
 * Names with a dollar sign belong to the vendor. Throws a Failure `usage` for one in `--map` or `--set` that
 * the vendor does not know.
 */
export function checkFields({ map, set }: Reshaping, fields: readonly string[]): void {
  if (!fields.some((field) => field.startsWith('$'))) return;
  for (const field of [...map.map(({ to }) => to), ...set.map(({ at }) => at)]) {
    const top = String(stepsOf(field)[0]);
    if (!top.startsWith('$') || fields.includes(top)) continue;
    throw new Failure('usage', `there is no field ${top}${didYouMean(top, fields)}`, {
      hint: `the fields are ${fields.join(', ')}`,
    });
  }
}

/** A sentence for each name with a dollar sign in the first rows that the vendor does not know. */
export function unknownFields(
  seen: SeenNames | undefined,
  { map, drop }: Reshaping,
  fields: readonly string[],
): string[] {
  if (seen === undefined) return [];
  const { rows, path } = seen;
  if (!fields.some((field) => field.startsWith('$'))) return [];
  const known = new Set([...fields, ...map.map(({ from }) => from), ...drop]);
  const counts = new Map<string, number>();
  for (const row of rows) {
    for (const key of Object.keys(row)) {
      if (key.startsWith('$') && !known.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return [...counts].map(
    ([key, count]) =>
      `${path}: ${count} of the first ${rows.length} rows have ${key}, which is none of the vendor's fields${didYouMean(key, fields)}`,
  );
}

function hasName({ rows, columns = [] }: SeenNames, name: string): boolean {
  const [, digits] = POSITION.exec(name) ?? [];
  if (digits !== undefined && Number(digits) <= columns.length) return true;
  if (columns.some((column) => isWithin(column, name) || isWithin(name, column))) return true;
  const steps = stepsOf(name);
  return rows.some((row) => Object.hasOwn(row, name) || valueAt(row, steps) !== undefined);
}

function namesIn(seen: readonly SeenNames[]): string[] {
  return [
    ...new Set(
      seen.flatMap(({ rows, columns = [] }) => [...columns, ...rows.flatMap((row) => Object.keys(row))]),
    ),
  ];
}

function listed(names: readonly string[]): string {
  const told = names.slice(0, maxTold).join(', ');
  return names.length > maxTold ? `${told} and ${names.length - maxTold} more` : told;
}

function isWithin(place: string, outer: string): boolean {
  return place.startsWith(outer) && ['', '.', '['].includes(place.charAt(outer.length));
}

function isOnePath(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}
