/**
 * The text of a ledger. Each line is one JSON object with a CRC-32 over the text of its record, which tells a torn
 * line from damage.
 */
import { crc32 } from 'node:zlib';
import { processMask } from '../../masking/process-mask.ts';
import type { JobReport } from '../../records.ts';
import type { RunMessages } from './history.ts';
import type { LedgerRecord, RefusedEvents } from './records.ts';

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
