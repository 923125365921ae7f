/** Reads the planned ranges, input after input, and records where each input ends. */
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

/** What to read, where to record ends of inputs, and how many rejects are allowed. */
export interface PlannedReading {
  plan: readonly PlannedInput[];
  /** Indexed by input number. */
  supplies: readonly Supply[];
  files: Pick<RunFiles, 'ledger' | 'replies'>;
  maxRejects: Share | undefined;
  context: DeliveryContext;
}

export interface ReadOptions {
  limits: BlockLimits;
  /** Only gaps with this reading. */
  reading: PlannedGap['reading'];
  countRows: (rows: number) => void;
}

/** How many trailing bytes are searched for the last line end. */
const maxSpaces = 1024;
/** If this many rows from the start are all bad, the file has the wrong format. */
const firstRows = 1_000;
/** A share of rejects is checked only from this many rows on, and at the end. */
const minRowsForShare = 1_000;

/**
 * Blocks of all gaps with the given reading. When an input fails, its earlier blocks have been yielded, the failure
 * is emitted, and reading continues with the next input; failures of other kinds than `local` are thrown. After too
 * many rejects the remaining rows are only counted.
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
      // Other kinds end the delivery and are reported as its reason.
      if (kind !== 'local') throw error;
      context.emit({ type: 'failed', kind, message, ...(hint === undefined ? {} : { hint }) });
    }
    if (stopsReading(planned)) break;
  }
  if (options.reading === 'first') watch.end();
  await ends.recorded();
}

/** Ledger appends that are still pending: thousands of small files need not wait for a sync each. */
class PendingAppends {
  readonly #recording: Promise<void>[] = [];

  add(recording: Promise<void>): void {
    this.#recording.push(recording);
    // Reported by `recorded`; this only prevents an unhandled rejection.
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
    // The block that triggered the stop is still packed, so that its rejects are kept.
    if (wasStopped) block.release();
    else yield block;
  }
  if (gap.to !== undefined) return;
  await emitHeldBack(supply, emit);
  const isOpen = await endsInRow(supply.input, end.bytes);
  const recording = recordEnd(planned, { input: input.input, ...end, isOpen });
  // Replies of the next input must not be written before the end of this one is known.
  if (planned.files.replies) await recording;
  else ends.add(recording);
}

/** Warns when an incomplete last row was left for the next run. */
export async function emitHeldBack(supply: Supply, emit: Emit): Promise<void> {
  const { input } = supply;
  const row = supply.heldBack?.();
  if (row === undefined) return;
  const line = row.line + ((await supply.linesBefore?.()) ?? 0);
  emit({
    type: 'warned',
    code: 'last-row-held-back',
    message: `${input.path}:${line}: the last row is not whole yet, and was left for the next run`,
    hint: '--last-row send takes it as it stands',
  });
}

/** Whether the last row has no line end. White space after the last line end is not a row. */
async function endsInRow(input: Input, end: number): Promise<boolean> {
  const from = Math.max(end - maxSpaces, 0);
  const tail = Buffer.from(await bytesAt(input, from, end - from)).toString('latin1');
  return /[^\s]\s*$/.test(tail) && !/\n\s*$/.test(tail);
}

/** Records where the input ends: a later run detects by it whether the input has grown. */
async function recordEnd(
  { files: { ledger, replies }, context: { machine, emit } }: PlannedReading,
  { line, isOpen, ...end }: { input: number; bytes: number; rows: number; line: number; isOpen: boolean },
): Promise<void> {
  // The ledger comes last: this record can complete the run.
  await replies?.inputEnded(end.input, end.bytes);
  machine.faultPoint('replies-ended');
  await ledger.append({ type: 'input-ended', ...end, ...(isOpen ? { openTail: { line } } : {}) });
  machine.faultPoint('input-ended');
  emit({ type: 'input-ended', ...end });
}

/**
 * Whether to stop reading. After too many rejects finite inputs are still counted to their end; every other reason
 * stops at once.
 */
function stopsReading({ supplies, context: { stopping } }: PlannedReading): boolean {
  if (!stopping.noNew.aborted) return false;
  const { reason } = stopping;
  const isEndless = supplies.some((supply) => supply.input.kind === 'stream');
  return reason?.why !== 'rejects' || !reason.countRest || isEndless;
}

/** Stops the delivery if the first rows are all bad (wrong format?) or if too many rows are. */
class RejectsWatch {
  readonly #plan: readonly PlannedInput[];
  readonly #maxRejects: Share | undefined;
  readonly #stopping: Stopping;
  #rows = 0;
  #rejected = 0;
  /** How many rows from the start are bad, without a good one among them. */
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

  /** Checks the share of rejects once more when all is read, including the rows that earlier runs settled. */
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
    this.#stop(
      `more than ${maxRejects.count === 1 ? 'one row was' : `${maxRejects.count} rows were`} rejected`,
      true,
    );
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

/** How many rejects certainly precede the first good row of the block: those on consecutive lines from its start. */
function badAtFirst({ range, rows, rejects }: Block): number {
  if (rows === 0) return rejects.length;
  const gap = rejects.findIndex(({ line }, index) => line !== range.line + index);
  return gap === -1 ? rejects.length : gap;
}
