/** Input of a retrieval. */
import type { Dataset, Days } from '../contracts/dataset.ts';
import type { CreateRowReader } from '../contracts/reader.ts';
import type { Sink } from '../contracts/sink.ts';
import type { RejectStore } from '../contracts/window.ts';
import type { EmitExport } from '../events.ts';
import type { Machine } from '../machine.ts';
import type { PriorFile } from '../replies/dedupe/retained-rows.ts';

/** Consecutive days and the windows in which they are fetched. */
export interface FetchedRange {
  days: Days | undefined;
  windows: readonly (Days | undefined)[];
}

export interface RetrievalWork {
  /** In order, each window within one range. A dataset without days has one range with one window. */
  ranges: readonly FetchedRange[];
  /** The existing output, whose rows of days that are not fetched stay. */
  earlier?: PriorFile | undefined;
}

/** A dataset, and how its rows are read. */
export interface DatasetReading {
  dataset: Dataset;
  createReader: CreateRowReader;
  /** Columns needed to identify or place rows. */
  required: readonly string[];
}

export interface RetrievalOptions {
  /** Attempts after the first. */
  retries: number;
  /** Windows fetched at once. */
  concurrency: number;
  /** Keep rows that repeat an id. */
  keepDuplicates: boolean;
  /** Memory for ids, in bytes. */
  dedupeBytes: number;
}

/** Shared by all parts of a retrieval. */
export interface RetrievalContext {
  machine: Pick<Machine, 'sleep' | 'random' | 'elapsedMs' | 'faultPoint'>;
  signal: AbortSignal;
  emit: EmitExport;
}

export interface Retrieval {
  work: RetrievalWork;
  reading: DatasetReading;
  sink: Sink;
  /** Where rejected rows go. */
  rejects: RejectStore;
  options: RetrievalOptions;
  context: RetrievalContext;
}
