/** Records of a ledger. A ledger holds no secrets and no event content. */
import type { Changes, Counts, JobReport, Piece, Span } from '../../records.ts';
import type { History, RunMessages } from './history.ts';
import type { KnownRange } from './ranges.ts';

/** Identity of an input independent of its path: the digest of its first bytes. */
export interface InputIdentity {
  headBytes: number;
  /** SHA-256 in hex of the first `headBytes` decompressed bytes. */
  headDigest: string;
  /** Of what lies in a bucket: see `Input.version`. */
  version?: string;
}

/** Which part of a list of inputs the run delivers (`--shard`). */
export interface RunPart {
  index: number;
  of: number;
  /** Digest of the whole list: parts of one whole have the same. */
  list: string;
}

/** The last row had no line end: if the input later continues with anything else, half a row was delivered. */
export interface OpenTail {
  line: number;
}

/** Identifies a file. `bytes` and `crc32` are those it had when its run ended. */
export interface OwnedFile {
  inode: string;
  /** Birth time in nanoseconds. */
  born: string;
  bytes?: number;
  crc32?: number;
}

export type OwnedFiles = Record<string, OwnedFile>;

/** Kind of rows in each rejects file, by path: rows of one format and header share a digest. */
export type RejectsKinds = Record<string, string>;

/** Byte lengths of the files of a run, by path, at the time of a record. */
export type FileLengths = Record<string, number>;

/** Consecutive events of a chunk that a vendor refused for one reason. Without `row` it did not say which. */
export interface RefusedEvents {
  /** Index of the first in the body. */
  row?: number;
  events: number;
  reason: string;
  message: string;
}

/** What a vendor made of the rows of a chunk; it accepted the others. */
export interface FinalAnswer {
  rejected: number;
  unknown: number;
  /** Which it refused, in order, those that it did not name last. Absent: none. */
  refused?: readonly RefusedEvents[];
  /** Of the vendor. */
  warnings?: Changes;
}

export type LedgerRecord =
  | {
      type: 'run';
      schema: 1;
      run: string;
      command: string;
      vendor: string;
      endpoint: string;
      recipe: string;
      /** The parts of the recipe, to name the difference to another one. */
      recipeParts: Record<string, unknown>;
      /** Resolved options without secrets; `runs resume` continues with them. */
      settings: Record<string, unknown>;
      /** Base of relative paths in the settings. */
      workingDirectory: string;
      startedAt: string;
      again: boolean;
      part?: RunPart;
    }
  /**
   * `spool`: file that keeps the bytes of a stream until they are settled. `span`: the run has only these bytes, and
   * their lines are numbered from 1 in all its records.
   */
  | ({
      type: 'input';
      input: number;
      path: string;
      kind: 'file' | 'gzip' | 'stream';
      spool?: string;
      span?: Span;
    } & InputIdentity)
  /** Recorded before a chunk is sent. `supersedes`: the chunk whose place it takes. `warnings`: of shaping. */
  | {
      type: 'intent';
      chunk: number;
      pieces: readonly Piece[];
      withoutId: number;
      rejected: number;
      supersedes?: number;
      changes?: Changes;
      warnings?: Changes;
    }
  /** The vendor certainly does not have the chunk: it may be sent again. */
  | { type: 'returned'; chunk: number }
  /**
   * `isRepeat`: an earlier request may already have delivered some of its rows. `owesRejects`: its local rejects could
   * not be written.
   */
  | {
      type: 'taken';
      chunk: number;
      job: string;
      at?: string;
      isRepeat?: boolean;
      owesRejects?: boolean;
      files: FileLengths;
    }
  /** The answer is final, and its rejects or replies could not be written: the next process does that. */
  | ({ type: 'answered'; chunk: number } & FinalAnswer)
  /** `days`: accepted events by the day of their time, where that is counted. */
  | {
      type: 'settled';
      chunk: number;
      at?: string;
      counts: Pick<Counts, 'accepted' | 'rejected' | 'skipped' | 'unknown'>;
      job?: string;
      jobFields?: Record<string, unknown>;
      files: FileLengths;
      aborted?: boolean;
      days?: Record<string, number>;
      /** Of the vendor. */
      warnings?: Changes;
    }
  | {
      type: 'input-ended';
      input: number;
      bytes: number;
      rows: number;
      openTail?: OpenTail;
    }
  /** What earlier runs of the recipe knew of an input when this run began. */
  | { type: 'inherited'; input: number; ranges: KnownRange[]; bytes?: number }
  /** Short form of a finished run: all that is known of an input, in place of the records above. */
  | {
      type: 'summary';
      input: number;
      ranges: KnownRange[];
      bytes: number;
      openTail?: OpenTail;
    }
  /** Start of a short form with this many summaries: fewer mean that the ledger is damaged. */
  | { type: 'compacted'; inputs: number }
  /** Lengths of the files of the run and its jobs, in the short form. */
  | { type: 'files'; files: FileLengths; jobs: JobReport[] }
  /** Files at paths given by the user that belong to the run from now on. */
  | { type: 'owned'; files: OwnedFiles }
  /** Kinds of the rejects files, recorded before anything is written to them. */
  | { type: 'rejects'; kinds: RejectsKinds }
  | { type: 'ended'; at: string; exit: number; counts: Counts; told?: RunMessages }
  /** Another process goes on with the run. */
  | { type: 'resumed'; at: string }
  /** In the short form: what the times of the records above came to. */
  | { type: 'history'; history: History }
  /** A later command used the same inputs. */
  | { type: 'used'; at: string }
  /** The user gave up the run: later runs ignore its ranges. */
  | { type: 'forgotten'; at: string };
