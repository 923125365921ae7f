/**
 * Records of a ledger. A ledger holds no secrets and no event content. Each line is one JSON object with a CRC-32
 * over the text of its record, which tells a torn line from damage.
 */
import { crc32 } from 'node:zlib';
import { processMask } from '../../masking/process-mask.ts';
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

/**
 * One line of a ledger, newline included. Secrets in the fields of jobs are masked; job ids are unmasked again when
 * a run with the same secrets reads the ledger, so that it can follow the job.
 */
export function encodeRecord(record: LedgerRecord): Uint8Array {
  const text = JSON.stringify(withoutSecrets(record));
  const crc = crc32(text).toString(16).padStart(8, '0');
  return Buffer.from(`{"crc":"${crc}","record":${text}}\n`);
}

/** Masks only what comes from the vendor: the rest comes from the user or from here, and paths must stay exact. */
function withoutSecrets(record: LedgerRecord): LedgerRecord {
  if (record.type === 'taken') return { ...record, job: processMask.conceal(record.job) };
  if (record.type === 'files') return { ...record, jobs: processMask.value(record.jobs) as JobReport[] };
  if (record.type === 'ended' && record.told !== undefined)
    return { ...record, told: processMask.value(record.told) as RunMessages };
  if (record.type === 'answered' && record.refused !== undefined)
    return { ...record, refused: processMask.value(record.refused) as readonly RefusedEvents[] };
  if (record.type !== 'settled') return record;
  return { ...record, ...(processMask.value(jobOf(record)) as ReturnType<typeof jobOf>) };
}

function withSecrets(record: LedgerRecord): LedgerRecord {
  return record.type === 'taken' ? { ...record, job: processMask.reveal(record.job) } : record;
}

function jobOf({ job, jobFields }: Extract<LedgerRecord, { type: 'settled' }>) {
  return { ...(job === undefined ? {} : { job }), ...(jobFields === undefined ? {} : { jobFields }) };
}

/** Decodes one line; undefined when it is torn or damaged. */
function decodeRecord(line: string): LedgerRecord | undefined {
  const [, crc, text] = /^\{"crc":"([0-9a-f]{8})","record":(.*)\}$/s.exec(line) ?? [];
  if (crc === undefined || text === undefined) return undefined;
  if (crc32(text) !== Number.parseInt(crc, 16)) return undefined;
  return withSecrets(JSON.parse(text) as LedgerRecord);
}

/** Content of a ledger. `validBytes`: where the next record goes; a torn tail after it is cut off. */
export type LedgerText =
  | { kind: 'whole'; records: LedgerRecord[]; validBytes: number }
  /** `records`: those that can still be read. `hidesInputs`: unreadable lines may name inputs. */
  | { kind: 'damaged'; line: number; records: LedgerRecord[]; hidesInputs: boolean };

/**
 * Decodes a ledger. Bad bytes at the very end are a torn write, about which nothing was promised. Bad bytes
 * followed by a good record are damage, and so is a short form with summaries missing.
 */
export function decodeLedger(bytes: Uint8Array): LedgerText {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const records: LedgerRecord[] = [];
  let validBytes = 0;
  let badLine: number | undefined;
  let isDamaged = false;
  let hidesInputs = false;
  for (let from = 0, line = 1; from < text.length; line += 1) {
    const newline = text.indexOf(0x0a, from);
    const to = newline === -1 ? text.length : newline;
    const lineText = text.toString('utf8', from, to);
    const record = newline === -1 ? undefined : decodeRecord(lineText);
    if (record === undefined) {
      badLine ??= line;
      hidesInputs ||= mayNameInput(lineText);
    } else {
      isDamaged ||= badLine !== undefined;
      records.push(record);
      validBytes = to + 1;
    }
    from = to + 1;
  }
  if (isDamaged) return { kind: 'damaged', line: badLine ?? 1, records, hidesInputs };
  if (isCutShort(records)) {
    return { kind: 'damaged', line: records.length + 1, records, hidesInputs: true };
  }
  return { kind: 'whole', records, validBytes };
}

/** The type is near the start of a line, so that most damage leaves it readable. */
const noInput =
  /^\{"crc":"[0-9a-f]{8}","record":\{"type":"(run|intent|returned|taken|answered|settled|input-ended|inherited|summary|compacted|files|rejects|ended|resumed|history|used|forgotten)"/;

/** Whether an unreadable line may be the record of an input, or contain one after a lost line end. */
function mayNameInput(line: string): boolean {
  return !noInput.test(line) || line.includes('{"crc":"', 1);
}

function isCutShort([, second, ...rest]: readonly LedgerRecord[]): boolean {
  if (second?.type !== 'compacted') return false;
  return rest.filter(({ type }) => type === 'summary').length < second.inputs;
}
