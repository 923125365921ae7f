/** Plans which days each request covers. */
import type { Days, WindowRules } from '../../contracts/dataset.ts';
import { Failure } from '../../failure.ts';
import { addDays, countDays, daysSinceMonday } from '../../calendar.ts';

/**
 * Cuts a range into windows of at most `maxDays`, in order and without gaps. With an alignment the cuts fall
 * between whole weeks (Monday to Sunday), months or years, so that no bucket of a rollup is split. Throws a Failure
 * `usage` when the rules forbid cutting.
 */
export function planWindows(days: Days, rules: WindowRules): Days[] {
  if (countDays(days) <= rules.maxDays) return [days];
  if (rules.align === 'never') {
    throw new Failure(
      'usage',
      `${days.from} to ${days.to} is longer than the ${rules.maxDays} days of one request, and a total cannot be combined from parts`,
      { hint: 'ask for a shorter range, or for --rollup yearly' },
    );
  }
  const windows: Days[] = [];
  for (let from = days.from; from <= days.to; from = addDays(windows.at(-1)?.to ?? from, 1)) {
    const furthest = addDays(from, rules.maxDays - 1);
    windows.push({ from, to: furthest >= days.to ? days.to : lastCut(from, furthest, rules.align) });
  }
  return windows;
}

/** Halves a range of at least two days; the first half is the longer one. */
export function halveDays(days: Days): [Days, Days] {
  const middle = addDays(days.from, Math.ceil(countDays(days) / 2) - 1);
  return [
    { from: days.from, to: middle },
    { from: addDays(middle, 1), to: days.to },
  ];
}

/** The last day up to `furthest` that ends a bucket. */
function lastCut(from: string, furthest: string, align: WindowRules['align']): string {
  const cut = endOfBucketBefore(furthest, align);
  if (cut >= from) return cut;
  throw new Failure('bug', `no window of whole ${align}s begins at ${from}`);
}

function endOfBucketBefore(furthest: string, align: WindowRules['align']): string {
  const next = addDays(furthest, 1);
  if (align === 'week') return addDays(furthest, -daysSinceMonday(next));
  if (align === 'month') return addDays(`${next.slice(0, 7)}-01`, -1);
  if (align === 'year') return addDays(`${next.slice(0, 4)}-01-01`, -1);
  return furthest;
}
