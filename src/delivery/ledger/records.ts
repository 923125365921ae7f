/**
 * What a ledger says, line by line. A ledger holds no secret and no event content. Each line is one
 * JSON object with a CRC-32 over its record's text, so that a torn line is told from a damaged one.
 */
import { crc32 } from 'node:zlib';
import { processMask } from '../../masking/process-mask.ts';
import type { Counts, JobReport, Piece } from '../../records.ts';
import type { KnownRange } from './ranges.ts';

/** What an input is, apart from its path: the digest of its first bytes. */
export interface InputIdentity {
  headBytes: number;
  /** SHA-256 in hex of the first `headBytes` decompressed bytes. */
  headDigest: string;
}

/** The input's last row had no line end: if anything but one follows later, half a row was delivered. */
export interface OpenTail {
  line: number;
}

/** What a file is told by. Bytes and checksum are those it had when its run ended. */
export interface OwnedFile {
  inode: string;
  /** When it was made, in nanoseconds. */
  born: string;
  bytes?: number;
  crc32?: number;
}

export type OwnedFiles = Record<string, OwnedFile>;

/** What files of rejects hold, by path: rows of one format and one header have one digest. */
export type RejectsKinds = Record<string, string>;

/** Lengths of the files that belong to a run, at the moment of a record. */
export type FileLengths = Record<string, number>;

export type LedgerRecord =
  | {
      type: 'run';
      schema: 1;
      run: string;
      command: string;
      vendor: string;
      endpoint: string;
      recipe: string;
      /** What the recipe was made of, to name the difference to another one. */
      recipeParts: Record<string, unknown>;
      /** Resolved options without secrets, with which `runs resume` continues. */
      settings: Record<string, unknown>;
      /** The working directory, from which the paths in the settings are read. */
      workingDirectory: string;
      startedAt: string;
      again: boolean;
    }
  /** `spool`: where the bytes of a stream are kept until they are settled. */
  | ({
      type: 'input';
      input: number;
      path: string;
      kind: 'file' | 'gzip' | 'stream';
      spool?: string;
    } & InputIdentity)
  /** About to be sent. `supersedes`: the chunk that was split into this one and others. */
  | {
      type: 'intent';
      chunk: number;
      pieces: readonly Piece[];
      withoutId: number;
      rejected: number;
      supersedes?: number;
    }
  /** The vendor has certainly not taken it: it may be sent again. */
  | { type: 'returned'; chunk: number }
  /** `isRepeat`: an earlier request may have brought some of its rows already. */
  | { type: 'taken'; chunk: number; job: string; isRepeat?: boolean; files: FileLengths }
  | {
      type: 'settled';
      chunk: number;
      counts: Pick<Counts, 'accepted' | 'rejected' | 'skipped' | 'unknown'>;
      job?: string;
      jobFields?: Record<string, unknown>;
      files: FileLengths;
      aborted?: boolean;
    }
  | {
      type: 'input-ended';
      input: number;
      bytes: number;
      rows: number;
      openTail?: OpenTail;
    }
  /** What earlier runs of the recipe knew of an input when this one began. */
  | { type: 'inherited'; input: number; ranges: KnownRange[]; bytes?: number }
  /** A finished run in short: what is known of an input, in place of all the above. */
  | {
      type: 'summary';
      input: number;
      ranges: KnownRange[];
      bytes: number;
      openTail?: OpenTail;
    }
  /** What follows is a finished run in short, with a summary of so many inputs: fewer are a damaged ledger. */
  | { type: 'compacted'; inputs: number }
  /** The lengths of the run's files, in a finished run's short form. */
  | { type: 'files'; files: FileLengths; jobs: JobReport[] }
  /** Files under names that the user gave, which belong to the run from now on. */
  | { type: 'owned'; files: OwnedFiles }
  /** Files of rejects, before anything is put into them. */
  | { type: 'rejects'; kinds: RejectsKinds }
  | { type: 'ended'; at: string; exit: number; counts: Counts }
  /** A later command gave its inputs once more. */
  | { type: 'used'; at: string }
  /** Told to forget: its ranges are nobody's any more. */
  | { type: 'forgotten'; at: string };

/**
 * One line of a ledger, newline included. What the vendor says of its jobs is written without secrets; in ids they are
 * put back when the ledger is read by a run with the same secrets, so that it can follow the job.
 */
export function encodeRecord(record: LedgerRecord): Uint8Array {
  const text = JSON.stringify(withoutSecrets(record));
  const crc = crc32(text).toString(16).padStart(8, '0');
  return Buffer.from(`{"crc":"${crc}","record":${text}}\n`);
}

/** All else in a record is the user's own or ours, and paths must stay true. */
function withoutSecrets(record: LedgerRecord): LedgerRecord {
  if (record.type === 'taken') return { ...record, job: processMask.conceal(record.job) };
  if (record.type === 'files') return { ...record, jobs: processMask.value(record.jobs) as JobReport[] };
  if (record.type !== 'settled') return record;
  return { ...record, ...(processMask.value(jobOf(record)) as ReturnType<typeof jobOf>) };
}

function withSecrets(record: LedgerRecord): LedgerRecord {
  return record.type === 'taken' ? { ...record, job: processMask.reveal(record.job) } : record;
}

function jobOf({ job, jobFields }: Extract<LedgerRecord, { type: 'settled' }>) {
  return { ...(job === undefined ? {} : { job }), ...(jobFields === undefined ? {} : { jobFields }) };
}

/** Reads one line; undefined when it is torn or damaged. */
function decodeRecord(line: string): LedgerRecord | undefined {
  const [, crc, text] = /^\{"crc":"([0-9a-f]{8})","record":(.*)\}$/s.exec(line) ?? [];
  if (crc === undefined || text === undefined) return undefined;
  if (crc32(text) !== Number.parseInt(crc, 16)) return undefined;
  return withSecrets(JSON.parse(text) as LedgerRecord);
}

/** What a ledger's bytes hold. `validBytes` is where the next record goes: a torn tail is cut off there. */
export type LedgerText =
  | { kind: 'whole'; records: LedgerRecord[]; validBytes: number }
  /** `records`: what can still be read. `hidesInputs`: what cannot may have named inputs. */
  | { kind: 'damaged'; line: number; records: LedgerRecord[]; hidesInputs: boolean };

/**
 * Reads a whole ledger. Bad bytes at the very end are a torn write: nothing was promised about them.
 * Bad bytes with a good record behind them are damage, and nothing in the file is trusted then; so is a short
 * form that has lost its end.
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

/** The type of a record stands at its beginning: most damage leaves it readable. */
const noInput =
  /^\{"crc":"[0-9a-f]{8}","record":\{"type":"(run|intent|returned|taken|settled|input-ended|inherited|summary|compacted|files|rejects|ended|used|forgotten)"/;

/** Whether a line that cannot be read may be, or hold behind a lost line end, the record of an input. */
function mayNameInput(line: string): boolean {
  return !noInput.test(line) || line.includes('{"crc":"', 1);
}

function isCutShort([, second, ...rest]: readonly LedgerRecord[]): boolean {
  if (second?.type !== 'compacted') return false;
  return rest.filter(({ type }) => type === 'summary').length < second.inputs;
}
