/** Matches inputs of this command with those of prior runs, by content. */
import type { Input } from '../../contracts/input.ts';
import type { Span } from '../../records.ts';
import type { FoundRun } from '../ledger/ledger.ts';
import { addRange, isCovered, type KnownRange } from '../ledger/ranges.ts';
import { knownPieces, type RunInput } from '../ledger/run-state.ts';
import { stillHolds } from './input-identity.ts';
import { overlaps } from './parts.ts';
import { PriorInputs, type PriorInput } from './prior-inputs.ts';

/** An input of this command. */
export interface GivenInput {
  input: Input;
  /** Absolute path, to notice that an input was replaced; undefined for a stream. */
  absolutePath: string | undefined;
  head: Uint8Array;
  /** Only these bytes are delivered. */
  span?: Span;
  /** File that keeps the bytes of a stream until they are settled. */
  spool?: string;
  /** The run that spooled this stream and its number there, when that run is resumed. */
  resumes?: { run: string; number: number };
}

/** An input of an earlier run that equals a given one. */
export interface Match {
  found: FoundRun;
  number: number;
  earlier: RunInput;
}

/** The matches of each given input, newest run first. */
export async function matchInputs(
  given: readonly GivenInput[],
  runs: readonly FoundRun[],
): Promise<Map<GivenInput, Match[]>> {
  const matches = new Map<GivenInput, Match[]>();
  const earlier = new PriorInputs(runs);
  for (const one of given) {
    const isStream = one.input.kind === 'stream';
    matches.set(one, isStream ? resumed(one, runs) : await findMatches(one, earlier));
  }
  return matches;
}

/** A run started with `--again` supersedes earlier ones. */
async function findMatches({ input, head, span }: GivenInput, inputs: PriorInputs): Promise<Match[]> {
  const matches: Match[] = [];
  let known: KnownRange[] = [];
  for (const candidate of inputs.beginningOf(head)) {
    const { found, number, earlier } = candidate;
    if (isKnownAlready(candidate, known)) continue;
    const pieces = knownPieces(found.state, number).filter((piece) => overlaps(piece, span));
    if (!(await stillHolds(input, earlier, pieces))) continue;
    matches.push({ found, number, earlier });
    known = earlier.ranges.reduce(addRange, known);
    if (found.state.start.again) return matches;
  }
  return matches;
}

/** Whether newer runs already know everything about a finished one: its bytes need not be read again. */
function isKnownAlready(
  { earlier, isFinished: hasEnded }: PriorInput,
  known: readonly KnownRange[],
): boolean {
  return (
    earlier.ranges.length > 0 &&
    hasEnded &&
    earlier.ranges.every((range) => !range.inDoubt && isCovered(known, range))
  );
}

/** Streams never match, except a spool being replayed. */
function resumed({ resumes }: GivenInput, runs: readonly FoundRun[]): Match[] {
  const found = runs.find(({ run }) => run === resumes?.run);
  const earlier = resumes && found?.state.inputs.get(resumes.number);
  return resumes && found && earlier ? [{ found, number: resumes.number, earlier }] : [];
}
