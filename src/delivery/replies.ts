/**
 * What a vendor replied to each row, as NDJSON in input order. Chunks settle out of order, so each reply
 * first goes into the run's own journal; the output grows by what has become next in line. After a crash
 * the journal gives back what was held.
 */
import { readFile } from 'node:fs/promises';
import type { Supply } from '../contracts.ts';
import type { Piece, Range, Settled } from '../records.ts';
import type { KeptFiles } from './kept-files.ts';
import { addRange, coveredTo, noOutcome, type KnownRange } from './ranges.ts';

export interface ReplyWriter {
  /** Called by the one writer, before the chunk is recorded as settled. */
  put(chunk: { pieces: readonly Piece[] }, answer: Settled): Promise<void>;
  /** The end of an input is known: what follows it may be written. */
  inputEnded(input: number, bytes: number): Promise<void>;
}

export interface ReplyPlace {
  /** Where the replies end up. */
  output: string;
  /** The run's journal of replies, in the order of their arrival. */
  journal: string;
  inputPaths: readonly string[];
  /** By input, what earlier processes have settled, and where the input ended if they saw it. */
  known: readonly { ranges: readonly KnownRange[]; bytes?: number }[];
}

/** The replies of one piece. */
interface Entry {
  input: number;
  range: Range;
  nextLine: number;
  lines: string;
}

/** Opens the output of a run, with what its journal still holds when it goes on after a crash. */
export async function openReplies(
  place: ReplyPlace,
  { files, supplies }: { files: KeptFiles; supplies: readonly Supply[] },
): Promise<ReplyWriter> {
  const line = new WaitingLine(place.known);
  line.hold(
    (await readJournal(place.journal, files.lengths()[place.journal] ?? 0)).filter(
      (entry) => !line.isPast(entry),
    ),
  );

  async function write(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) await files.append(place.output, Buffer.from(entry.lines));
  }

  return {
    async put(chunk, answer) {
      const entries = await describe(chunk, answer, { place, supplies });
      for (const entry of entries)
        await files.append(place.journal, Buffer.from(`${JSON.stringify(entry)}\n`));
      line.hold(entries);
      await write(line.next());
      await files.flush();
    },
    async inputEnded(input, bytes) {
      line.ended(input, bytes);
      await write(line.next());
    },
  };
}

/** Holds replies until all before them are there: by input, then by place in the input. */
class WaitingLine {
  readonly #inputs: { ranges: KnownRange[]; end: number | undefined; held: Entry[]; cursor: number }[];

  constructor(known: ReplyPlace['known']) {
    this.#inputs = known.map(({ ranges, bytes }) => ({
      ranges: [...ranges],
      end: bytes,
      held: [],
      cursor: coveredTo(ranges),
    }));
  }

  isPast(entry: Entry): boolean {
    return entry.range.from < (this.#inputs[entry.input]?.cursor ?? 0);
  }

  hold(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const input = this.#inputs[entry.input];
      if (!input) continue;
      input.held.push(entry);
      const { range, nextLine } = entry;
      input.ranges = addRange(input.ranges, { ...range, nextLine, outcome: noOutcome, inDoubt: false });
    }
  }

  ended(input: number, bytes: number): void {
    const ended = this.#inputs[input];
    if (ended) ended.end = bytes;
  }

  next(): Entry[] {
    const ready: Entry[] = [];
    for (const input of this.#inputs) {
      input.cursor = coveredTo(input.ranges);
      const isReady = (entry: Entry) => entry.range.from < input.cursor;
      ready.push(...input.held.filter(isReady).sort((one, other) => one.range.from - other.range.from));
      input.held = input.held.filter((entry) => !isReady(entry));
      if (input.end === undefined || input.cursor < input.end) return ready;
    }
    return ready;
  }
}

/** One line a row that was sent: the vendor's reply, or that none is known. */
async function describe(
  chunk: { pieces: readonly Piece[] },
  answer: Settled,
  { place, supplies }: { place: ReplyPlace; supplies: readonly Supply[] },
): Promise<Entry[]> {
  const replies = new Map(answer.replies?.map(({ row, body }) => [row, body]));
  const refused = new Map(answer.rejected.map(({ row, message }) => [row, message]));
  const entries: Entry[] = [];
  let before = 0;
  for (const { input, range, nextLine, events } of chunk.pieces) {
    const indexes = Array.from({ length: events }, (_, index) => index);
    const ranges = (await supplies[input]?.locate(range, indexes)) ?? [];
    const lines = indexes.map((index) => {
      const row = before + index;
      const where = { file: place.inputPaths[input] ?? '-', line: ranges[index]?.line ?? null };
      if (replies.has(row)) return JSON.stringify({ ...where, reply: replies.get(row) });
      if (refused.has(row)) return JSON.stringify({ ...where, error: refused.get(row) });
      return JSON.stringify({ ...where, unknown: true });
    });
    before += events;
    entries.push({ input, range, nextLine, lines: lines.map((text) => `${text}\n`).join('') });
  }
  return entries;
}

async function readJournal(path: string, length: number): Promise<Entry[]> {
  if (length === 0) return [];
  const bytes = await readFile(path);
  const lines = bytes
    .subarray(0, length)
    .toString('utf8')
    .split('\n')
    .filter((text) => text !== '');
  return lines.map((text) => JSON.parse(text) as Entry);
}
