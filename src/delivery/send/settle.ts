/**
 * Settles chunks, one at a time: writes rejects and replies, then the `settled` record with the lengths of those
 * files, then emits the event. A crash between any two steps repeats a step and loses nothing.
 */
import { Mutex } from '../../concurrency.ts';
import type { Supply } from '../../contracts/supply.ts';
import { asFailure, type Failure } from '../../failure.ts';
import type { Counts, Settled } from '../../records.ts';
import type { DeliveryContext } from '../context.ts';
import { coveredTo, insertRange, noOutcome, type KnownRange } from '../ledger/ranges.ts';
import { acceptedDays } from './accepted-days.ts';
import { unlessEmpty, unknownEnd } from './chunk-outcome.ts';
import { finalAnswer } from '../ledger/final-answer.ts';
import type { FinalAnswer } from '../ledger/records.ts';
import type { RunFiles } from '../outputs/run-files.ts';
import { RejectKeeper } from '../outputs/reject-keeper.ts';
import type { Job, Settling } from './settling.ts';

/** Inputs of the settled rows. */
export interface SettledInputs {
  /** By input number. */
  supplies: readonly Supply[];
  /** By input number: ranges that earlier processes settled. */
  known: ReadonlyMap<number, readonly KnownRange[]>;
}

type SettledCounts = Pick<Counts, 'accepted' | 'rejected' | 'skipped' | 'unknown'>;

export class Settler {
  readonly #files: RunFiles;
  readonly #inputs: SettledInputs;
  readonly #context: DeliveryContext;
  readonly #released = new Map<number, KnownRange[]>();
  readonly #dropped: Settling[] = [];
  readonly #turns = new Mutex();
  readonly #rejects: RejectKeeper;

  constructor(files: RunFiles, inputs: SettledInputs, context: DeliveryContext) {
    this.#files = files;
    this.#inputs = inputs;
    this.#context = context;
    this.#rejects = new RejectKeeper({ files, supplies: inputs.supplies, context });
  }

  /**
   * Records that the vendor has taken the chunk. Local rejects are written now, so that users need not wait for the
   * job to see them. Resolves to the chunk to be settled later.
   */
  taken(chunk: Settling, job: string): Promise<Settling> {
    return this.#turns.run(async () => {
      const { ledger, outputs } = this.#files;
      const { machine } = this.#context;
      const lengths = outputs.lengths();
      const unkept = await this.#keepLocal(chunk).catch(asFailure);
      if (unkept !== undefined) await this.#rejects.takeBack(chunk, lengths);
      machine.faultPoint('local-rejects-kept');
      const repeat = chunk.isRepeat ? { isRepeat: true } : {};
      const owed = unkept === undefined ? {} : { owesRejects: true };
      const at = new Date(machine.now()).toISOString();
      const files = outputs.lengths();
      await ledger.append({ type: 'taken', chunk: chunk.number, job, at, ...repeat, ...owed, files });
      machine.faultPoint('taken');
      if (unkept === undefined) return { ...chunk, localRejects: { kind: 'kept' } };
      this.#stopUnkept(unkept);
      return chunk;
    });
  }

  async #keepLocal({ localRejects }: Settling): Promise<undefined> {
    if (localRejects.kind === 'to-keep') await this.#rejects.keep(localRejects.rows);
  }

  /**
   * Settles a chunk with its final answer. Where its rejects or replies cannot be written, it is left answered and the
   * delivery stops; one with a job is left to the job, of which the next process asks again. Throws a Failure `local`
   * then, and when the ledger cannot be written.
   */
  settled(chunk: Settling, answer: Settled, job?: Job): Promise<void> {
    return this.#turns.run(async () => {
      const { outputs, replies } = this.#files;
      const { emit } = this.#context;
      const lengths = outputs.lengths();
      let named: number | undefined;
      try {
        named = await this.#rejects.keepAll(chunk, answer.rejected);
        await replies?.put(chunk, answer);
      } catch (error) {
        await this.#rejects.takeBack(chunk, lengths);
        if (job !== undefined) throw error;
        // Where rows cannot be read again either, how many were refused is all that can be told.
        const refused = Math.min(answer.rejected.length, chunk.rows);
        named ??= await this.#rejects.tellAll(chunk, answer.rejected).catch(() => refused);
        await this.#leaveAnswered(chunk, answer, { named, failure: asFailure(error) });
        return;
      }
      const counts = await this.#record(chunk, answer, { named, job });
      emit({
        type: 'chunk-settled',
        chunk: chunk.number,
        job: job?.id,
        counts,
        unaccounted: answer.unaccounted ?? 0,
        warnings: answer.warnings ?? {},
        aborted: answer.aborted ?? false,
      });
      // Bytes in doubt may be read again.
      if (counts.unknown === 0) await this.#release(chunk);
    });
  }

  /** Records the outcome of a chunk, whose rejects are written. `named`: how many rows the vendor refused. */
  async #record(
    chunk: Settling,
    answer: Settled,
    { named, job }: { named: number; job?: Job | undefined },
  ): Promise<SettledCounts> {
    const { ledger, outputs } = this.#files;
    const { machine } = this.#context;
    machine.faultPoint('rejects-kept');
    const counts = countsOf(chunk, { named, unknown: answer.unknown });
    await ledger.append({
      type: 'settled',
      chunk: chunk.number,
      at: new Date(machine.now()).toISOString(),
      counts,
      files: outputs.lengths(),
      aborted: answer.aborted ?? false,
      ...acceptedDays(chunk, answer),
      ...unlessEmpty('warnings', answer.warnings),
      ...(job === undefined ? {} : { job: job.id, jobFields: job.fields }),
    });
    machine.faultPoint('settled');
    return counts;
  }

  /**
   * Records the rows of a chunk as in doubt, which are about to be sent again, and writes its local rejects, which
   * are written only once. Emits no count. Throws a Failure `local`, and then the chunk is as it was.
   */
  leaveInDoubt(chunk: Settling): Promise<void> {
    return this.#turns.run(async () => {
      const lengths = this.#files.outputs.lengths();
      const unknown = chunk.pieces.reduce((sum, piece) => sum + piece.events, 0);
      const answer: Settled = { kind: 'settled', accepted: 0, rejected: [], unknown };
      try {
        await this.#rejects.keepAll(chunk, []);
        await this.#files.replies?.note(chunk, answer);
      } catch (error) {
        await this.#rejects.takeBack(chunk, lengths);
        throw error;
      }
      await this.#record(chunk, answer, { named: 0 });
    });
  }

  /** Records what the vendor made of a chunk of which rejects or replies cannot be written, and stops the delivery. */
  async #leaveAnswered(
    chunk: Settling,
    answer: Settled,
    { named, failure }: { named: number; failure: Failure },
  ): Promise<void> {
    const { ledger } = this.#files;
    const { unknown } = countsOf(chunk, { named, unknown: answer.unknown });
    const answered = finalAnswer(answer, { rejected: named, unknown });
    await ledger.append({ type: 'answered', chunk: chunk.number, ...answered });
    this.#context.machine.faultPoint('answered-only');
    this.tellAnswered(chunk, answered);
    this.#stopUnkept(failure);
  }

  /** Reports a chunk whose answer is on record, and whose rejects or replies are still not written. */
  tellAnswered(chunk: Settling, { rejected, unknown, warnings = {} }: FinalAnswer): void {
    const counts = countsOf(chunk, { named: rejected, unknown });
    const { number } = chunk;
    this.#context.emit({
      ...{ type: 'chunk-settled', chunk: number, job: undefined, counts },
      ...{ unaccounted: 0, warnings, aborted: false },
    });
  }

  #stopUnkept(failure: Failure): void {
    const { emit, stopping } = this.#context;
    emit({
      type: 'warned',
      code: 'rejects-not-kept',
      message:
        'rows that were rejected, or replies, could not be written: what the vendor has accepted stays so',
      hint: 'make room for the files and run the same command again: it writes them, and sends none of these rows',
    });
    stopping.stopFor(failure);
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
        if (localRejects.kind === 'to-keep') await this.#rejects.keep(localRejects.rows);
      }
      await this.#files.replies?.finish();
    });
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

/** `named`: how many rows the vendor refused. */
function countsOf(
  { rows, rejected }: Settling,
  { named, unknown }: { named: number; unknown: number },
): SettledCounts {
  const doubtful = Math.min(unknown, rows - named);
  return { accepted: rows - named - doubtful, rejected: named + rejected, skipped: 0, unknown: doubtful };
}
