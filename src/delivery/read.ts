/** Reads what is planned, input after input, and tells how far it got. */
import type { Input } from '../contracts/input.ts';
import type { BlockLimits, Supply } from '../contracts/supply.ts';
import type { Emit } from '../events.ts';
import { asFailure } from '../failure.ts';
import type { Block, Share } from '../records.ts';
import type { DeliveryContext } from './context.ts';
import type { RunFiles } from './outputs/run-files.ts';
import { bytesAt } from './resume/input-identity.ts';
import type { PlannedGap, PlannedInput } from './resume/plan.ts';
import type { Stopping } from './stopping.ts';

/** What is read, where the ends of inputs go on record, and how many rejects are too many. */
export interface PlannedReading {
  plan: readonly PlannedInput[];
  /** By the numbers of the inputs. */
  supplies: readonly Supply[];
  files: Pick<RunFiles, 'ledger' | 'replies'>;
  maxRejects: Share | undefined;
  context: DeliveryContext;
}

export interface ReadOptions {
  limits: BlockLimits;
  /** Which of the ranges. */
  reading: PlannedGap['reading'];
  countRows: (rows: number) => void;
}

/** So much white space behind the last row is looked through for its line end. */
const maxSpaces = 1024;
/** With so many rows at the beginning and none of them good, the file is not what the user thinks it is. */
const firstRows = 1_000;
/** A share of rejects is taken seriously from this many rows on, or once all is read. */
const minRowsForShare = 1_000;

/**
 * The blocks of all gaps. An input that cannot be read to its end gives what it has, tells the failure and
 * the reading goes on with the next. Once rejects have stopped the delivery the rest is only counted.
 */
export async function* readPlanned(planned: PlannedReading, options: ReadOptions): AsyncGenerator<Block> {
  const { plan, context } = planned;
  const watch = new RejectsWatch(plan, planned.maxRejects, context.stopping);
  const ends = new PendingAppends();
  for (const input of plan) {
    const gaps = input.gaps.filter(({ reading }) => reading === options.reading);
    try {
      for (const gap of gaps) yield* readGap(planned, { input, gap, watch, ends }, options);
    } catch (error) {
      if (stopsReading(planned)) break;
      const { kind, message, hint } = asFailure(error);
      // What ends the delivery is told as the reason of its end.
      if (kind !== 'local') throw error;
      context.emit({ type: 'failed', kind, message, ...(hint === undefined ? {} : { hint }) });
    }
    if (stopsReading(planned)) break;
  }
  if (options.reading === 'first') watch.end();
  await ends.recorded();
}

/** Ends of inputs on their way into the ledger: thousands of small files need not wait for a sync each. */
class PendingAppends {
  readonly #recording: Promise<void>[] = [];

  add(recording: Promise<void>): void {
    this.#recording.push(recording);
    // Whoever waits for all of them meets the failure.
    recording.catch(() => undefined);
  }

  async recorded(): Promise<void> {
    await Promise.all(this.#recording);
  }
}

async function* readGap(
  planned: PlannedReading,
  {
    input,
    gap,
    watch,
    ends,
  }: { input: PlannedInput; gap: PlannedGap; watch: RejectsWatch; ends: PendingAppends },
  { limits, countRows }: ReadOptions,
): AsyncGenerator<Block> {
  const { emit, stopping } = planned.context;
  const supply = planned.supplies[input.input];
  if (!supply) return;
  let end = { bytes: gap.from, rows: 0, line: gap.line };
  for await (const block of supply.blocks(gap, limits)) {
    if (stopsReading(planned)) {
      block.release();
      return;
    }
    const wasStopped = stopping.noNew.aborted;
    const rows = block.rows + block.rejects.length;
    countRows(rows);
    end = { bytes: block.range.to, rows: end.rows + rows, line: block.nextLine };
    emit({
      type: 'rows-read',
      input: input.input,
      rows,
      rejected: block.rejects.length,
      bytes: block.range.to - block.range.from,
      sourceBytes: supply.input.readSourceBytes(),
      changes: block.changes,
      warnings: block.warnings,
    });
    watch.add(block);
    // What made the delivery stop is still packed, so that its rejects are kept for the user to see.
    if (wasStopped) block.release();
    else yield block;
  }
  if (gap.to !== undefined) return;
  emitHeldBack(supply, emit);
  const isOpen = await endsInRow(supply.input, end.bytes);
  const recording = recordEnd(planned, { input: input.input, ...end, isOpen });
  // Replies of the next input must not overtake the end of this one.
  if (planned.files.replies) await recording;
  else ends.add(recording);
}

/** Tells of a last row that was left for the next run. */
export function emitHeldBack(supply: Supply, emit: Emit): void {
  const { input } = supply;
  const row = supply.heldBack?.();
  if (row === undefined) return;
  emit({
    type: 'warned',
    code: 'last-row-held-back',
    message: `${input.path}:${row.line}: the last row is not whole yet, and was left for the next run`,
    hint: '--last-row send takes it as it stands',
  });
}

/** Whether the input ends without a line end. Spaces behind the last line end are no row. */
async function endsInRow(input: Input, end: number): Promise<boolean> {
  const from = Math.max(end - maxSpaces, 0);
  const tail = Buffer.from(await bytesAt(input, from, end - from)).toString('latin1');
  return /[^\s]\s*$/.test(tail) && !/\n\s*$/.test(tail);
}

/** Where an input ends is knowledge like any other: a later run tells by it whether the input has grown. */
async function recordEnd(
  { files: { ledger, replies }, context: { machine, emit } }: PlannedReading,
  { line, isOpen, ...end }: { input: number; bytes: number; rows: number; line: number; isOpen: boolean },
): Promise<void> {
  // The ledger has the last word: with it the run may be finished.
  await replies?.inputEnded(end.input, end.bytes);
  machine.faultPoint('replies-ended');
  await ledger.append({ type: 'input-ended', ...end, ...(isOpen ? { openTail: { line } } : {}) });
  machine.faultPoint('input-ended');
  emit({ type: 'input-ended', ...end });
}

/** After too many rejects the rest is counted, where it has an end; for any other reason there is no time left to read. */
function stopsReading({ supplies, context: { stopping } }: PlannedReading): boolean {
  if (!stopping.noNew.aborted) return false;
  const { reason } = stopping;
  const isEndless = supplies.some((supply) => supply.input.kind === 'stream');
  return reason?.why !== 'rejects' || !reason.countRest || isEndless;
}

/** Aborts the delivery if the first rows are all bad (wrong format?), or too many are. */
class RejectsWatch {
  readonly #plan: readonly PlannedInput[];
  readonly #maxRejects: Share | undefined;
  readonly #stopping: Stopping;
  #rows = 0;
  #rejected = 0;
  /** Rows at the beginning of which none is good. */
  #badFirst = 0;

  constructor(plan: readonly PlannedInput[], maxRejects: Share | undefined, stopping: Stopping) {
    this.#plan = plan;
    this.#maxRejects = maxRejects;
    this.#stopping = stopping;
  }

  add(block: Block): void {
    if (this.#badFirst === this.#rows) this.#badFirst += badAtFirst(block);
    this.#rows += block.rows + block.rejects.length;
    this.#rejected += block.rejects.length;
    if (this.#badFirst >= firstRows) {
      const first = block.rejects[0]?.message ?? 'see the rejects';
      this.#stop(`none of the first ${this.#badFirst} rows can be delivered (${first})`, false);
    }
    this.#weighCount();
    if (this.#rows >= minRowsForShare) this.#weighShare();
  }

  /** All is read: now a share of few rows says something too, when what earlier runs settled is counted in. */
  end(): void {
    for (const { outcome } of this.#plan.flatMap(({ known }) => known)) {
      this.#rows += outcome.rows;
      this.#rejected += outcome.rejected;
    }
    this.#weighShare();
  }

  #weighCount(): void {
    const maxRejects = this.#maxRejects;
    if (maxRejects === undefined || !('count' in maxRejects) || this.#rejected <= maxRejects.count) return;
    this.#stop(`more than ${maxRejects.count} rows were rejected`, true);
  }

  #weighShare(): void {
    const maxRejects = this.#maxRejects;
    if (maxRejects === undefined || 'count' in maxRejects) return;
    if (this.#rejected <= maxRejects.share * this.#rows) return;
    this.#stop(`more than ${maxRejects.share * 100} % of the rows were rejected`, true);
  }

  #stop(message: string, countRest: boolean): void {
    if (!this.#stopping.noNew.aborted) this.#stopping.stop({ why: 'rejects', message, countRest });
  }
}

/** How many rejects certainly stand before a block's first good row: those on lines without a gap from its beginning. */
function badAtFirst({ range, rows, rejects }: Block): number {
  if (rows === 0) return rejects.length;
  const gap = rejects.findIndex(({ line }, index) => line !== range.line + index);
  return gap === -1 ? rejects.length : gap;
}
