/** Sums over the cells of facts, for pages and summaries. */
import type { BreakdownName, Facts } from './analysis.ts';

/** A value and its rows. `kind`: a text of its own, rows without one, or what was folded. */
export interface Total {
  kind: 'value' | 'none' | 'other';
  value: string;
  count: number;
}

/** Rows of each day of `facts.days`, in that order. */
export function totalsByDay({ days, cells }: Facts): number[] {
  const totals = days.map(() => 0);
  cells.day.forEach((day, cell) => (totals[day]! += cells.count[cell] as number));
  return totals;
}

/** The most frequent first; rows without a value, and what was folded, last. */
export function totalsBy(facts: Facts, dimension: 'artifact' | 'country' | 'company'): Total[] {
  const { values } = { artifact: facts.artifacts, country: facts.countries, company: facts.companies }[
    dimension
  ];
  return named(values, facts.cells[dimension], facts.cells.count);
}

/** Like `totalsBy`; empty when there is no such breakdown. */
export function totalsOf(facts: Facts, name: BreakdownName): Total[] {
  const breakdown = facts.breakdowns.find((one) => one.name === name);
  return breakdown === undefined ? [] : named(breakdown.values, breakdown.value, breakdown.count);
}

function named(values: readonly string[], numbers: readonly number[], counts: readonly number[]): Total[] {
  const sums = new Float64Array(values.length + 2);
  numbers.forEach((number, index) => (sums[number]! += counts[index] as number));
  const [none = 0, other = 0, ...rest] = sums;
  const totals = rest.map((count, index): Total => ({
    kind: 'value',
    value: values[index] as string,
    count,
  }));
  totals.sort((one, two) => two.count - one.count);
  totals.push(
    { kind: 'other', value: '(other)', count: other },
    { kind: 'none', value: '(none)', count: none },
  );
  return totals.filter(({ count }) => count > 0);
}
