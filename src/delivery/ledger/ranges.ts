/**
 * Known ranges of one input: which are settled and which are in doubt. A checkpoint is a set of ranges, not one
 * offset, since chunks settle out of order.
 */
import type { Range } from '../../records.ts';
import { combineCrc32 } from '../upload/crc-combine.ts';

/** Row counts of a range by outcome. */
export interface Outcome {
  rows: number;
  accepted: number;
  rejected: number;
  skipped: number;
  unknown: number;
}

/** A range with its outcome. `crc32`: checksum of its bytes; absent after a split. */
export interface KnownRange extends Range {
  nextLine: number;
  outcome: Outcome;
  crc32?: number;
  /** The vendor has not confirmed any of it. Its local rejects are already kept. */
  inDoubt: boolean;
  /** In doubt, but every row carries an id, so sending it again duplicates nothing. */
  harmless?: boolean;
  /** Every row sent carried an id, so the vendor recognizes it. Absent when that is not recorded. */
  allIds?: true;
}

export const noOutcome: Outcome = { rows: 0, accepted: 0, rejected: 0, skipped: 0, unknown: 0 };

/** Of rows that were sent, of which nobody knows whether they arrived, and of the rejects among them. */
export function doubtOf({ rows, rejected }: RowsAgain): Outcome {
  return { ...noOutcome, rows: rows + rejected, unknown: rows, rejected };
}

export function addOutcomes(one: Outcome, other: Outcome): Outcome {
  return {
    rows: one.rows + other.rows,
    accepted: one.accepted + other.accepted,
    rejected: one.rejected + other.rejected,
    skipped: one.skipped + other.skipped,
    unknown: one.unknown + other.unknown,
  };
}

/** A copy of `ranges` (ascending, disjoint) with `added` inserted; see `insertRange`. */
export function addRange(ranges: readonly KnownRange[], added: KnownRange): KnownRange[] {
  const all = [...ranges];
  insertRange(all, added);
  return all;
}

/** Rows of a settled range, where they had been in doubt: they counted as unknown, and these rejects were kept. */
export interface RowsAgain {
  rows: number;
  rejected: number;
}

/**
 * Inserts `added` into `ranges`, which are ascending and disjoint, in place. On overlap a settled range wins over
 * one in doubt, and the first of two settled ones stays unless the other contains it. Neighbours of the same kind
 * are merged. Only ranges nearby are examined, since a ledger may hold a hundred thousand. `again`: what ranges in
 * doubt counted of `added`, so that their sums stay exact.
 */
export function insertRange(ranges: KnownRange[], added: KnownRange, again?: RowsAgain): void {
  const first = firstTouching(ranges, added.from);
  let end = first;
  while (end < ranges.length && (ranges[end] as KnownRange).from <= added.to) end += 1;
  const near = ranges.slice(first, end);
  const kept = added.inDoubt ? near : near.flatMap((range) => keptBeside(range, added));
  const news = kept.reduce((parts, range) => parts.flatMap((part) => without(part, range)), [added]);
  const all = [...kept, ...news].sort((one, other) => one.from - other.from);
  const joined = all.reduce<KnownRange[]>(appendMerged, []);
  ranges.splice(first, near.length, ...joined);
  if (again === undefined || added.inDoubt || !isInDoubt(near, added)) return;
  const before = sumOfDoubts(near);
  const now = sumOfDoubts(joined);
  const unknown = before.unknown - again.rows - now.unknown;
  const rejected = before.rejected - again.rejected - now.rejected;
  balanceDoubts(ranges, first, { unknown, rejected });
}

/** Whether ranges in doubt cover every byte of `range`. */
function isInDoubt(ranges: readonly KnownRange[], range: Range): boolean {
  const doubts = ranges.filter(({ inDoubt }) => inDoubt);
  return isCovered(doubts, range, 'or-in-doubt');
}

function sumOfDoubts(ranges: readonly KnownRange[]): Outcome {
  return ranges.reduce((sum, { inDoubt, outcome }) => (inDoubt ? addOutcomes(sum, outcome) : sum), noOutcome);
}

/**
 * Adds rows to ranges in doubt, or takes them away, beginning at index `at`: which part of such a range had how many
 * is not recorded, but how many all of them have is.
 */
function balanceDoubts(
  ranges: KnownRange[],
  at: number,
  change: Pick<Outcome, 'unknown' | 'rejected'>,
): void {
  const left = { ...change };
  for (let step = 0; step < ranges.length && (left.unknown !== 0 || left.rejected !== 0); step += 1) {
    const index = (at + step) % ranges.length;
    const range = ranges[index] as KnownRange;
    if (!range.inDoubt) continue;
    const unknown = Math.max(range.outcome.unknown + left.unknown, 0);
    const rejected = Math.max(range.outcome.rejected + left.rejected, 0);
    left.unknown -= unknown - range.outcome.unknown;
    left.rejected -= rejected - range.outcome.rejected;
    ranges[index] = { ...range, outcome: { ...noOutcome, rows: unknown + rejected, unknown, rejected } };
  }
}

/**
 * What remains of a range beside a settled one: the rest of one in doubt; a settled one stays whole, unless the
 * other contains it and is larger.
 */
function keptBeside(range: KnownRange, settled: KnownRange): KnownRange[] {
  if (range.inDoubt) return without(range, settled);
  return isWithin(range, settled) && !isWithin(settled, range) ? [] : [range];
}

/** Index of the first range that ends at `offset` or after it. */
function firstTouching(ranges: readonly KnownRange[], offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] as KnownRange).to < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isWithin(inner: Range, outer: Range): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}

/** The parts of `[0, end)` that no range covers; without `end`, the last gap is open. */
export function gaps(
  ranges: readonly KnownRange[],
  end: number | undefined,
): { from: number; to?: number; line: number }[] {
  const found: { from: number; to?: number; line: number }[] = [];
  let from = 0;
  let line = 1;
  for (const range of ranges) {
    if (range.from > from) found.push({ from, to: range.from, line });
    from = range.to;
    line = range.nextLine;
  }
  if (end === undefined || from < end)
    found.push(end === undefined ? { from, line } : { from, to: end, line });
  return found;
}

/** End of the contiguous ranges that start at `from`. */
export function coveredTo(ranges: readonly KnownRange[], from = 0): number {
  let end = from;
  for (const range of ranges) {
    if (range.from > end) return end;
    end = range.to;
  }
  return end;
}

/** What a range says of a part of it, with `lines` of its rows. */
export function cutRange(
  range: KnownRange,
  { lines, ...cut }: Range & { nextLine: number; lines: number },
): KnownRange {
  const { crc32: _crc32, ...rest } = range;
  const { rows } = range.outcome;
  const allLines = Math.max(range.nextLine - range.line, lines, 1);
  // Lines without a row (blank ones) are taken to be spread evenly.
  const rowsLeft = rows >= allLines ? lines : Math.round((rows * lines) / allLines);
  return { ...rest, ...cut, outcome: shrunk(range.outcome, Math.min(rowsLeft, rows)) };
}

/** Whether settled ranges cover every byte of `range`; with `or-in-doubt`, those in doubt do as well. */
export function isCovered(
  ranges: readonly KnownRange[],
  range: Pick<Range, 'from' | 'to'>,
  by: 'settled' | 'or-in-doubt' = 'settled',
): boolean {
  let from = range.from;
  for (const known of ranges) {
    if ((known.inDoubt && by === 'settled') || known.to <= from) continue;
    if (known.from > from) return false;
    from = known.to;
    if (from >= range.to) return true;
  }
  return from >= range.to;
}

function overlap(one: Range, other: Range): boolean {
  return one.from < other.to && other.from < one.to;
}

/**
 * The parts of `range` outside `taken`. The first part gets all remaining rows: those that `taken` does not count,
 * or, where `taken` reaches beyond, a number proportional to the bytes.
 */
function without(range: KnownRange, taken: KnownRange): KnownRange[] {
  if (!overlap(range, taken)) return [range];
  const { crc32: _crc32, ...rest } = range;
  const parts: KnownRange[] = [];
  if (taken.from > range.from) parts.push({ ...rest, to: taken.from, nextLine: taken.line });
  if (taken.to < range.to) parts.push({ ...rest, from: taken.to, line: taken.nextLine });
  const left = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const { rows } = range.outcome;
  const rowsLeft = isWithin(taken, range)
    ? rows - taken.outcome.rows
    : (rows * left) / (range.to - range.from);
  const outcome = shrunk(range.outcome, Math.max(Math.round(rowsLeft), 0));
  return parts.map((part, index) => ({ ...part, outcome: index === 0 ? outcome : noOutcome }));
}

/**
 * The outcome reduced to fewer rows. Which rows had which outcome is not recorded: accepted ones are counted first.
 */
function shrunk({ accepted, unknown, skipped }: Outcome, rows: number): Outcome {
  const taken = { accepted: Math.min(accepted, rows), unknown: 0, skipped: 0 };
  taken.unknown = Math.min(unknown, rows - taken.accepted);
  taken.skipped = Math.min(skipped, rows - taken.accepted - taken.unknown);
  return { rows, ...taken, rejected: rows - taken.accepted - taken.unknown - taken.skipped };
}

function appendMerged(merged: KnownRange[], range: KnownRange): KnownRange[] {
  const last = merged[merged.length - 1];
  if (last === undefined || last.to !== range.from || !isAlike(last, range)) {
    merged.push(range);
    return merged;
  }
  const joined: KnownRange = {
    ...last,
    to: range.to,
    nextLine: range.nextLine,
    outcome: addOutcomes(last.outcome, range.outcome),
  };
  if (last.crc32 !== undefined && range.crc32 !== undefined) {
    joined.crc32 = combineCrc32(last.crc32, range.crc32, range.to - range.from);
  } else {
    delete joined.crc32;
  }
  if (range.allIds !== true) delete joined.allIds;
  merged[merged.length - 1] = joined;
  return merged;
}

function isAlike(one: KnownRange, other: KnownRange): boolean {
  return one.inDoubt === other.inDoubt && (!one.inDoubt || one.harmless === other.harmless);
}
