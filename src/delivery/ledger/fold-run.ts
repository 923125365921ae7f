/** Folds the records of a ledger into the state of its run. */
import type { Piece } from '../../records.ts';
import * as history from './history.ts';
import {
  addOutcomes,
  doubtOf,
  insertRange,
  isCovered,
  noOutcome,
  type KnownRange,
  type Outcome,
} from './ranges.ts';
import type { LedgerRecord } from './records.ts';
import type { OpenChunk, RunInput, RunState } from './run-state.ts';

/** Folds the records of one ledger; undefined when the first is not a `run` record. */
export function foldRun(records: readonly LedgerRecord[]): RunState | undefined {
  const [start] = records;
  if (start?.type !== 'run') return undefined;
  const state: RunState = {
    start,
    inputs: new Map(),
    open: new Map(),
    jobs: [],
    nextChunk: 1,
    isCutOff: true,
    files: {},
    compacted: false,
    owned: {},
    rejectsKinds: {},
    forgotten: false,
    history: history.emptyHistory(),
  };
  for (const record of records) applyRecord(state, record);
  dropCovered(state);
  return state;
}

type Applied = {
  readonly [Type in LedgerRecord['type']]: (state: RunState, record: RecordOf<Type>) => void;
};

type RecordOf<Type extends LedgerRecord['type']> = LedgerRecord & { type: Type };

/** What each record changes. */
const APPLIED: Applied = {
  run: (state, record) => {
    history.beginPeriod(state.history, record.startedAt);
  },
  input: (state, record) => {
    const { type: _type, input, ...identity } = record;
    state.inputs.set(input, { ...identity, ranges: [] });
  },
  intent: (state, record) => {
    const { type: _type, supersedes, ...chunk } = record;
    if (supersedes !== undefined) supersede(state, supersedes);
    state.open.set(chunk.chunk, { ...chunk, taken: 'maybe' });
    state.nextChunk = Math.max(state.nextChunk, chunk.chunk + 1);
  },
  returned: (state, record) => {
    update(state, record.chunk, { taken: 'no' });
  },
  taken: (state, record) => {
    update(state, record.chunk, {
      taken: 'yes',
      job: record.job,
      ...(record.at === undefined ? {} : { takenAt: record.at }),
      ...(record.isRepeat === undefined ? {} : { isRepeat: record.isRepeat }),
      ...(record.owesRejects === undefined ? {} : { owesRejects: record.owesRejects }),
    });
    state.files = record.files;
  },
  answered: (state, record) => {
    const { type: _type, chunk, ...answered } = record;
    update(state, chunk, { taken: 'yes', answered });
  },
  settled: (state, record) => {
    settle(state, record);
  },
  'input-ended': (state, record) => {
    Object.assign(state.inputs.get(record.input) ?? {}, endOf(record));
  },
  inherited: replaceRanges,
  summary: replaceRanges,
  owned: (state, record) => {
    state.owned = { ...state.owned, ...record.files };
  },
  rejects: (state, record) => {
    state.rejectsKinds = { ...state.rejectsKinds, ...record.kinds };
  },
  files: (state, record) => {
    state.files = record.files;
    state.jobs = record.jobs;
  },
  ended: (state, record) => {
    state.isCutOff = false;
    state.ended = {
      at: record.at,
      exit: record.exit,
      counts: record.counts,
      ...history.mergeMessages(state.ended, record),
    };
  },
  resumed: (state, record) => {
    state.isCutOff = true;
    history.beginPeriod(state.history, record.at);
  },
  history: (state, record) => {
    state.history = record.history;
  },
  compacted: (state) => {
    state.compacted = true;
  },
  used: (state, record) => {
    state.usedAt = record.at;
  },
  forgotten: (state, record) => {
    state.forgotten = true;
    state.usedAt = record.at;
  },
};

function applyRecord(state: RunState, record: LedgerRecord): void {
  // A ledger may hold records of a later version.
  const apply = APPLIED[record.type] as ((state: RunState, record: LedgerRecord) => void) | undefined;
  apply?.(state, record);
}

function replaceRanges(state: RunState, record: RecordOf<'inherited' | 'summary'>): void {
  Object.assign(state.inputs.get(record.input) ?? {}, { ranges: [...record.ranges], ...endOf(record) });
}

function endOf(
  record: Extract<LedgerRecord, { type: 'input-ended' | 'inherited' | 'summary' }>,
): Partial<RunInput> {
  const end: Partial<RunInput> = {};
  if (record.bytes !== undefined) end.bytes = record.bytes;
  if ('openTail' in record && record.openTail !== undefined) end.openTail = record.openTail;
  return end;
}

function update(state: RunState, chunk: number, change: Partial<OpenChunk>): void {
  const open = state.open.get(chunk);
  if (open) state.open.set(chunk, { ...open, ...change });
}

function settle(state: RunState, record: Extract<LedgerRecord, { type: 'settled' }>): void {
  state.files = record.files;
  const open = state.open.get(record.chunk);
  if (!open) return;
  state.open.delete(record.chunk);
  if (record.job !== undefined) {
    const status = record.aborted === true ? 'aborted' : 'done';
    const job = { ...record.jobFields, id: record.job, status, rows: sumRows(open.pieces) };
    state.jobs.push({
      ...job,
      ...(open.takenAt && { takenAt: open.takenAt }),
      ...(record.at && { settledAt: record.at }),
    });
  }
  addSettled(state, open, record);
  history.settleInHistory(state.history, open, record);
}

/**
 * Other chunks take the place of one. Where that had a job, which is gone, its rows are in doubt until each of them
 * has been sent again; its local rejects are kept.
 */
function supersede(state: RunState, chunk: number): void {
  const open = state.open.get(chunk);
  state.open.delete(chunk);
  if (open?.job === undefined || open.owesRejects === true) return;
  const harmless = open.withoutId === 0;
  for (const piece of open.pieces)
    addToInput(state, piece, { outcome: doubtOf(piece), inDoubt: true, harmless });
}

/**
 * Distributes the outcome of a chunk over its pieces. Which piece the rejects of the server belong to is not
 * recorded: only sums over all ranges of an input are used, and the inputs of one chunk belong to one command.
 */
function addSettled(
  state: RunState,
  open: OpenChunk,
  { counts }: Extract<LedgerRecord, { type: 'settled' }>,
): void {
  const left = { ...counts, rejected: counts.rejected - open.rejected };
  const total = left.accepted + left.rejected + left.skipped + left.unknown;
  const inDoubt = left.unknown === total && total > 0;
  open.pieces.forEach((piece, index) => {
    const sent = index === open.pieces.length - 1 ? lastShare(left) : takeShare(left, piece.rows);
    const rejectedHere = { ...noOutcome, rows: piece.rejected, rejected: piece.rejected };
    const outcome = addOutcomes(sent, rejectedHere);
    const allIds = open.withoutId === 0 ? { allIds: true as const } : {};
    addToInput(state, piece, { outcome, inDoubt, harmless: inDoubt && open.withoutId === 0, ...allIds });
  });
}

function addToInput(
  state: RunState,
  piece: Piece,
  known: Pick<KnownRange, 'outcome' | 'inDoubt' | 'harmless' | 'allIds'>,
): void {
  const input = state.inputs.get(piece.input);
  if (!input) return;
  const { range, nextLine, crc32 } = piece;
  insertRange(input.ranges, { ...range, nextLine, crc32, ...known }, piece);
}

function lastShare(left: Omit<Outcome, 'rows'>): Outcome {
  return { ...left, rows: left.accepted + left.rejected + left.skipped + left.unknown };
}

function takeShare(left: Omit<Outcome, 'rows'>, rows: number): Outcome {
  const outcome = { ...noOutcome, rows };
  let wanted = rows;
  for (const key of ['accepted', 'unknown', 'skipped', 'rejected'] as const) {
    const share = Math.min(left[key], wanted);
    outcome[key] = share;
    left[key] -= share;
    wanted -= share;
  }
  return outcome;
}

function sumRows(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.rows, 0);
}

/**
 * Drops open chunks whose bytes later chunks have settled, or hold: rows in doubt may be sent again on purpose. Those
 * that no job and no answer tells more of are dropped as well where their bytes are in doubt anyway.
 */
function dropCovered(state: RunState): void {
  for (const [chunk, open] of state.open) {
    const by = open.taken === 'yes' ? 'settled' : 'or-in-doubt';
    const isHeld = open.pieces.every(({ input, range }) =>
      isCovered(heldBehind(state, open, input), range, by),
    );
    if (isHeld) state.open.delete(chunk);
  }
}

/** Ranges of an input that are known, or in chunks behind this one that the vendor may have. */
function heldBehind(state: RunState, { chunk, job }: OpenChunk, input: number): KnownRange[] {
  const held = [...(state.inputs.get(input)?.ranges ?? [])];
  if (job !== undefined) return held;
  for (const later of state.open.values()) {
    if (later.chunk <= chunk || later.taken === 'no') continue;
    for (const { range, nextLine } of later.pieces.filter((piece) => piece.input === input))
      insertRange(held, { ...range, nextLine, outcome: noOutcome, inDoubt: false });
  }
  return held;
}
