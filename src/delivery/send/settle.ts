/**
 * Settles chunks, one at a time: writes rejects and replies, then the `settled` record with the lengths of those
 * files, then emits the event. A crash between any two steps repeats a step and loses nothing.
 */
import { Mutex } from '../../concurrency.ts';
import type { Supply } from '../../contracts/supply.ts';
import { asFailure } from '../../failure.ts';
import type { Piece, Reject, Rejection, Rejections, Settled } from '../../records.ts';
import type { DeliveryContext } from '../context.ts';
import { coveredTo, insertRange, noOutcome, type KnownRange } from '../ledger/ranges.ts';
import { acceptedDays } from './accepted-days.ts';
import { unlessEmpty, unknownEnd } from './chunk-outcome.ts';
import { putRejects, withLinesOfInput } from '../outputs/rejects.ts';
import type { RunFiles } from '../outputs/run-files.ts';
import type { Job, Settling } from './settling.ts';

/** Inputs of the settled rows. */
export interface SettledInputs {
  /** By input number. */
  supplies: readonly Supply[];
  /** By input number: ranges that earlier processes settled. */
  known: ReadonlyMap<number, readonly KnownRange[]>;
}

type SettlerContext = Pick<DeliveryContext, 'machine' | 'emit'>;

/** How many rejects are described and written together. */
const maxRejectsAtOnce = 10_000;

export class Settler {
  readonly #files: RunFiles;
  readonly #inputs: SettledInputs;
  readonly #context: SettlerContext;
  readonly #released = new Map<number, KnownRange[]>();
  readonly #dropped: Settling[] = [];
  readonly #turns = new Mutex();

  constructor(files: RunFiles, inputs: SettledInputs, context: SettlerContext) {
    this.#files = files;
    this.#inputs = inputs;
    this.#context = context;
  }

  /**
   * Records that the vendor has taken the chunk. Local rejects are written now, so that users need not wait for the
   * job to see them. Resolves to the chunk to be settled later.
   */
  taken(chunk: Settling, job: string): Promise<Settling> {
    return this.#turns.run(async () => {
      const { ledger, outputs } = this.#files;
      const { machine } = this.#context;
      if (chunk.localRejects.kind === 'to-keep') await this.#keep(chunk.localRejects.rows);
      machine.faultPoint('local-rejects-kept');
      const repeat = chunk.isRepeat ? { isRepeat: true } : {};
      const at = new Date(machine.now()).toISOString();
      const files = outputs.lengths();
      await ledger.append({ type: 'taken', chunk: chunk.number, job, at, ...repeat, files });
      machine.faultPoint('taken');
      return { ...chunk, localRejects: { kind: 'kept' } };
    });
  }

  /** Settles a chunk with its final answer. Throws a Failure `local` when that cannot be written. */
  settled(chunk: Settling, answer: Settled, job?: Job): Promise<void> {
    return this.#turns.run(async () => {
      const { ledger, outputs, replies } = this.#files;
      const { machine, emit } = this.#context;
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
        at: new Date(machine.now()).toISOString(),
        counts,
        files: outputs.lengths(),
        aborted,
        ...acceptedDays(chunk, answer),
        ...unlessEmpty('warnings', answer.warnings),
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
      // Bytes in doubt may be read again.
      if (unknown === 0) await this.#release(chunk);
    });
  }

  /**
   * Reports the rows of a chunk as unknown because its job no longer exists. In the ledger it stays taken: the next
   * run looks for the job before it sends anything.
   */
  lostSight({ number, rows, rejected }: Settling, job: string): void {
    const { emit } = this.#context;
    emit({
      type: 'warned',
      code: 'import-missing',
      message: `the import ${job} no longer exists: the outcome of its rows is unknown`,
      hint: 'run the same command again: it looks for this import first, and sends its rows anew only when it is gone and they carry ids',
    });
    emit(unknownEnd({ number, rows, rejected, job }));
  }

  /** Reports a chunk as not sent in this run. */
  dropped(chunk: Settling): void {
    this.#dropped.push(chunk);
    const { number, rows, rejected } = chunk;
    this.#context.emit({ type: 'chunk-dropped', chunk: number, rows, rejected });
  }

  /**
   * Resolves when everything given so far is written. Local rejects of dropped chunks come last, for the user to
   * see. Their bytes are not recorded: a run that sends the chunk later cuts them off and writes them again.
   */
  finish(): Promise<void> {
    return this.#turns.run(async () => {
      for (const { localRejects } of this.#dropped.splice(0)) {
        if (localRejects.kind === 'to-keep') await this.#keep(localRejects.rows);
      }
    });
  }

  async #keep(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    const { outputs, rejects: location } = this.#files;
    const { machine, emit } = this.#context;
    const { supplies } = this.#inputs;
    const numbered = await withLinesOfInput(rejects, supplies);
    const placed = numbered.filter((reject) => reject.line > 0);
    await putRejects(placed, location, { files: outputs, supplies });
    machine.faultPoint('rejects-put');
    await outputs.flush();
    for (const reject of numbered) {
      emit({ type: 'row-rejected', path: location.inputPaths[reject.input] ?? '-', reject });
    }
  }

  /** Writes the rejects of a chunk that are not written yet; returns how many rows the server refused. */
  async #keepAll(chunk: Settling, rejected: Rejections): Promise<number> {
    const { localRejects } = chunk;
    if (localRejects.kind === 'to-keep') {
      const rejects = [...localRejects.rows];
      for await (const located of this.#locate(chunk, rejected)) rejects.push(...located);
      await this.#keep(rejects);
      return rejects.length - localRejects.rows.length;
    }
    let named = 0;
    for await (const rejects of this.#locate(chunk, rejected)) {
      await this.#keep(rejects);
      named += rejects.length;
    }
    return named;
  }

  /**
   * Locates the refused rows in their inputs, from their index in the body; in batches, since the server may have
   * refused all. A row split into several events is one reject, however many were refused.
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

  /** `events`: indices of refused events in the piece; `first`: index of the rejection of the first one. */
  async *#locateInPiece(
    { input, range }: Piece,
    { events, rejected, first }: { events: readonly number[]; rejected: Rejections; first: number },
  ): AsyncGenerator<Reject[]> {
    const rows = (await this.#inputs.supplies[input]?.locate(range, events)) ?? [];
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
   * Tells inputs which bytes are no longer needed: all before the first unsettled one. The chunk is already
   * settled, so a spool that cannot be shortened only emits a failure.
   */
  async #release(chunk: Settling): Promise<void> {
    try {
      await this.#settledUpTo(chunk);
    } catch (error) {
      const { kind, message } = asFailure(error);
      this.#context.emit({ type: 'failed', kind, message });
    }
  }

  async #settledUpTo(chunk: Settling): Promise<void> {
    for (const { input, range: settled, nextLine } of chunk.pieces) {
      const ranges = this.#released.get(input) ?? [...(this.#inputs.known.get(input) ?? [])];
      insertRange(ranges, { ...settled, nextLine, outcome: noOutcome, inDoubt: false });
      this.#released.set(input, ranges);
      await this.#inputs.supplies[input]?.input.settledUpTo(coveredTo(ranges));
    }
  }
}

/** The server did not name the row: it is counted and reported, but no row is kept. */
function unplaced(chunk: Settling, { reason, message }: Rejection): Reject {
  return { input: chunk.pieces[0]?.input ?? 0, from: 0, to: 0, line: 0, reason, message, source: 'server' };
}
