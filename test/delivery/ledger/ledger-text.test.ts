import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeLedger, encodeRecord } from '../../../src/delivery/ledger/ledger-text.ts';
import type { LedgerRecord } from '../../../src/delivery/ledger/records.ts';
import { processMask } from '../../../src/masking/process-mask.ts';
import { inputRecord, intent, piece, settled, start } from '../resume/earlier-runs.ts';

const text = 'a\nb\n';
const records: LedgerRecord[] = [
  start,
  inputRecord(text),
  intent(1, [piece(text, 0, 2)]),
  { type: 'taken', chunk: 1, job: 'job', files: {} },
  settled(1, 2),
];
const bytesOf = (given: readonly LedgerRecord[]) => Buffer.concat(given.map(encodeRecord));
const lineOf = (record: LedgerRecord) => Buffer.from(encodeRecord(record)).toString();

/** A whole ledger with one line in the place of another. */
function withLine(at: number, line: string): Buffer {
  const lines = bytesOf(records).toString().split('\n');
  lines[at] = line;
  return Buffer.from(lines.join('\n'));
}

describe('a record', () => {
  test('is a line of JSON with the checksum of its text', () => {
    const line = lineOf({ type: 'returned', chunk: 3 });
    const body = '{"type":"returned","chunk":3}';
    expect(line).toBe(`{"crc":"${crc32(body).toString(16).padStart(8, '0')}","record":${body}}\n`);
  });

  test('has a checksum of eight digits, also where it begins with zeros', () => {
    const zeros = Array.from({ length: 2000 }, (_, chunk) => ({ type: 'returned' as const, chunk })).filter(
      (record) => crc32(JSON.stringify(record)) < 2 ** 28,
    );
    expect(zeros.length).toBeGreaterThan(0);
    expect(decodeLedger(bytesOf(zeros))).toMatchObject({ kind: 'whole', records: zeros });
  });
});

describe('what a vendor says', () => {
  const secret = 'tok-of-the-ledger-5ecre7';
  processMask.add(secret);
  const files = {};
  const counts = { accepted: 1, rejected: 0, skipped: 0, unknown: 0 };
  const report = { id: secret, status: 'done', rows: 1, note: secret };

  test.each<[string, LedgerRecord]>([
    ['the id of a job', { type: 'taken', chunk: 1, job: secret, files }],
    [
      'a job that ended',
      { type: 'settled', chunk: 1, counts, job: secret, jobFields: { note: secret }, files },
    ],
    ['reports of jobs', { type: 'files', files, jobs: [report] }],
    [
      'why it refused rows',
      {
        ...{ type: 'answered', chunk: 1, rejected: 1, unknown: 0 },
        refused: [{ row: 0, events: 1, reason: 'refused', message: secret }],
      },
    ],
  ])('%s is written without secrets', (_name, record) => {
    expect(lineOf(record)).not.toContain(secret);
    expect(decodeLedger(bytesOf([record])).kind).toBe('whole');
  });

  test('an id is put back, so that the job can be followed', () => {
    const taken: LedgerRecord = { type: 'taken', chunk: 1, job: `job ${secret}`, files };
    expect(decodeLedger(bytesOf([taken])).records).toEqual([taken]);
  });

  test('what is the user’s own stays as it is: paths must stay true', () => {
    const input = { ...inputRecord(text), path: `/${secret}` } as LedgerRecord;
    expect(decodeLedger(bytesOf([input])).records).toEqual([input]);
    expect(lineOf(input)).toContain(secret);
  });

  test('what is not there is not made up', () => {
    expect(decodeLedger(bytesOf([settled(1, 2)])).records[0]).toStrictEqual(settled(1, 2));
  });
});

describe('a ledger', () => {
  test('that is whole gives its records and its length', () => {
    const bytes = bytesOf(records);
    expect(decodeLedger(bytes)).toEqual({ kind: 'whole', records, validBytes: bytes.length });
    expect(decodeLedger(new Uint8Array())).toEqual({ kind: 'whole', records: [], validBytes: 0 });
  });

  test('is read where it lies in a larger buffer', () => {
    const bytes = bytesOf(records);
    const around = Buffer.concat([Buffer.from('garbage\n'), bytes, Buffer.from('garbage\n')]);
    const within = new Uint8Array(around.buffer, around.byteOffset + 8, bytes.length);
    expect(decodeLedger(within)).toMatchObject({ kind: 'whole', validBytes: bytes.length });
  });

  test.each([
    ['a torn line', '{"crc":"0'],
    ['a torn line that ends', '{"crc":"0\n'],
    ['several lines that nobody can read', 'x\ny\n'],
    ['zeros', '\0\0\0'],
  ])('with %s behind its last record is as long as it was before', (_name, tail) => {
    const bytes = bytesOf(records);
    expect(decodeLedger(Buffer.concat([bytes, Buffer.from(tail)]))).toEqual({
      kind: 'whole',
      records,
      validBytes: bytes.length,
    });
  });

  test.each<[string, number, string, boolean]>([
    ['an intent', 2, '{"crc":"00000000","record":{"type":"intent","chunk":1}}', false],
    ['a settlement', 3, '{"crc":"00000000","record":{"type":"settled"}}', false],
    ['an input', 1, '{"crc":"00000000","record":{"type":"input","path":"/x"}}', true],
    ['what nobody can read', 2, 'xxxx', true],
    [
      'a line behind which another is hidden',
      2,
      `{"crc":"00000000","record":{"type":"intent"{"crc":"x`,
      true,
    ],
    ['a line behind which something stands', 2, `${lineOf(records[2] as LedgerRecord).trimEnd()}x`, false],
    ['a line before which something stands', 2, `x${lineOf(records[2] as LedgerRecord).trimEnd()}`, true],
  ])('with %s that is damaged in its middle is not trusted', (_name, at, line, hidesInputs) => {
    const ledger = decodeLedger(withLine(at, line));
    expect(ledger).toMatchObject({ kind: 'damaged', line: at + 1, hidesInputs });
    expect(ledger.records).toEqual(records.filter((_, index) => index !== at));
  });

  test('damaged in two places is damaged at the first', () => {
    const lines = bytesOf(records).toString().split('\n');
    lines[1] = 'x';
    lines[3] = 'y';
    expect(decodeLedger(Buffer.from(lines.join('\n')))).toMatchObject({ kind: 'damaged', line: 2 });
  });
});

describe('a finished run in short', () => {
  const summary = (input: number): LedgerRecord => ({ type: 'summary', input, ranges: [], bytes: 4 });
  const short = (inputs: number): LedgerRecord[] => [
    start,
    { type: 'compacted', inputs },
    ...Array.from({ length: inputs }, (_, input) => [inputRecord(text, { input }), summary(input)]).flat(),
    { type: 'files', files: {}, jobs: [] },
  ];

  test('is whole with a summary of each of its inputs', () => {
    expect(decodeLedger(bytesOf(short(2)))).toMatchObject({ kind: 'whole' });
    expect(decodeLedger(bytesOf(short(0)))).toMatchObject({ kind: 'whole' });
    expect(decodeLedger(bytesOf([...short(1), summary(0)]))).toMatchObject({ kind: 'whole' });
  });

  test.each([1, 2, 3])('that has lost its last %i records is damaged', (lost) => {
    const left = short(2).slice(0, -1 - lost);
    expect(decodeLedger(bytesOf(left))).toEqual({
      kind: 'damaged',
      line: left.length + 1,
      records: left,
      hidesInputs: true,
    });
  });

  test('is only what says so in its second line', () => {
    const odd: LedgerRecord[] = [...records, { type: 'compacted', inputs: 5 }];
    expect(decodeLedger(bytesOf(odd)).kind).toBe('whole');
  });
});
