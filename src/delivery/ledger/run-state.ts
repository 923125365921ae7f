/** State of one run, folded from its ledger: settled ranges per input and open chunks. */
import type { Changes, Counts, JobReport, Piece, Range, Span } from '../../records.ts';
import * as history from './history.ts';
import type {
  FileLengths,
  InputIdentity,
  LedgerRecord,
  OpenTail,
  OwnedFiles,
  RejectsKinds,
} from './records.ts';
import { coveredTo, insertRange, isCovered, noOutcome, type KnownRange, type Outcome } from './ranges.ts';

/** A chunk with a recorded intent but no recorded end. */
export interface OpenChunk {
  chunk: number;
  pieces: readonly Piece[];
  withoutId: number;
  rejected: number;
  /**
   * `maybe`: a request may have reached the vendor. `no`: the vendor certainly does not have it. `yes`: a job has
   * it.
   */
  taken: 'maybe' | 'no' | 'yes';
  job?: string;
  takenAt?: string;
  changes?: Changes;
  warnings?: Changes;
  isRepeat?: boolean;
}

export interface RunInput extends InputIdentity {
  path: string;
  kind: 'file' | 'gzip' | 'stream';
  spool?: string;
  /** The run has only these bytes of it; absent: all. */
  span?: Span;
  ranges: KnownRange[];
  /** Length of the input in bytes, once its end was reached. */
  bytes?: number;
  /** The last row had no line end. */
  openTail?: OpenTail;
}

export interface RunState {
  start: Extract<LedgerRecord, { type: 'run' }>;
  inputs: Map<number, RunInput>;
  open: Map<number, OpenChunk>;
  /** Ended jobs, for reports. */
  jobs: JobReport[];
  nextChunk: number;
  /** Lengths of the files of the run as of its last `taken`, `settled` or `files` record. */
  files: FileLengths;
  /** Files at paths given by the user, by path. */
  owned: OwnedFiles;
  /** Kinds of its rejects files, by path. */
  rejectsKinds: RejectsKinds;
  ended?: { at: string; exit: number; counts: Counts; told?: history.RunMessages };
  /** When it settled how many rows. */
  history: history.History;
  /** When a later command last used its inputs, or when it was forgotten. */
  usedAt?: string;
  /** The ledger is in its short form. */
  compacted: boolean;
  forgotten: boolean;
}

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

/** Whether the end of every input is known and every byte is settled, or in doubt without being sent again. */
export function isFinished(state: RunState): boolean {
  return state.open.size === 0 && [...state.inputs.values()].every(isCovering);
}

/** Whether one input is finished. */
export function isInputFinished(state: RunState, number: number): boolean {
  const input = state.inputs.get(number);
  const isOpen = [...state.open.values()].some((open) => open.pieces.some((piece) => piece.input === number));
  return !isOpen && input !== undefined && isCovering(input);
}

/** Ranges of an input that the run has handed over, ascending: settled, in doubt, or in open chunks. */
export function knownPieces(
  state: RunState,
  number: number,
): (Pick<Range, 'from' | 'to'> & { crc32?: number })[] {
  const pieces = [...state.open.values()].flatMap((open) => open.pieces);
  const open = pieces
    .filter((piece) => piece.input === number)
    .map(({ range, crc32 }) => ({ ...range, crc32 }));
  const known = state.inputs.get(number)?.ranges ?? [];
  return [...known, ...open].sort((one, other) => one.from - other.from);
}

/** Whether the outcome of some rows is unknown. */
export function hasDoubts(state: RunState): boolean {
  return [...state.inputs.values()].some(({ ranges }) => ranges.some(({ inDoubt }) => inDoubt));
}

function isCovering({ ranges, bytes, span }: RunInput): boolean {
  const end = span?.to ?? bytes;
  return end !== undefined && coveredTo(ranges, span?.from) >= end && !ranges.some(isHarmlessDoubt);
}

/** Rows of an aborted or vanished job are sent again when every one of them carries an id. */
function isHarmlessDoubt({ inDoubt, harmless }: KnownRange): boolean {
  return inDoubt && harmless === true;
}

function applyRecord(state: RunState, record: LedgerRecord): void {
  switch (record.type) {
    case 'run':
      history.beginPeriod(state.history, record.startedAt);
      return;
    case 'input': {
      const { type: _type, input, ...identity } = record;
      state.inputs.set(input, { ...identity, ranges: [] });
      return;
    }
    case 'intent': {
      const { type: _type, supersedes, ...chunk } = record;
      if (supersedes !== undefined) state.open.delete(supersedes);
      state.open.set(chunk.chunk, { ...chunk, taken: 'maybe' });
      state.nextChunk = Math.max(state.nextChunk, chunk.chunk + 1);
      return;
    }
    case 'returned':
      update(state, record.chunk, { taken: 'no' });
      return;
    case 'taken':
      update(state, record.chunk, {
        taken: 'yes',
        job: record.job,
        ...(record.at === undefined ? {} : { takenAt: record.at }),
        ...(record.isRepeat === undefined ? {} : { isRepeat: record.isRepeat }),
      });
      state.files = record.files;
      return;
    case 'settled':
      settle(state, record);
      return;
    case 'input-ended':
      Object.assign(state.inputs.get(record.input) ?? {}, endOf(record));
      return;
    case 'inherited':
    case 'summary':
      Object.assign(state.inputs.get(record.input) ?? {}, { ranges: [...record.ranges], ...endOf(record) });
      return;
    case 'owned':
      state.owned = { ...state.owned, ...record.files };
      return;
    case 'rejects':
      state.rejectsKinds = { ...state.rejectsKinds, ...record.kinds };
      return;
    case 'files':
      state.files = record.files;
      state.jobs = record.jobs;
      return;
    case 'ended':
      state.ended = {
        at: record.at,
        exit: record.exit,
        counts: record.counts,
        ...history.mergeMessages(state.ended, record),
      };
      return;
    case 'resumed':
      history.beginPeriod(state.history, record.at);
      return;
    case 'history':
      state.history = record.history;
      return;
    case 'compacted':
      state.compacted = true;
      return;
    case 'used':
      state.usedAt = record.at;
      return;
    case 'forgotten':
      state.forgotten = true;
      state.usedAt = record.at;
      return;
  }
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
 * Distributes the outcome of a chunk over its pieces. Which piece the rejects of the server belong to is not
 * recorded: only sums over all ranges of an input are used, and the inputs of one chunk belong to one command.
 */
function addSettled(
  state: RunState,
  open: OpenChunk,
  record: Extract<LedgerRecord, { type: 'settled' }>,
): void {
  const left = { ...record.counts };
  const total =
    record.counts.accepted + record.counts.rejected + record.counts.skipped + record.counts.unknown;
  const inDoubt = total > 0 && record.counts.unknown === total - open.rejected && record.counts.unknown > 0;
  open.pieces.forEach((piece, index) => {
    const rows = piece.rows + piece.rejected;
    const outcome = index === open.pieces.length - 1 ? lastShare(left) : takeShare(left, rows);
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
  insertRange(input.ranges, { ...range, nextLine, crc32, ...known });
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

/** Drops open chunks whose bytes later chunks have settled. */
function dropCovered(state: RunState): void {
  for (const [chunk, open] of state.open) {
    const settled = open.pieces.every((piece) =>
      isCovered(state.inputs.get(piece.input)?.ranges ?? [], piece.range),
    );
    if (settled) state.open.delete(chunk);
  }
}
