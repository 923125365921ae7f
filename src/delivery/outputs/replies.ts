/**
 * What a vendor replied to each row, as NDJSON in input order. Chunks settle out of order, so each reply
 * first goes into the run's own journal; the output grows by what has become next in line. After a crash
 * the journal gives back what was held.
 */
import { Mutex } from '../../concurrency.ts';
import type { Supply } from '../../contracts/supply.ts';
import { readRegularFile } from '../../disk/read-file.ts';
import type { Piece, Range, Settled } from '../../records.ts';
import { processMask } from '../../masking/process-mask.ts';
import type { OutputFiles } from './output-files.ts';
import { coveredTo, insertRange, noOutcome, type KnownRange } from '../ledger/ranges.ts';

export interface ReplyWriter {
  /** Called by the one writer, before the chunk is recorded as settled. */
  put(chunk: { pieces: readonly Piece[] }, answer: Settled): Promise<void>;
  /** The end of an input is known: what follows it may be written. */
  inputEnded(input: number, bytes: number): Promise<void>;
}

export interface ReplyLocation {
  /** Where the replies end up. */
  output: string;
  /** The run's journal of replies, in the order of their arrival. */
  journal: string;
  inputPaths: readonly string[];
  /** By input, what earlier processes have settled, where the input ended if they saw it, and what is to be sent. */
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
}

/** The journal's first line: how long the output was before this run, which may have been added to an earlier one. */
interface Base {
  base: number;
}

/**
 * Opens the output of a run. When the run goes on after a crash, all it wrote is written once more from the journal:
 * what of it was on disk and what was not need not be known.
 */
export async function openReplies(
  location: ReplyLocation,
  { files, supplies }: { files: OutputFiles; supplies: readonly Supply[] },
): Promise<ReplyWriter> {
  const line = new WaitingLine(location.known);
  const turns = new Mutex();

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
    line.hold(entries.filter((entry) => !isToBeSent(location.known[entry.input], entry)));
    await writeReady();
  }

  if (files.isEmpty(location.journal)) await journal({ base: files.lengths()[location.output] ?? 0 });
  else await restore();

  return {
    put: (chunk, answer) =>
      turns.run(async () => {
        const entries = await describe(chunk, answer, { location, supplies });
        for (const entry of entries) await journal(entry);
        line.hold(entries);
        await writeReady();
      }),
    inputEnded: (input, bytes) =>
      turns.run(async () => {
        line.ended(input, bytes);
        await writeReady();
      }),
  };
}

/** Rows that are sent once more get another reply. */
function isToBeSent(known: KnownReplies | undefined, { range }: Entry): boolean {
  return (known?.gaps ?? []).some(({ from, to }) => from < range.to && (to === undefined || range.from < to));
}

/** Holds replies until all before them are there: by input, then by place in the input. */
class WaitingLine {
  readonly #inputs: { ranges: KnownRange[]; end: number | undefined; held: Entry[] }[];

  constructor(known: ReplyLocation['known']) {
    this.#inputs = known.map(({ ranges, bytes }) => ({ ranges: [...ranges], end: bytes, held: [] }));
  }

  /** A later reply takes the place of an earlier one to the same rows, which left them unknown. */
  hold(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const input = this.#inputs[entry.input];
      if (!input) continue;
      const { range, nextLine } = entry;
      input.held = input.held.filter(({ range: held }) => held.from < range.from || range.to < held.to);
      input.held.push(entry);
      insertRange(input.ranges, { ...range, nextLine, outcome: noOutcome, inDoubt: false });
    }
  }

  ended(input: number, bytes: number): void {
    const ended = this.#inputs[input];
    if (ended) ended.end = bytes;
  }

  /** What has become next in line. */
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

/** One line a row that was sent: the vendor's reply without secrets, or that none is known. */
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
    const lines = indexes.map((index) => {
      const row = before + index;
      const where = { file: location.inputPaths[input] ?? '-', line: ranges[index]?.line ?? null };
      if (replies.has(row)) return line({ ...where, reply: replies.get(row) });
      if (refused.has(row)) return line({ ...where, error: refused.get(row) });
      return line({ ...where, unknown: true });
    });
    before += events;
    entries.push({ input, range, nextLine, lines: lines.join('') });
  }
  return entries;
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
