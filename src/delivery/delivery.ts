/** What a delivery is given. */
import type { ReplyWriter } from './outputs/replies.ts';
import type { RejectsLocation } from './outputs/rejects.ts';
import type { OutputFiles } from './outputs/output-files.ts';
import type { OpenChunk } from './ledger/run-state.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Piece, Share } from '../records.ts';
import type { Machine } from '../machine.ts';
import type { Emit } from '../events.ts';
import type { Target } from '../contracts/target.ts';
import type { Supply } from '../contracts/supply.ts';
import type { Stopping } from './stopping.ts';
import type { Doubts } from './send/doubts.ts';
import type { PlannedInput } from './resume/plan.ts';

export interface DeliveryOptions {
  /** Tries after the first for each request; waiting for room does not count. */
  maxRetries: number;
  /** Follow jobs to their end. */
  wait: boolean;
  /** Beyond this many rejects nothing more is sent. */
  maxRejects?: Share;
  onUnknown: 'stop' | 'resend';
  /** A gap in the counters of a job whose rows were sent once makes them unknown. */
  strictCounters: boolean;
  compressionLevel: number;
  /** Rows of a stream wait for so long at most until they are sent; undefined: until a chunk is full. */
  flushIntervalMs?: number;
}

export interface Delivery {
  target: Target;
  supplies: readonly Supply[];
  plan: readonly PlannedInput[];
  /** Chunks of an earlier process that a job has. */
  adopted: readonly OpenChunk[];
  /** Chunks that an earlier process had on their way without ids when it died. */
  lost: readonly OpenChunk[];
  /** What may have been sent before, so that a vendor may tell repetitions by their ids: all, or these pieces. */
  sentBefore: 'all' | readonly Piece[];
  /** Jobs of the run that have ended. */
  endedJobs: readonly string[];
  nextChunk: number;
  ledger: Ledger;
  files: OutputFiles;
  rejects: RejectsLocation;
  replies: ReplyWriter | undefined;
  machine: Machine;
  emit: Emit;
  /** At any time: what an end that waits for nothing would leave in doubt. */
  doubts: Doubts;
  stopping: Stopping;
  options: DeliveryOptions;
}
