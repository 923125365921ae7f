/** The threads of a run. They start when there is much to read, and the run goes on without those that cannot. */
import type { ShapingPass, ShapingThreads, WholeLines } from '../../../contracts/shaping-threads.ts';
import type { Block } from '../../../records.ts';
import { needsObjects, readsInside } from '../../../shaping/rows/object-rows.ts';
import { describeReshaping } from '../../../shaping/reshape/reshaping-description.ts';
import { compiledKernel } from '../../../shaping/slabs/row-kernel.ts';
import type { Machine } from '../../../machine.ts';
import { MAX_THREADS } from '../../options/threads.ts';
import type { ThreadStart, WorkerData } from './messages.ts';
import { RowWorker } from './row-worker.ts';

/** Starting a thread takes longer than reading this many bytes. */
const MIN_INPUT_BYTES = 8 * 1024 * 1024;

/**
 * The number of threads of a run, including this one. One of several parts (`parts`) leaves cores to the others, which
 * may run concurrently: starting a thread that has no core costs time without any gain. A process with a limited
 * address space has one thread, because an attempt to start another would crash it.
 */
export function threadsOf(
  { threads, parts = 1 }: { threads?: number | undefined; parts?: number | undefined },
  machine: Pick<Machine, 'cores' | 'addressSpace'>,
): number {
  if (machine.addressSpace().limitBytes !== undefined) return 1;
  const share = Math.max(1, Math.floor(machine.cores / parts));
  return Math.min(threads ?? share, MAX_THREADS);
}

interface PoolOptions {
  start: Omit<WorkerData, 'kernel'>;
  isReshaped: boolean;
  onStarted: () => void;
}

export class ThreadPool implements ShapingThreads {
  readonly #workers: RowWorker[] = [];
  readonly #count: number;
  readonly #start: Omit<WorkerData, 'kernel'>;
  /** Bytes read so far, and those known to follow. */
  #seenBytes = 0;
  #hasStarted = false;

  /** Not all rows can be reshaped in threads, and whether there are any that can shows later. */
  readonly #isReshaped: boolean;

  readonly #onStarted: () => void;

  private constructor(threads: number, options: PoolOptions) {
    this.#count = threads - 1;
    this.#start = options.start;
    this.#onStarted = options.onStarted;
    this.#isReshaped = options.isReshaped;
  }

  /**
   * Undefined when one thread is asked for, or when other threads could not be told the rules. `onStarted` is called behind
   * the start of each thread, which undoes what V8 was told of the heap of this one.
   */
  static create(
    threads: number,
    start: ThreadStart,
    onStarted: () => void = () => undefined,
  ): ThreadPool | undefined {
    const { zoneOffset: _, timeFormat, ...rules } = start.rules;
    const canBeTold = timeFormat === undefined && !readsInside(rules.shape);
    if (threads <= 1 || !canBeTold) return undefined;
    const { reshaping, ...others } = rules;
    const told = { ...start, rules: others, reshaping: reshaping && describeReshaping(reshaping) };
    return new ThreadPool(threads, { start: told, isReshaped: needsObjects(start.rules), onStarted });
  }

  get ahead(): number {
    return 2 * this.#count + 1;
  }

  /** Says how much is going to be read, as far as it is known. */
  expect(bytes: number): void {
    if (!this.#isReshaped) this.#see(bytes);
  }

  #see(bytes: number): void {
    this.#seenBytes += bytes;
    if (this.#hasStarted || this.#seenBytes < MIN_INPUT_BYTES) return;
    this.#hasStarted = true;
    for (let index = 0; index < this.#count; index++) this.#startWorker();
  }

  finish(lines: WholeLines, pass: ShapingPass): Promise<Block[]> | undefined {
    this.#see(lines.byteLength);
    if (!(lines.rest.buffer instanceof SharedArrayBuffer)) return undefined;
    const [freest] = this.#workers.toSorted((one, other) => other.room - one.room);
    return freest !== undefined && freest.room > 0 ? freest.finish(lines, pass) : undefined;
  }

  /**
   * Resolves when every thread that was started can take lines, or never will.
   * @internal
   */
  async started(): Promise<void> {
    await Promise.all(this.#workers.map(({ started }) => started));
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.close()));
  }

  #startWorker(): void {
    try {
      const worker = new RowWorker({ ...this.#start, kernel: compiledKernel() });
      this.#workers.push(worker);
      // It never rejects.
      void worker.started.then(this.#onStarted);
    } catch {
      // This thread does it all.
    }
  }
}
