/** The cells that filters leave, and sums over them. */
import type { BreakdownName, Facts } from '../../../analysis/analysis.ts';
import { DIMENSIONS, noneText, otherText, valuesOf, type Dimension, type Filters } from './filters.ts';

/** A value and its sum; `name` is what the reader sees. */
export interface Total {
  name: string;
  number: number;
  count: number;
}

/** A sum a day for some values. */
export interface Series {
  days: readonly string[];
  lines: { name: string; counts: number[] }[];
}

export interface Selection {
  facts: Facts;
  /** The indexes of the days that are shown. */
  firstDay: number;
  lastDay: number;
  has: (cell: number) => boolean;
  /** Filters that these facts cannot answer, because their rows do not tell. */
  unanswered: readonly Dimension[];
}

export function select(facts: Facts, filters: Filters): Selection {
  const wanted = DIMENSIONS.map((dimension) => ({
    dimension,
    number: filters[dimension] === '' ? undefined : numberOf(valuesOf(facts, dimension), filters[dimension]),
    column: facts.cells[dimension],
  }));
  const firstDay = facts.days.findIndex((day) => day >= filters.from);
  const lastDay = filters.to === '' ? facts.days.length - 1 : lastIndex(facts.days, filters.to);
  const unanswered = wanted
    .filter(({ dimension, number }) => number !== undefined && valuesOf(facts, dimension).length === 0)
    .map(({ dimension }) => dimension);
  const chosen = wanted.filter(({ number }) => number !== undefined);
  const days = facts.cells.day;
  return {
    facts,
    firstDay: firstDay < 0 ? facts.days.length : firstDay,
    lastDay,
    unanswered,
    has(cell) {
      const day = days[cell] as number;
      if (firstDay < 0 || day < firstDay || day > lastDay) return false;
      return chosen.every(({ column, number }) => column[cell] === number);
    },
  };
}

export function totalCount({ facts, has }: Selection): number {
  return facts.cells.count.reduce((sum, count, cell) => (has(cell) ? sum + count : sum), 0);
}

export function totalsBy(selection: Selection, dimension: Dimension): Total[] {
  const { cells } = selection.facts;
  const column = cells[dimension];
  return totals(selection, valuesOf(selection.facts, dimension), {
    size: column.length,
    cell: (index) => index,
    value: column,
    count: cells.count,
  });
}

export function totalsOf(selection: Selection, name: BreakdownName): Total[] {
  const breakdown = selection.facts.breakdowns.find((one) => one.name === name);
  if (breakdown === undefined) return [];
  const { cell, value, count, values } = breakdown;
  return totals(selection, values, {
    size: cell.length,
    cell: (index) => cell[index] as number,
    value,
    count,
  });
}

/** By day, for the values of these numbers; what is left is one more line where it is not zero. */
export function seriesBy(selection: Selection, dimension: Dimension, top: readonly Total[]): Series {
  const { cells } = selection.facts;
  const column = cells[dimension];
  return series(selection, top, {
    size: column.length,
    cell: (index) => index,
    value: column,
    count: cells.count,
  });
}

export function seriesOf(selection: Selection, name: BreakdownName, top: readonly Total[]): Series {
  const breakdown = selection.facts.breakdowns.find((one) => one.name === name);
  if (breakdown === undefined) return { days: [], lines: [] };
  const { cell, value, count } = breakdown;
  return series(selection, top, { size: cell.length, cell: (index) => cell[index] as number, value, count });
}

/** Sums of whole columns of cells by day. */
export function seriesOfColumns(
  selection: Selection,
  columns: readonly { name: string; column: readonly number[] }[],
): Series {
  const days = shownDays(selection);
  const { cells } = selection.facts;
  const lines = columns.map(({ name, column }) => {
    const counts = days.map(() => 0);
    column.forEach((count, cell) => {
      if (selection.has(cell)) counts[(cells.day[cell] as number) - selection.firstDay]! += count;
    });
    return { name, counts };
  });
  return { days, lines };
}

interface Entries {
  size: number;
  cell: (index: number) => number;
  value: readonly number[];
  count: readonly number[];
}

function totals(selection: Selection, values: readonly string[], entries: Entries): Total[] {
  const sums = new Float64Array(values.length + 2);
  for (let index = 0; index < entries.size; index++) {
    if (!selection.has(entries.cell(index))) continue;
    sums[entries.value[index] as number]! += entries.count[index] as number;
  }
  const all = [...sums].map((count, number) => ({ name: nameOf(values, number), number, count }));
  const named = all.slice(2).sort((one, two) => two.count - one.count);
  return [...named, all[1] as Total, all[0] as Total].filter(({ count }) => count > 0);
}

function series(selection: Selection, top: readonly Total[], entries: Entries): Series {
  const days = shownDays(selection);
  const lines = top.map(({ name }) => ({ name, counts: days.map(() => 0) }));
  const rest = { name: 'all others', counts: days.map(() => 0) };
  const lineOf = new Map(top.map(({ number }, index) => [number, lines[index]]));
  const cellDays = selection.facts.cells.day;
  for (let index = 0; index < entries.size; index++) {
    const cell = entries.cell(index);
    if (!selection.has(cell)) continue;
    const line = lineOf.get(entries.value[index] as number) ?? rest;
    line.counts[(cellDays[cell] as number) - selection.firstDay]! += entries.count[index] as number;
  }
  return { days, lines: rest.counts.some((count) => count > 0) ? [...lines, rest] : lines };
}

function shownDays({ facts, firstDay, lastDay }: Selection): string[] {
  return facts.days.slice(firstDay, lastDay + 1);
}

function nameOf(values: readonly string[], number: number): string {
  if (number < 2) return number === 0 ? noneText : otherText;
  return shownName(values[number - 2] as string);
}

/** A value that looks like one of ours stands in quotes. */
function shownName(value: string): string {
  return value === noneText || value === otherText ? `"${value}"` : value;
}

/** -1: no value has this text. */
function numberOf(values: readonly string[], text: string): number {
  const index = values.findIndex((value) => shownName(value) === text);
  if (index >= 0) return index + 2;
  if (text === noneText) return 0;
  return text === otherText ? 1 : -1;
}

function lastIndex(days: readonly string[], to: string): number {
  const after = days.findIndex((day) => day > to);
  return after < 0 ? days.length - 1 : after - 1;
}
