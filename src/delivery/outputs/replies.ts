/**
 * Writes the reply of the vendor to each row, as NDJSON in input order. Chunks settle out of order, so each reply
 * first goes to a journal of the run; the output receives those that are next in order. After a crash the journal
 * restores the waiting ones.
 */
import { Mutex } from '../../concurrency.ts';
import type { Supply } from '../../contracts/supply.ts';
import { readRegularFile } from '../../disk/read-file.ts';
import { asFailure, type Failure } from '../../failure.ts';
import type { Piece, Range, Settled } from '../../records.ts';
import { processMask } from '../../masking/process-mask.ts';
import type { OutputFiles } from './output-files.ts';
import { coveredTo, insertRange, noOutcome, type KnownRange } from '../ledger/ranges.ts';

export interface ReplyWriter {
  /**
   * Called by the single writer, before the chunk is recorded as settled. Throws a Failure `local`, and from then on
   * always: the next process writes the output anew.
   */
  put(chunk: { pieces: readonly Piece[] }, answer: Settled): Promise<void>;
  /** As `put`, for rows that are about to be sent again: only those that are not reach the output, at the end. */
  note(chunk: { pieces: readonly Piece[] }, answer: Settled): Promise<void>;
  /** The end of an input is known: replies of the next one may be written. */
  inputEnded(input: number, bytes: number): Promise<void>;
  /** Writes what was known of rows that were to be sent again, and were not. */
  finish(): Promise<void>;
}

export interface ReplyLocation {
  /** The output file. */
  output: string;
  /** The journal of the run, in order of arrival. */
  journal: string;
  inputPaths: readonly string[];
  /** By input: ranges settled by earlier processes, the end of the input where known, and ranges still to be sent. */
  known: readonly KnownReplies[];
}

export interface KnownReplies {
  ranges: readonly KnownRange[];
  bytes?: number;
  gaps: readonly { from: number; to?: number }[];
}

/** The replies of one piece. */
interface Entry {
  input: number;
  range: Range;
  nextLine: number;
  lines: string;
  /** Where the row of each line begins. Absent in journals of older versions. */
  starts?: readonly number[];
}

/** First line of the journal: length of the output before this run, which may append to an earlier one. */
interface Base {
  base: number;
}

/**
 * Opens the output of a run. A resumed run writes all its replies again from the journal, so that it does not
 * matter which of them had reached the disk. Throws a Failure `local`.
 */
export async function openReplies(
  location: ReplyLocation,
  { files, supplies }: { files: OutputFiles; supplies: readonly Supply[] },
): Promise<ReplyWriter> {
  const line = new WaitingLine(location.known);
  const turns = new Mutex();
  let failure: Failure | undefined;
  /** Of rows that are to be sent again. */
  let earlier: Entry[] = [];

  async function writeReady(): Promise<void> {
    for (const entry of line.next()) await files.append(location.output, Buffer.from(entry.lines));
    await files.flush();
  }

  async function journal(value: Base | Entry): Promise<void> {
    await files.append(location.journal, Buffer.from(`${JSON.stringify(value)}\n`));
  }

  async function restore(): Promise<void> {
    const { base, entries } = await readJournal(location.journal, await files.lengthOf(location.journal));
    await files.cut(location.output, base);
    earlier = entries.filter((entry) => isToBeSent(location.known[entry.input], entry));
    line.hold(entries.filter((entry) => !earlier.includes(entry)));
    await writeReady();
  }

  /** Replies that could not be written are missing from the output: nothing may follow them. */
  async function whole(write: () => Promise<void>): Promise<void> {
    if (failure !== undefined) throw failure;
    await write().catch((error: unknown) => {
      failure = asFailure(error);
      throw failure;
    });
  }

  if (files.isEmpty(location.journal)) await journal({ base: files.lengths()[location.output] ?? 0 });
  else await restore();

  /** Where they cannot be written, the chunk is not settled: the next process puts its replies once more. */
  async function keep(entries: readonly Entry[], write: () => Promise<void>): Promise<void> {
    const journaled = await files.lengthOf(location.journal);
    await whole(async () => {
      for (const entry of entries) await journal(entry);
      await write();
    }).catch(async (error: unknown) => {
      await files.takeBack(location.journal, journaled);
      throw error;
    });
  }

  return {
    put: (chunk, answer) =>
      turns.run(async () => {
        const entries = await describe(chunk, answer, { location, supplies });
        await keep(entries, async () => {
          for (const later of entries) earlier = earlier.flatMap((entry) => outside(entry, later));
          line.hold(entries);
          await writeReady();
        });
      }),
    note: (chunk, answer) =>
      turns.run(async () => {
        const entries = await describe(chunk, answer, { location, supplies });
        await keep(entries, () => files.flush());
        earlier.push(...entries);
      }),
    inputEnded: (input, bytes) =>
      turns.run(() =>
        whole(async () => {
          line.ended(input, bytes);
          await writeReady();
        }),
      ),
    finish: () =>
      turns.run(async () => {
        if (earlier.length === 0) return;
        await whole(async () => {
          line.hold(earlier.splice(0));
          await writeReady();
        });
      }),
  };
}

/** Rows that are sent again get a new reply. */
function isToBeSent(known: KnownReplies | undefined, { range }: Entry): boolean {
  return (known?.gaps ?? []).some(({ from, to }) => from < range.to && (to === undefined || range.from < to));
}

/** Holds replies back until all earlier ones have arrived: ordered by input, then by position. */
class WaitingLine {
  readonly #inputs: { ranges: KnownRange[]; end: number | undefined; held: Entry[] }[];

  constructor(known: ReplyLocation['known']) {
    this.#inputs = known.map(({ ranges, bytes }) => ({ ranges: [...ranges], end: bytes, held: [] }));
  }

  /** Adds replies. A later reply to the same rows replaces an earlier one, which left them unknown. */
  hold(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const input = this.#inputs[entry.input];
      if (!input) continue;
      const { range, nextLine } = entry;
      input.held = input.held.flatMap((held) => outside(held, entry));
      input.held.push(entry);
      insertRange(input.ranges, { ...range, nextLine, outcome: noOutcome, inDoubt: false });
    }
  }

  ended(input: number, bytes: number): void {
    const ended = this.#inputs[input];
    if (ended) ended.end = bytes;
  }

  /** Removes and returns the replies that are next in order. */
  next(): Entry[] {
    const ready: Entry[] = [];
    for (const input of this.#inputs) {
      const covered = coveredTo(input.ranges);
      const isReady = (entry: Entry) => entry.range.from < covered;
      ready.push(...input.held.filter(isReady).sort((one, other) => one.range.from - other.range.from));
      input.held = input.held.filter((entry) => !isReady(entry));
      if (input.end === undefined || covered < input.end) return ready;
    }
    return ready;
  }
}

/** What is left of replies where later ones to some of their rows take the place of theirs. */
function outside(held: Entry, { input, range: { from, to } }: Pick<Entry, 'input' | 'range'>): Entry[] {
  const { range, starts } = held;
  if (held.input !== input || range.to <= from || to <= range.from) return [held];
  if (from <= range.from && range.to <= to) return [];
  if (starts === undefined) return [held];
  const lines = held.lines.split('\n');
  const rows = starts.map((start, nth) => ({ start, text: `${lines[nth]}\n` }));
  const part = (within: Pick<Range, 'from' | 'to'>): Entry[] => {
    const kept = rows.filter(({ start }) => within.from <= start && start < within.to);
    if (kept.length === 0) return [];
    const text = kept.map((row) => row.text).join('');
    return [{ ...held, range: { ...range, ...within }, lines: text, starts: kept.map(({ start }) => start) }];
  };
  return [...part({ from: range.from, to: from }), ...part({ from: to, to: range.to })];
}

/** One line for each row sent: the reply without secrets, its error, or that it is unknown. */
async function describe(
  chunk: { pieces: readonly Piece[] },
  answer: Settled,
  { location, supplies }: { location: ReplyLocation; supplies: readonly Supply[] },
): Promise<Entry[]> {
  const replies = new Map(answer.replies?.map(({ row, body }) => [row, body]));
  const refused = new Map<number | undefined, string>();
  for (let at = 0; at < answer.rejected.length; at++) {
    const rejection = answer.rejected.at(at);
    if (rejection !== undefined) refused.set(rejection.row, rejection.message);
  }
  const entries: Entry[] = [];
  let before = 0;
  for (const { input, range, nextLine, events } of chunk.pieces) {
    const indexes = Array.from({ length: events }, (_, index) => index);
    const ranges = (await supplies[input]?.locate(range, indexes)) ?? [];
    const linesBefore = (await supplies[input]?.linesBefore?.()) ?? 0;
    const lines = indexes.map((index) => {
      const row = before + index;
      const where = { file: location.inputPaths[input] ?? '-', line: lineOf(ranges[index], linesBefore) };
      if (replies.has(row)) return line({ ...where, reply: replies.get(row) });
      if (refused.has(row)) return line({ ...where, error: refused.get(row) });
      return line({ ...where, unknown: true });
    });
    before += events;
    const starts = indexes.map((index) => ranges[index]?.from ?? range.from);
    entries.push({ input, range, nextLine, lines: lines.join(''), starts });
  }
  return entries;
}

function lineOf(range: Range | undefined, linesBefore: number): number | null {
  return range === undefined ? null : range.line + linesBefore;
}

function line(value: Record<string, unknown>): string {
  return `${processMask.json(JSON.stringify(value))}\n`;
}

async function readJournal(path: string, length: number): Promise<{ base: number; entries: Entry[] }> {
  const text = (await readRegularFile(path)).subarray(0, length).toString('utf8');
  const [first = '{"base":0}', ...rest] = text.split('\n').filter((line) => line !== '');
  const { base } = JSON.parse(first) as Base;
  return { base, entries: rest.map((line) => JSON.parse(line) as Entry) };
}
