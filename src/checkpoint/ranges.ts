/** Sets of whole UTC days, as sorted ranges that do not touch each other. */
import type { Days } from '../contracts/dataset.ts';
import { addDays, isDay } from '../calendar.ts';

/** The same days, sorted, without duplicates, adjacent ranges merged. */
export function normalizeDays(ranges: readonly Days[]): Days[] {
  const sorted = ranges
    .filter(({ from, to }) => from <= to)
    .sort((left, right) => (left.from < right.from ? -1 : 1));
  const found: Days[] = [];
  for (const { from, to } of sorted) {
    const last = found.at(-1);
    if (last === undefined || from > addDays(last.to, 1)) found.push({ from, to });
    else if (to > last.to) last.to = to;
  }
  return found;
}

/** Days in either set. */
export function uniteDays(left: readonly Days[], right: readonly Days[]): Days[] {
  return normalizeDays([...left, ...right]);
}

/** Days in `left` but not in `right`. */
export function subtractDays(left: readonly Days[], right: readonly Days[]): Days[] {
  let rest = normalizeDays(left);
  for (const { from, to } of normalizeDays(right)) {
    rest = rest.flatMap((days) => {
      if (days.to < from || days.from > to) return [days];
      const before = { from: days.from, to: addDays(from, -1) };
      const behind = { from: addDays(to, 1), to: days.to };
      return [before, behind].filter((piece) => piece.from <= piece.to);
    });
  }
  return rest;
}

/** Days in both sets. */
export function intersectDays(left: readonly Days[], right: readonly Days[]): Days[] {
  return subtractDays(left, subtractDays(left, right));
}

/** From the first day to the last; undefined for an empty set. */
export function spanOf(ranges: readonly Days[]): Days | undefined {
  const all = normalizeDays(ranges);
  const [first, last] = [all[0], all.at(-1)];
  return first === undefined || last === undefined ? undefined : { from: first.from, to: last.to };
}

/** Missing days between the first and the last. */
export function gapsOf(ranges: readonly Days[]): Days[] {
  const span = spanOf(ranges);
  return span === undefined ? [] : subtractDays([span], ranges);
}

/** Whether the value, read from a file, is a range of days that exist. */
export function isRange(value: unknown): value is Days {
  const { from, to } = { ...(value as Partial<Record<keyof Days, unknown>>) };
  return isDayText(from) && isDayText(to) && from <= to;
}

/** Whether the value, read from a file, is a day that exists. */
export function isDayText(value: unknown): value is string {
  return typeof value === 'string' && isDay(value);
}
