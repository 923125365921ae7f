/** Ledgers of earlier runs over inputs in memory, as their records would be read. */
import { crc32 } from 'node:zlib';
import type { FoundRun } from '../../../src/delivery/ledger/ledger.ts';
import type { LedgerRecord } from '../../../src/delivery/ledger/records.ts';
import { foldRun } from '../../../src/delivery/ledger/fold-run.ts';
import { identify } from '../../../src/delivery/resume/input-identity.ts';
import type { GivenInput } from '../../../src/delivery/resume/matches.ts';
import type { Piece } from '../../../src/records.ts';
import { memoryInput } from '../../shaping/memory-input.ts';

/** A file of rows that are each a line of two bytes: `a`, `b` and so on. */
export function given(text: string, path = '/in.ndjson', more: Partial<GivenInput> = {}): GivenInput {
  const input = { ...memoryInput(text), path };
  return { input, absolutePath: path, head: Buffer.from(text).subarray(0, 4096), ...more };
}

type Start = Extract<LedgerRecord, { type: 'run' }>;

export const start: Start = {
  type: 'run',
  schema: 1,
  run: 'r',
  command: 'import',
  vendor: 'scarf',
  endpoint: 'https://vendor.invalid',
  recipe: 'recipe',
  recipeParts: {},
  settings: {},
  workingDirectory: '/',
  startedAt: '2026-11-01T00:00:00.000Z',
  again: false,
};

/** A run on disk with these records behind its first. */
export function found(run: string, records: readonly LedgerRecord[], more: Partial<Start> = {}): FoundRun {
  const state = foldRun([{ ...start, run, ...more }, ...records]);
  if (state === undefined) throw new Error('a run begins with its record');
  return { kind: 'read', run, directory: `/runs/${run}`, state, validBytes: 0 };
}

export function inputRecord(
  text: string,
  { input = 0, path = '/in.ndjson', kind = 'file' as const } = {},
): LedgerRecord {
  return { type: 'input', input, path, kind, ...identify(Buffer.from(text).subarray(0, 4096)) };
}

/** Rows `[from, to)` of a text of lines of two bytes. */
export function piece(text: string, from: number, to: number, input = 0): Piece {
  const bytes = Buffer.from(text).subarray(2 * from, 2 * to);
  return {
    input,
    range: { from: 2 * from, to: 2 * to, line: from + 1 },
    nextLine: to + 1,
    rows: to - from,
    rejected: 0,
    events: to - from,
    crc32: crc32(bytes),
    bytes: bytes.length,
  };
}

export function intent(chunk: number, pieces: Piece[], withoutId = 0): LedgerRecord {
  return { type: 'intent', chunk, pieces, withoutId, rejected: 0 };
}

export function settled(chunk: number, rows: number, unknown = 0): LedgerRecord {
  const counts = { accepted: rows - unknown, rejected: 0, skipped: 0, unknown };
  return { type: 'settled', chunk, counts, files: {} };
}

export const ended = (bytes: number, input = 0): LedgerRecord => ({
  type: 'input-ended',
  input,
  bytes,
  rows: bytes / 2,
});

/** A run that has delivered all of a text. */
export function finishedRun(run: string, text: string, withoutId = 0, more: Partial<Start> = {}): FoundRun {
  const rows = text.length / 2;
  return found(
    run,
    [inputRecord(text), intent(1, [piece(text, 0, rows)], withoutId), settled(1, rows), ended(text.length)],
    more,
  );
}
