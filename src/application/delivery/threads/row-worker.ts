/** One thread beside this one, and what it was asked to do. */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { ShapingPass, WholeLines } from '../../../contracts/shaping-threads.ts';
import { Failure } from '../../../failure.ts';
import type { Block } from '../../../records.ts';
import type { MadeBlock, Task, ThreadMessage, WorkerData } from './messages.ts';

/** Lines that wait while others are worked on, so that the thread is never idle. */
const MAX_TASKS = 2;
/** Rows are no objects here, and memory of a thread comes on top of that of the run. */
const HEAP = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };

interface Waiting {
  lines: WholeLines;
  resolve: (blocks: Block[]) => void;
  reject: (failure: Failure) => void;
}

export class RowWorker {
  readonly #worker: Worker;
  /** In the order in which they were asked. */
  readonly #waiting: Waiting[] = [];
  #isReady = false;
  #hasEnded = false;
  #pass: ShapingPass | undefined;
  #tasks = 0;
  /** Resolves when the thread can take lines, or never will. */
  readonly started: Promise<void>;
  #tellStarted: () => void = () => undefined;

  /** Starts the thread. Throws when the system allows none. */
  constructor(start: WorkerData) {
    this.started = new Promise((resolve) => (this.#tellStarted = resolve));
    this.#worker = new Worker(createRequire(import.meta.url).resolve('#row-thread'), {
      workerData: start,
      resourceLimits: HEAP,
      // It needs nothing from outside, and no secret.
      env: {},
      execArgv: [],
    });
    this.#worker.on('message', (message: ThreadMessage) => this.#hear(message));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(undefined));
    this.#worker.unref();
  }

  /** How many more lines it takes now: none before it has started, or after it has ended. */
  get room(): number {
    return this.#isReady && !this.#hasEnded ? MAX_TASKS - this.#waiting.length : 0;
  }

  finish(lines: WholeLines, pass: ShapingPass): Promise<Block[]> {
    const { start, rest, offset } = lines;
    const task: Task = {
      number: this.#tasks++,
      pass: pass === this.#pass ? undefined : pass,
      start,
      rest,
      offset,
    };
    this.#pass = pass;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ lines, resolve, reject });
      // Without this the process would end while it waits for nothing else.
      this.#worker.ref();
      this.#worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(message: ThreadMessage): void {
    if (message.kind === 'ready') {
      this.#isReady = true;
      this.#tellStarted();
      return;
    }
    const answered = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#worker.unref();
    answered?.resolve(withRelease(message.blocks, answered.lines));
  }

  /** A thread that ended before it was ready is not missed; lines that it had taken are. */
  #end(cause: unknown): void {
    this.#hasEnded = true;
    this.#tellStarted();
    for (const { lines, reject } of this.#waiting.splice(0)) {
      lines.release();
      reject(new Failure('bug', 'a thread that reads rows has ended', { cause }));
    }
  }
}

/** Blocks whose memory is that of the lines. */
function withRelease(blocks: readonly MadeBlock[], lines: WholeLines): Block[] {
  let held = blocks.length;
  const release = () => {
    if (--held === 0) lines.release();
  };
  if (held === 0) lines.release();
  return blocks.map((block) => ({ ...block, release }));
}
