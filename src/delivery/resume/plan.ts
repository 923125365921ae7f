/** What is left to do for an input, decided purely from what is known about it. */
import { addRange, gaps, noOutcome, type KnownRange } from '../ledger/ranges.ts';
import type { OpenChunk } from '../ledger/run-state.ts';

/** Bytes to be read and sent. Without `to`: up to wherever the input ends. */
export interface PlannedGap {
  from: number;
  to?: number;
  line: number;
  /** `again`: an earlier process has sent these bytes, and put their local rejects down. */
  reading: 'first' | 'again';
}

export interface PlannedInput {
  /** The input's number in the ledger, and its index among supplies. */
  input: number;
  /** What earlier processes settled, or have left in doubt for good. */
  known: KnownRange[];
  gaps: PlannedGap[];
  /** The end of the input as an earlier process saw it. */
  end?: number;
}

export interface PlanOptions {
  /** Whether the input ends where it was seen to end. */
  endsAt?: number;
  /** Chunks that are settled elsewhere: their bytes are neither known nor to be sent. */
  elsewhere: readonly OpenChunk[];
  onUnknown: 'stop' | 'resend';
}

/**
 * Settled ranges are passed over. Ranges in doubt are sent again when that is harmless or asked for. What
 * a job has is left to the job. All the rest is to be sent.
 */
export function planInput(input: number, known: readonly KnownRange[], options: PlanOptions): PlannedInput {
  const { endsAt, elsewhere, onUnknown } = options;
  const sendsAgain = (range: KnownRange) =>
    range.inDoubt && (range.harmless === true || onUnknown === 'resend');
  const kept = known.filter((range) => !sendsAgain(range));
  const givenAway = elsewhere
    .flatMap(({ pieces }) => pieces)
    .filter((piece) => piece.input === input)
    .map(({ range, nextLine }) => ({ ...range, nextLine, outcome: noOutcome, inDoubt: false }));
  const covered = givenAway.reduce(addRange, [...known]);
  const again = covered.filter(sendsAgain);
  return {
    input,
    known: kept,
    gaps: [
      ...again.map(({ from, to, line }) => ({ from, to, line, reading: 'again' as const })),
      ...gaps(covered, endsAt).map((gap) => ({ ...gap, reading: 'first' as const })),
    ],
    ...(endsAt === undefined ? {} : { end: endsAt }),
  };
}

/** Whether nothing is left to send, ask or follow. */
export function isDone(plan: readonly PlannedInput[], elsewhere: readonly OpenChunk[]): boolean {
  return elsewhere.length === 0 && plan.every(({ gaps: left }) => left.length === 0);
}
