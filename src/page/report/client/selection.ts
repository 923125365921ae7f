/** The cells that filters leave, and sums over them. */
import type { BreakdownName, Facts } from '../../../analysis/analysis.ts';
import { countDays, eachDay } from '../../../calendar.ts';
import { DIMENSIONS, noneText, otherText, valuesOf, type Dimension, type Filters } from './filters.ts';
import { periodOf, type Period } from './period.ts';

/** A value and its sum; `name` is what the reader sees. */
export interface Total {
  name: string;
  number: number;
  count: number;
}

/** A sum a day for some values. */
export interface Series {
  period: Period;
  /** In order; those of which nothing was read lie between the others. */
  days: readonly string[];
  /** null: nothing was read of that day. */
  lines: { name: string; counts: (number | null)[] }[];
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
  if (breakdown === undefined) return { period: periodOf(selection.facts), days: [], lines: [] };
  const { cell, value, count } = breakdown;
  return series(selection, top, { size: cell.length, cell: (index) => cell[index] as number, value, count });
}

/** Sums of whole columns of cells by day. */
export function seriesOfColumns(
  selection: Selection,
  columns: readonly { name: string; column: readonly number[] }[],
): Series {
  const axis = dayAxis(selection);
  const { cells } = selection.facts;
  const lines = columns.map(({ name, column }) => {
    const line = { name, counts: axis.counts() };
    column.forEach((count, cell) => {
      if (selection.has(cell)) line.counts[axis.at(cells.day[cell] as number)]! += count;
    });
    return line;
  });
  return { period: axis.period, days: axis.days, lines };
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
  const axis = dayAxis(selection);
  const lines = top.map(({ name }) => ({ name, counts: axis.counts() }));
  const rest = { name: 'all others', counts: axis.counts() };
  const lineOf = new Map(top.map(({ number }, index) => [number, lines[index]]));
  const cellDays = selection.facts.cells.day;
  for (let index = 0; index < entries.size; index++) {
    const cell = entries.cell(index);
    if (!selection.has(cell)) continue;
    const line = lineOf.get(entries.value[index] as number) ?? rest;
    line.counts[axis.at(cellDays[cell] as number)]! += entries.count[index] as number;
  }
  const hasRest = rest.counts.some((count) => count !== null && count > 0);
  return { period: axis.period, days: axis.days, lines: hasRest ? [...lines, rest] : lines };
}

/** Days that are missing are put in between up to this many. */
const maxDays = 10_000;

interface DayAxis {
  period: Period;
  days: readonly string[];
  /** Where a day of the facts is, by its index. */
  at: (day: number) => number;
  /** Nothing yet: 0 for a day that was read, null for another. */
  counts: () => (number | null)[];
}

function dayAxis({ facts, firstDay, lastDay }: Selection): DayAxis {
  const period = periodOf(facts);
  const read = facts.days.slice(firstDay, lastDay + 1);
  const [from, to] = [read[0] ?? '', read.at(-1) ?? ''];
  const isWhole = period !== 'day' || read.length === 0 || countDays({ from, to }) > maxDays;
  const days = isWhole ? read : eachDay({ from, to });
  const places = new Map(days.map((day, place) => [day, place]));
  const placeOf = read.map((day) => places.get(day) as number);
  return {
    period,
    days,
    at: (day) => placeOf[day - firstDay] as number,
    counts() {
      const counts: (number | null)[] = days.map(() => null);
      for (const place of placeOf) counts[place] = 0;
      return counts;
    },
  };
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
