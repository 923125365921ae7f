/** Holds replies back until all earlier ones have arrived: ordered by input, then by position. */
import type { Range } from '../../records.ts';
import { coveredTo, insertRange, noOutcome, type KnownRange } from '../ledger/ranges.ts';

/** The replies of one piece. */
export interface ReplyEntry {
  input: number;
  range: Range;
  nextLine: number;
  lines: string;
  /** Where the row of each line begins. Absent in journals of older versions. */
  starts?: readonly number[];
}

export class WaitingReplies {
  readonly #inputs: { ranges: KnownRange[]; end: number | undefined; held: ReplyEntry[] }[];

  /** `known`: of each input, the ranges that were settled before, and its length where that is known. */
  constructor(known: readonly { ranges: readonly KnownRange[]; bytes?: number }[]) {
    this.#inputs = known.map(({ ranges, bytes }) => ({ ranges: [...ranges], end: bytes, held: [] }));
  }

  /** Adds replies. A later reply to the same rows replaces an earlier one, which left them unknown. */
  hold(entries: readonly ReplyEntry[]): void {
    for (const entry of entries) {
      const input = this.#inputs[entry.input];
      if (!input) continue;
      const { range, nextLine } = entry;
      input.held = input.held.flatMap((held) => outside(held, entry));
      input.held.push(entry);
      insertRange(input.ranges, { ...range, nextLine, outcome: noOutcome, inDoubt: false });
    }
  }

  /** The input has so many bytes. */
  ended(input: number, bytes: number): void {
    const ended = this.#inputs[input];
    if (ended) ended.end = bytes;
  }

  /** Removes and returns the replies that are next in order. */
  next(): ReplyEntry[] {
    const ready: ReplyEntry[] = [];
    for (const input of this.#inputs) {
      const covered = coveredTo(input.ranges);
      const isReady = (entry: ReplyEntry) => entry.range.from < covered;
      ready.push(...input.held.filter(isReady).sort((one, other) => one.range.from - other.range.from));
      input.held = input.held.filter((entry) => !isReady(entry));
      if (input.end === undefined || covered < input.end) return ready;
    }
    return ready;
  }
}

/** What is left of replies where later ones to some of their rows take the place of theirs. */
export function outside(
  held: ReplyEntry,
  { input, range: { from, to } }: Pick<ReplyEntry, 'input' | 'range'>,
): ReplyEntry[] {
  const { range, starts } = held;
  if (held.input !== input || range.to <= from || to <= range.from) return [held];
  if (from <= range.from && range.to <= to) return [];
  if (starts === undefined) return [held];
  const lines = held.lines.split('\n');
  const rows = starts.map((start, nth) => ({ start, text: `${lines[nth]}\n` }));
  const part = (within: Pick<Range, 'from' | 'to'>): ReplyEntry[] => {
    const kept = rows.filter(({ start }) => within.from <= start && start < within.to);
    if (kept.length === 0) return [];
    const text = kept.map((row) => row.text).join('');
    return [{ ...held, range: { ...range, ...within }, lines: text, starts: kept.map(({ start }) => start) }];
  };
  return [...part({ from: range.from, to: from }), ...part({ from: to, to: range.to })];
}
