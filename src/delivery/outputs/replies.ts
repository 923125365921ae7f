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
import type { KnownRange } from '../ledger/ranges.ts';
import { outside, WaitingReplies, type ReplyEntry } from './waiting-replies.ts';

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
  /** The last process of the run wrote to it; otherwise all replies go behind what it holds. */
  goesOn: boolean;
  /** The journal of the run, in order of arrival. */
  journal: string;
  inputPaths: readonly string[];
  /** By input: ranges settled by earlier processes, the end of the input where known, and ranges that get a reply yet. */
  known: readonly KnownReplies[];
}

export interface KnownReplies {
  ranges: readonly KnownRange[];
  bytes?: number;
  gaps: readonly { from: number; to?: number }[];
}

/**
 * Length of an output before this run, which may append to an earlier one: the first line of the journal, and one more
 * for each further output. Older versions did not name the output.
 */
interface Base {
  base: number;
  output?: string;
}

/** Where the rows of a run are found again, and where its files are. */
interface RunParts {
  files: OutputFiles;
  supplies: readonly Supply[];
}

/**
 * Opens the output of a run. A resumed run writes all its replies again from the journal, so that it does not
 * matter which of them had reached the disk. Throws a Failure `local`.
 */
export async function openReplies(location: ReplyLocation, parts: RunParts): Promise<ReplyWriter> {
  const output = new ReplyOutput(location, parts);
  await output.begin();
  return output;
}

class ReplyOutput implements ReplyWriter {
  readonly #location: ReplyLocation;
  readonly #parts: RunParts;
  readonly #waiting: WaitingReplies;
  readonly #turns = new Mutex();
  /** Of rows that are to be sent again. */
  #earlier: ReplyEntry[] = [];
  #failure: Failure | undefined;

  constructor(location: ReplyLocation, parts: RunParts) {
    this.#location = location;
    this.#parts = parts;
    this.#waiting = new WaitingReplies(location.known);
  }

  /** Begins the journal, or restores from it what was written and what waits. */
  async begin(): Promise<void> {
    const { files } = this.#parts;
    const { goesOn, journal, known, output } = this.#location;
    const begun: Base = { base: files.lengths()[output] ?? 0, output };
    if (files.isEmpty(journal)) return this.#journal(begun);
    const { last, entries } = await readJournal(journal, await files.lengthOf(journal));
    if (goesOn && (last.output ?? output) === output) await files.cut(output, last.base);
    else await this.#journal(begun);
    for (const entry of entries) {
      const kept = withoutAnswerToCome(entry, known[entry.input]);
      this.#waiting.hold(kept);
      this.#earlier.push(...kept.reduce(outsideOf, [entry]));
    }
    await this.#writeReady();
  }

  put(chunk: { pieces: readonly Piece[] }, answer: Settled): Promise<void> {
    return this.#turns.run(async () => {
      const entries = await this.#describe(chunk, answer);
      await this.#keep(entries, async () => {
        this.#earlier = entries.reduce(outsideOf, this.#earlier);
        this.#waiting.hold(entries);
        await this.#writeReady();
      });
    });
  }

  note(chunk: { pieces: readonly Piece[] }, answer: Settled): Promise<void> {
    return this.#turns.run(async () => {
      const entries = await this.#describe(chunk, answer);
      await this.#keep(entries, () => this.#parts.files.flush());
      this.#earlier.push(...entries);
    });
  }

  inputEnded(input: number, bytes: number): Promise<void> {
    return this.#turns.run(() =>
      this.#whole(async () => {
        this.#waiting.ended(input, bytes);
        await this.#writeReady();
      }),
    );
  }

  finish(): Promise<void> {
    return this.#turns.run(async () => {
      if (this.#earlier.length === 0) return;
      await this.#whole(async () => {
        this.#waiting.hold(this.#earlier.splice(0));
        await this.#writeReady();
      });
    });
  }

  #describe(chunk: { pieces: readonly Piece[] }, answer: Settled): Promise<ReplyEntry[]> {
    return describe(chunk, answer, { location: this.#location, supplies: this.#parts.supplies });
  }

  /** Where they cannot be written, the chunk is not settled: the next process puts its replies once more. */
  async #keep(entries: readonly ReplyEntry[], write: () => Promise<void>): Promise<void> {
    const { files } = this.#parts;
    const { journal } = this.#location;
    const journaled = await files.lengthOf(journal);
    await this.#whole(async () => {
      for (const entry of entries) await this.#journal(entry);
      await write();
    }).catch(async (error: unknown) => {
      await files.takeBack(journal, journaled);
      throw error;
    });
  }

  /** Replies that could not be written are missing from the output: nothing may follow them. */
  async #whole(write: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await write().catch((error: unknown) => {
      this.#failure = asFailure(error);
      throw this.#failure;
    });
  }

  async #journal(value: Base | ReplyEntry): Promise<void> {
    await this.#parts.files.append(this.#location.journal, Buffer.from(`${JSON.stringify(value)}\n`));
  }

  async #writeReady(): Promise<void> {
    const { files } = this.#parts;
    for (const { lines } of this.#waiting.next()) {
      await files.append(this.#location.output, Buffer.from(lines));
    }
    await files.flush();
  }
}

/** The replies to rows that get no new one. Of a journal of an older version: all of them or none. */
function withoutAnswerToCome(entry: ReplyEntry, known: KnownReplies | undefined): ReplyEntry[] {
  const { input, range, starts } = entry;
  const gaps = (known?.gaps ?? []).map(({ from, to = Number.POSITIVE_INFINITY }) => ({ from, to }));
  if (starts === undefined)
    return gaps.some(({ from, to }) => from < range.to && range.from < to) ? [] : [entry];
  return gaps.map((gap) => ({ input, range: { ...range, ...gap } })).reduce(outsideOf, [entry]);
}

function outsideOf(parts: ReplyEntry[], later: Pick<ReplyEntry, 'input' | 'range'>): ReplyEntry[] {
  return parts.flatMap((part) => outside(part, later));
}

/** One line for each row sent: the reply without secrets, its error, or that it is unknown. */
async function describe(
  chunk: { pieces: readonly Piece[] },
  answer: Settled,
  { location, supplies }: { location: ReplyLocation; supplies: readonly Supply[] },
): Promise<ReplyEntry[]> {
  const replies = new Map(answer.replies?.map(({ row, body }) => [row, body]));
  const refused = new Map<number | undefined, string>();
  for (let at = 0; at < answer.rejected.length; at++) {
    const rejection = answer.rejected.at(at);
    if (rejection !== undefined) refused.set(rejection.row, rejection.message);
  }
  const entries: ReplyEntry[] = [];
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

async function readJournal(path: string, length: number): Promise<{ last: Base; entries: ReplyEntry[] }> {
  const text = (await readRegularFile(path)).subarray(0, length).toString('utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  const values = lines.map((line) => JSON.parse(line) as Base | ReplyEntry);
  const last = values.findLast((value) => 'base' in value) ?? { base: 0 };
  return { last, entries: values.filter((value) => 'lines' in value) };
}
