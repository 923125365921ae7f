/** State of one run, as its ledger has it: settled ranges per input and open chunks. */
import type { Changes, Counts, JobReport, Piece, Range, Span } from '../../records.ts';
import type { History, RunMessages } from './history.ts';
import type {
  FileLengths,
  FinalAnswer,
  InputIdentity,
  LedgerRecord,
  OpenTail,
  OwnedFiles,
  RejectsKinds,
} from './records.ts';
import { coveredTo, type KnownRange } from './ranges.ts';

/** A chunk with a recorded intent but no recorded end. */
export interface OpenChunk {
  chunk: number;
  pieces: readonly Piece[];
  withoutId: number;
  rejected: number;
  /**
   * `maybe`: a request may have reached the vendor. `no`: the vendor certainly does not have it. `yes`: a job has
   * it, or it is answered.
   */
  taken: 'maybe' | 'no' | 'yes';
  /** The final answer, of which not everything could be written. */
  answered?: FinalAnswer;
  /** Its local rejects could not be written. */
  owesRejects?: boolean;
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
  /** Its last process did not come to its end. */
  isCutOff: boolean;
  /** Lengths of the files of the run as of its last `taken`, `settled` or `files` record. */
  files: FileLengths;
  /** Files at paths given by the user, by path. */
  owned: OwnedFiles;
  /** Kinds of its rejects files, by path. */
  rejectsKinds: RejectsKinds;
  ended?: { at: string; exit: number; counts: Counts; told?: RunMessages };
  /** When it settled how many rows. */
  history: History;
  /** When a later command last used its inputs, or when it was forgotten. */
  usedAt?: string;
  /** The ledger is in its short form. */
  compacted: boolean;
  forgotten: boolean;
}

/** Whether the end of every input is known and every byte is settled, or in doubt without being sent again. */
export function isFinished(state: RunState): boolean {
  return state.open.size === 0 && [...state.inputs.values()].every(isCovering);
}

/**
 * Whether rows in doubt may lack their line among the replies: the process that was to send them again, or to say that
 * nothing is known of them, was cut off.
 */
export function mayOweReplies(state: RunState): boolean {
  return state.isCutOff && hasDoubts(state);
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
