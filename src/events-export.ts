/** What an export tells, in the past tense: its screen, report and exit code are folds of these events. */
import type { Days, WrittenFile } from './contracts-export.ts';
import type { RunEvent } from './events.ts';

/** Told by every run, whatever it does. */
type SharedEvent = Extract<RunEvent, { type: 'warned' | 'failed' }>;

export type ExportEvent =
  | SharedEvent
  | {
      type: 'export-planned';
      dataset: string;
      destination: string;
      days: Days | undefined;
      windows: readonly (Days | undefined)[];
    }
  /** The destination has every day that was asked for already; the last one that it has. */
  | { type: 'nothing-new'; through: string }
  /** At the end of an incremental run: the days that the destination has, and those missing between them. */
  | { type: 'checkpoint-told'; ranges: readonly Days[]; gaps: readonly Days[] }
  | { type: 'window-started'; window: number; days: Days | undefined }
  /** A request is made again, after a wait. Without a window it looked up a name. */
  | { type: 'request-failed'; window: number | undefined; message: string; waitMs: number }
  | { type: 'request-opened'; window: number; source: string; days: Days | undefined }
  /** More of a reply was read: differences since the last such event of this request. */
  | { type: 'rows-received'; window: number; bytes: number; rows: number }
  /** What a request had received does not count: it is asked again, whole or in halves. */
  | { type: 'rows-withdrawn'; window: number; bytes: number; rows: number }
  | { type: 'window-shortened'; window: number; days: Days; message: string }
  /** Whole and on disk. */
  | { type: 'window-received'; window: number; counts: ReceivedCounts }
  | {
      type: 'window-committed';
      window: number;
      days: Days | undefined;
      written: number;
      known: number;
      rejected: number;
    }
  | { type: 'file-written'; file: WrittenFile }
  /** Too many rows were rejected: nothing more is fetched. */
  | { type: 'export-stopped'; message: string }
  | { type: 'rejects-kept'; path: string }
  | { type: 'export-ended'; durationMs: number };

/** Where an export tells its events. */
export type EmitExport = (event: ExportEvent) => void;

/** Of one window: received = kept + duplicates + outside + rejected. */
export interface ReceivedCounts {
  received: number;
  kept: number;
  duplicates: number;
  outside: number;
  rejected: number;
  bytes: number;
}
