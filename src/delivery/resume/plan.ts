/** Decides what is left to do for an input, as a pure function of what is known about it. */
import { addRange, gaps, insertRange, noOutcome, type KnownRange } from '../ledger/ranges.ts';
import type { OpenChunk } from '../ledger/run-state.ts';
import type { Piece, Span } from '../../records.ts';

/** Bytes to read and send. Without `to`: to the end of the input. */
export interface PlannedGap {
  from: number;
  to?: number;
  line: number;
  /** `again`: an earlier process has sent these bytes and kept their local rejects. */
  reading: 'first' | 'again';
}

export interface PlannedInput {
  /** Number of the input in the ledger and index into supplies. */
  input: number;
  /** Where the part of the input begins that is delivered; absent: at its beginning. */
  from?: number;
  /** Ranges that are settled, or stay in doubt without being sent again. */
  known: KnownRange[];
  gaps: PlannedGap[];
  /** End of the input as seen by an earlier process. */
  end?: number;
}

export interface PlanOptions {
  /** Where the input ends, if that is known and still true. */
  endsAt?: number;
  /** Only these bytes are delivered. */
  span?: Span | undefined;
  /** Chunks handled otherwise: their bytes are neither known nor sent. */
  elsewhere: readonly OpenChunk[];
  onUnknown: 'stop' | 'resend';
}

/**
 * Skips settled ranges, sends ranges in doubt again when that is harmless or requested, leaves ranges with a job to
 * that job, and sends everything else.
 */
export function planInput(input: number, known: readonly KnownRange[], options: PlanOptions): PlannedInput {
  const { span, elsewhere, onUnknown } = options;
  const endsAt = span?.to ?? options.endsAt;
  const sendsAgain = (range: KnownRange) =>
    range.inDoubt && (range.harmless === true || onUnknown === 'resend');
  const givenAway = elsewhere.flatMap(({ pieces }) => pieces).filter((piece) => piece.input === input);
  const own = withoutDoubtsAbout(givenAway, known);
  const before = span === undefined || span.from === 0 ? [] : [bytesBefore(span.from)];
  const covered = [...givenAway.map(asKnown), ...before].reduce(addRange, [...own]);
  const again = covered.filter(sendsAgain);
  return {
    input,
    known: own.filter((range) => !sendsAgain(range)),
    gaps: [
      ...again.map(({ from, to, line }) => ({ from, to, line, reading: 'again' as const })),
      ...gaps(covered, endsAt).map((gap) => ({ ...gap, reading: 'first' as const })),
    ],
    ...(endsAt === undefined ? {} : { end: endsAt }),
    ...(span === undefined ? {} : { from: span.from }),
  };
}

/** Rows in doubt that were sent again count with the chunk that holds them now. */
function withoutDoubtsAbout(pieces: readonly Piece[], known: readonly KnownRange[]): readonly KnownRange[] {
  const doubts = known.filter(({ inDoubt }) => inDoubt);
  if (doubts.length === 0 || pieces.length === 0) return known;
  for (const piece of pieces) insertRange(doubts, asKnown(piece), piece);
  const left = doubts.filter(({ inDoubt }) => inDoubt);
  return [...known.filter(({ inDoubt }) => !inDoubt), ...left].sort((one, other) => one.from - other.from);
}

function asKnown({ range, nextLine }: Piece): KnownRange {
  return { ...range, nextLine, outcome: noOutcome, inDoubt: false };
}

/** What precedes a part is others' business, as if it were settled. Lines are numbered from 1 behind it. */
export function bytesBefore(from: number): KnownRange {
  return { from: 0, to: from, line: 1, nextLine: 1, outcome: noOutcome, inDoubt: false };
}

/** Whether nothing is left to send or to follow. */
export function isDone(plan: readonly PlannedInput[], elsewhere: readonly OpenChunk[]): boolean {
  return elsewhere.length === 0 && plan.every(({ gaps: left }) => left.length === 0);
}
