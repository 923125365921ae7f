/**
 * The end of a chunk, by one writer: rejects and replies go down, then the ledger's "settled" with the
 * lengths of those files, then the event. A crash between any two steps repeats a step and loses nothing.
 */
import { Mutex } from '../../concurrency.ts';
import type { Supply } from '../../contracts/supply.ts';
import type { Emit } from '../../events.ts';
import { asFailure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import type { Piece, Reject, Rejection, Rejections, Settled } from '../../records.ts';
import type { OutputFiles } from '../outputs/output-files.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { coveredTo, insertRange, noOutcome, type KnownRange } from '../ledger/ranges.ts';
import { unknownEnd } from './chunk-outcome.ts';
import { putRejects, type RejectsLocation } from '../outputs/rejects.ts';
import type { ReplyWriter } from '../outputs/replies.ts';
import type { Job, Settling } from './settling.ts';

export interface SettlerParts {
  ledger: Ledger;
  files: OutputFiles;
  rejects: RejectsLocation;
  replies: ReplyWriter | undefined;
  supplies: readonly Supply[];
  /** By input number, what earlier processes have settled. */
  known: ReadonlyMap<number, readonly KnownRange[]>;
  machine: Machine;
  emit: Emit;
}

/** Rejects that are described and put down together. */
const maxRejectsAtOnce = 10_000;

export class Settler {
  readonly #parts: SettlerParts;
  readonly #released = new Map<number, KnownRange[]>();
  readonly #dropped: Settling[] = [];
  readonly #turns = new Mutex();

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /** The vendor has the chunk: its local rejects go down now, so that nobody waits for the job to see them. */
  taken(chunk: Settling, job: string): Promise<void> {
    return this.#turns.run(async () => {
      const { ledger, files, machine } = this.#parts;
      if (!chunk.rejectsKept) await this.#keep(chunk.rejects);
      machine.faultPoint('local-rejects-kept');
      const repeat = chunk.isRepeat === true ? { isRepeat: true } : {};
      await ledger.append({ type: 'taken', chunk: chunk.number, job, ...repeat, files: files.lengths() });
      chunk.rejectsKept = true;
      machine.faultPoint('taken');
    });
  }

  /** The vendor's last word. */
  settled(chunk: Settling, answer: Settled, job?: Job): Promise<void> {
    return this.#turns.run(async () => {
      const { ledger, files, machine, emit, replies } = this.#parts;
      const named = await this.#keepAll(chunk, answer.rejected);
      const unknown = Math.min(answer.unknown, chunk.rows - named);
      await replies?.put(chunk, answer);
      machine.faultPoint('rejects-kept');
      const counts = {
        accepted: chunk.rows - named - unknown,
        rejected: named + chunk.rejected,
        skipped: 0,
        unknown,
      };
      const aborted = answer.aborted ?? false;
      await ledger.append({
        type: 'settled',
        chunk: chunk.number,
        counts,
        files: files.lengths(),
        aborted,
        ...(job === undefined ? {} : { job: job.id, jobFields: job.fields }),
      });
      machine.faultPoint('settled');
      emit({
        type: 'chunk-settled',
        chunk: chunk.number,
        job: job?.id,
        counts,
        unaccounted: answer.unaccounted ?? 0,
        warnings: answer.warnings ?? {},
        aborted,
      });
      // Bytes in doubt may be wanted once more.
      if (unknown === 0) await this.#release(chunk);
    });
  }

  /**
   * Nobody can see the chunk's job, so this run does not know what became of its rows. On record it stays taken: the
   * next run looks for the job before it thinks of sending.
   */
  lostSight({ number, rows, rejected }: Settling, job: string): void {
    const { emit } = this.#parts;
    emit({
      type: 'warned',
      code: 'import-missing',
      message: `the import ${job} no longer exists: the outcome of its rows is unknown`,
      hint: 'run the same command again: it looks for this import first, and sends its rows anew only when it is gone and they carry ids',
    });
    emit(unknownEnd({ number, rows, rejected, job }));
  }

  /** Not sent in this run. */
  dropped(chunk: Settling): void {
    this.#dropped.push(chunk);
    const { number, rows, rejected } = chunk;
    this.#parts.emit({ type: 'chunk-dropped', chunk: number, rows, rejected });
  }

  /**
   * Resolves when everything given so far is down. The local rejects of dropped chunks come last, for the user
   * to see, and are not on record: whoever sends the chunk later cuts them off and puts them down again.
   */
  finish(): Promise<void> {
    return this.#turns.run(async () => {
      for (const { rejects, rejectsKept } of this.#dropped.splice(0)) {
        if (!rejectsKept) await this.#keep(rejects);
      }
    });
  }

  async #keep(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    const { files, supplies, rejects: location, machine, emit } = this.#parts;
    const placed = rejects.filter((reject) => reject.line > 0);
    await putRejects(placed, location, { files, supplies });
    machine.faultPoint('rejects-put');
    await files.flush();
    for (const reject of rejects) {
      emit({ type: 'row-rejected', path: location.inputPaths[reject.input] ?? '-', reject });
    }
  }

  /** Puts down the rejects of a chunk that are not down yet; gives how many rows the server refused. */
  async #keepAll(chunk: Settling, rejected: Rejections): Promise<number> {
    let named = 0;
    if (chunk.rejectsKept) {
      for await (const rejects of this.#locate(chunk, rejected)) {
        await this.#keep(rejects);
        named += rejects.length;
      }
      return named;
    }
    const rejects = [...chunk.rejects];
    for await (const located of this.#locate(chunk, rejected)) rejects.push(...located);
    await this.#keep(rejects);
    return rejects.length - chunk.rejects.length;
  }

  /**
   * Finds the rows that the server named by their place in the body, in the inputs they came from; some at a time, since
   * it may have refused them all. A row that was split into several events is one reject, however many were refused.
   */
  async *#locate(chunk: Settling, rejected: Rejections): AsyncGenerator<Reject[]> {
    let before = 0;
    let next = 0;
    for (const piece of chunk.pieces) {
      const end = before + piece.events;
      const first = next;
      const events: number[] = [];
      for (let row = rejected.at(next)?.row; row !== undefined && row < end; row = rejected.at(next)?.row) {
        events.push(row - before);
        next++;
      }
      if (events.length > 0) yield* this.#locateInPiece(piece, { events, rejected, first });
      before = end;
    }
    for (let at = next; at < rejected.length; at += maxRejectsAtOnce) {
      const unnamed = Array.from({ length: Math.min(maxRejectsAtOnce, rejected.length - at) }, (_, nth) =>
        rejected.at(at + nth),
      );
      yield unnamed.flatMap((rejection) => (rejection === undefined ? [] : [unplaced(chunk, rejection)]));
    }
  }

  /** `events` of the piece were refused; the refusal of the first is number `first`. */
  async *#locateInPiece(
    { input, range }: Piece,
    { events, rejected, first }: { events: readonly number[]; rejected: Rejections; first: number },
  ): AsyncGenerator<Reject[]> {
    const rows = (await this.#parts.supplies[input]?.locate(range, events)) ?? [];
    let rejects: Reject[] = [];
    let last = -1;
    for (const [nth, row] of rows.entries()) {
      const rejection = rejected.at(first + nth);
      if (rejection === undefined || row.from === last) continue;
      last = row.from;
      const { reason, message } = rejection;
      rejects.push({ input, ...row, reason, message, source: 'server' });
      if (rejects.length < maxRejectsAtOnce) continue;
      yield rejects;
      rejects = [];
    }
    yield rejects;
  }

  /**
   * Tells inputs which bytes nobody will ask for again: all before the first that is not settled. The chunk has
   * had its end: a spool that cannot be shortened is trouble of its own.
   */
  async #release(chunk: Settling): Promise<void> {
    try {
      await this.#settledUpTo(chunk);
    } catch (error) {
      const { kind, message } = asFailure(error);
      this.#parts.emit({ type: 'failed', kind, message });
    }
  }

  async #settledUpTo(chunk: Settling): Promise<void> {
    for (const { input, range: settled, nextLine } of chunk.pieces) {
      const ranges = this.#released.get(input) ?? [...(this.#parts.known.get(input) ?? [])];
      insertRange(ranges, { ...settled, nextLine, outcome: noOutcome, inDoubt: false });
      this.#released.set(input, ranges);
      await this.#parts.supplies[input]?.input.settledUpTo(coveredTo(ranges));
    }
  }
}

/** The server did not say which row it was: counted and told, but there is no row to keep. */
function unplaced(chunk: Settling, { reason, message }: Rejection): Reject {
  return { input: chunk.pieces[0]?.input ?? 0, from: 0, to: 0, line: 0, reason, message, source: 'server' };
}
