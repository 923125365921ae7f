/** Reads the program's ledgers, and checks that settled ranges are never sent again. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { decodeLedger } from '../../src/delivery/ledger/ledger-text.ts';
import type { LedgerRecord } from '../../src/delivery/ledger/records.ts';
import type { Counts, Piece } from '../../src/records.ts';
import { foldRun } from '../../src/delivery/ledger/fold-run.ts';
import type { RunState } from '../../src/delivery/ledger/run-state.ts';

/** A range of a file, by its name. */
export interface Place {
  file: string;
  from: number;
  to: number;
}

export interface LedgerView {
  /** Every range that was sent again after it was settled, one sentence each. */
  problems: string[];
  /** Chunks that were in flight when a process died: the vendor may have taken them. */
  inFlight: Place[];
  /** Chunks recorded as unknown as a whole. */
  inDoubt: Place[];
}

/** Reads the ledgers of all runs in a state directory. */
export async function readLedgers(stateDirectory: string): Promise<LedgerView> {
  const view: LedgerView = { problems: [], inFlight: [], inDoubt: [] };
  for (const run of await readdir(join(stateDirectory, 'runs')).catch(() => [])) {
    const bytes = await readFile(join(stateDirectory, 'runs', run, 'ledger.ndjson')).catch(() => undefined);
    const text = bytes && decodeLedger(bytes);
    if (text?.kind === 'damaged') view.problems.push(`${run}: damaged at line ${text.line}`);
    if (text?.kind !== 'whole') continue;
    view.problems.push(...sentAgainIn(text.records).map((problem) => `${run}: ${problem}`));
    const state = foldRun(text.records);
    if (state) addPlaces(view, state);
  }
  return view;
}

function addPlaces(view: LedgerView, state: RunState): void {
  const fileOf = (input: number) => basename(state.inputs.get(input)?.path ?? '');
  for (const { pieces, taken, withoutId } of state.open.values()) {
    if (taken !== 'maybe' || withoutId === 0) continue;
    view.inFlight.push(...pieces.map(({ input, range }) => ({ file: fileOf(input), ...range })));
  }
  for (const [input, { ranges }] of state.inputs) {
    const doubts = ranges.filter(({ inDoubt }) => inDoubt);
    view.inDoubt.push(...doubts.map(({ from, to }) => ({ file: fileOf(input), from, to })));
  }
}

interface Settled {
  input: number;
  from: number;
  to: number;
}

function sentAgainIn(records: readonly LedgerRecord[]): string[] {
  const problems: string[] = [];
  const settled: Settled[] = [];
  const intents = new Map<number, readonly Piece[]>();
  for (const record of records) {
    if (record.type === 'inherited' || record.type === 'summary') {
      const { input, ranges } = record;
      const certain = ranges.filter(({ inDoubt }) => !inDoubt);
      settled.push(...certain.map(({ from, to }) => ({ input, from, to })));
    }
    if (record.type === 'settled' && !isUnknown(record.counts)) {
      const pieces = intents.get(record.chunk) ?? [];
      settled.push(...pieces.map(({ input, range: { from, to } }) => ({ input, from, to })));
    }
    if (record.type !== 'intent') continue;
    intents.set(record.chunk, record.pieces);
    for (const { input, range } of record.pieces) {
      const again = settled.find((one) => one.input === input && one.from < range.to && range.from < one.to);
      if (again)
        problems.push(`chunk ${record.chunk} sends ${range.from}-${range.to} of input ${input} again`);
    }
  }
  return problems;
}

/** A chunk with unknown rows may also contain rows that were rejected locally. */
function isUnknown({ accepted, unknown }: Pick<Counts, 'accepted' | 'unknown'>): boolean {
  return unknown > 0 && accepted === 0;
}
