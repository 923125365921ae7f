/** What a run and its threads say to each other. */
import type { ShapingPass } from '../../../contracts/shaping-threads.ts';
import type { Block } from '../../../records.ts';
import type { ReshapingDescription } from '../../../shaping/reshape/reshaping-description.ts';
import type { RowRules } from '../../../shaping/rows/row-rules.ts';

/** What a thread is started with. */
export interface ThreadStart {
  rules: RowRules;
  /** The zone of the rules' offset, which as a function cannot be passed on. */
  timeZone: string;
  maxRowBytes: number;
}

/** The same as it is passed on, with the code of the kernel, which is compiled once for all threads. */
export interface WorkerData extends Omit<ThreadStart, 'rules'> {
  rules: Omit<RowRules, 'reshaping'>;
  reshaping: ReshapingDescription | undefined;
  kernel: WebAssembly.Module;
}

/** Lines to finish. */
export interface Task {
  number: number;
  /** The pass that these lines and the following ones belong to, when it is another than before. */
  pass: ShapingPass | undefined;
  start: Uint8Array;
  /** Shared memory: what is compressed comes back in it. */
  rest: Uint8Array;
  offset: number;
}

/** A block whose memory the caller knows. */
export type MadeBlock = Omit<Block, 'release'>;

/** `ready`: the thread can take lines. Each task is answered once, in order. */
export type ThreadMessage = { kind: 'ready' } | { kind: 'done'; number: number; blocks: MadeBlock[] };
