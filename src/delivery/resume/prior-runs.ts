/**
 * Collects what prior runs know of the given inputs, and finds the run to resume. Knowledge belongs to recipe and
 * input, whichever run recorded it.
 */
import type { Input } from '../../contracts/input.ts';
import { Failure } from '../../failure.ts';
import type { FoundRun } from '../ledger/ledger.ts';
import { addRange, coveredTo, type KnownRange } from '../ledger/ranges.ts';
import type { RunPart } from '../ledger/records.ts';
import {
  hasDoubts,
  isFinished,
  isInputFinished,
  mayOweReplies,
  type OpenChunk,
  type RunInput,
  type RunState,
} from '../ledger/run-state.ts';
import { isLost, refuseDoubling, refuseReplaced } from './conflicts.ts';
import { bytesAt } from './input-identity.ts';
import { matchInputs, type GivenInput, type Match } from './matches.ts';
import { countLineEnds, isSamePart, isSameSpan, knownWithin } from './parts.ts';

export interface PriorKnowledge {
  /** Its number in the ledger. */
  number: number;
  known: KnownRange[];
  /** Some of `known` is not in the ledger of the resumed run. */
  isFromPriorRun: boolean;
  /** End of the input, when every byte before it is known and nothing follows. */
  endsAt?: number;
  /** The run that delivered it to that end. */
  delivered?: { run: string; at: string };
}

export interface PriorRuns {
  /** The run to resume. */
  resumedRun: FoundRun | undefined;
  inputs: PriorKnowledge[];
  /** Chunks with a job or a final answer, their pieces numbered as in `inputs`. */
  adopted: OpenChunk[];
  /** Chunks of the resumed run without ids that were being sent: their outcome is unknown. */
  lost: OpenChunk[];
}

/**
 * Searches the runs of this recipe, newest first. Throws a Failure `local` when an input was replaced while rows of
 * the old one are unsettled, when the last delivered row has grown since, and when rows that an interrupted run may
 * have delivered could be duplicated.
 */
export async function findPriorRuns(
  given: readonly GivenInput[],
  { runs, onUnknown, part }: PriorRunsOptions,
): Promise<PriorRuns> {
  const valid = runs.filter(({ state }) => !state.forgotten);
  const matches = await matchInputs(given, valid);
  refuseReplaced(given, valid, matches);
  const ours = valid.filter(({ state }) => isSamePart(state.start.part, part));
  const resumedRun = ours.find((found) => hasWork(found.state, onUnknown) && isAllGiven(found, matches));
  refuseDoubling(resumedRun, matches);
  const numbers = numberInputs(given, resumedRun, matches);
  const inputs: PriorKnowledge[] = [];
  for (const one of given) {
    const own = { number: numbers.get(one) ?? 0, resumedRun };
    inputs.push(await knowledgeOf(one, matches.get(one) ?? [], own));
  }
  const open = resumedRun ? [...resumedRun.state.open.values()] : [];
  return {
    resumedRun,
    inputs,
    adopted: open.filter(({ taken }) => taken === 'yes'),
    lost: open.filter(isLost),
  };
}

interface PriorRunsOptions {
  runs: readonly FoundRun[];
  onUnknown: 'stop' | 'resend';
  /** The part of the inputs that this command has; only runs of the same part are resumed. */
  part?: RunPart | undefined;
}

/**
 * Whether there is a reason to resume the run. Rows in doubt are sent again by the run that recorded them, which
 * also owns their rejects.
 */
function hasWork(state: RunState, onUnknown: 'stop' | 'resend'): boolean {
  return !isFinished(state) || mayOweReplies(state) || (onUnknown === 'resend' && hasDoubts(state));
}

/** A run can be resumed when every input that it has not finished is given. */
function isAllGiven({ run, state }: FoundRun, matches: ReadonlyMap<GivenInput, readonly Match[]>): boolean {
  const given = new Set<number>();
  for (const [{ span }, found] of matches) {
    for (const { found: earlier, number, earlier: input } of found)
      if (earlier.run === run && isSameSpan(input.span, span)) given.add(number);
  }
  return (
    given.size > 0 &&
    [...state.inputs.keys()].every((number) => given.has(number) || isInputFinished(state, number))
  );
}

/** Inputs keep their numbers in the resumed run, those at their old path first; new ones get the next numbers. */
function numberInputs(
  given: readonly GivenInput[],
  resumedRun: FoundRun | undefined,
  matches: ReadonlyMap<GivenInput, readonly Match[]>,
): Map<GivenInput, number> {
  const numbers = new Map<GivenInput, number>();
  const used = new Set<number>();
  const known = given.flatMap((one) => {
    const match = matches.get(one)?.find(({ found }) => found.run === resumedRun?.run);
    return match ? [{ one, number: match.number, isSamePath: match.earlier.path === one.absolutePath }] : [];
  });
  for (const { one, number } of known.sort((a, b) => Number(b.isSamePath) - Number(a.isSamePath))) {
    if (used.has(number)) continue;
    used.add(number);
    numbers.set(one, number);
  }
  let next = resumedRun ? Math.max(-1, ...resumedRun.state.inputs.keys()) + 1 : 0;
  for (const one of given) if (!numbers.has(one)) numbers.set(one, next++);
  return numbers;
}

async function knowledgeOf(
  given: GivenInput,
  matches: readonly Match[],
  { number, resumedRun }: { number: number; resumedRun: FoundRun | undefined },
): Promise<PriorKnowledge> {
  let known: KnownRange[] = [];
  for (const { earlier } of matches) known = (await knownWithin(given, earlier)).reduce(addRange, known);
  const own = resumedRun?.state.inputs.get(number)?.ranges ?? [];
  const isFromPriorRun = known.some(
    (range) => !own.some(({ from, to }) => from <= range.from && range.to <= to),
  );
  const { span } = given;
  const end = coveredTo(known, span?.from);
  const last = matches.find(({ earlier }) =>
    span?.to === undefined ? earlier.bytes === end : reaches(earlier, span.to),
  );
  if (!last || (span?.to !== undefined && end < span.to)) return { number, known, isFromPriorRun };
  const { run, state } = last.found;
  const delivered = { run, at: state.ended?.at ?? state.start.startedAt };
  if (span?.to !== undefined) return { number, known, isFromPriorRun, endsAt: end, delivered };
  const following = await bytesBehind(given.input, end);
  if (following === undefined) return { number, known, isFromPriorRun };
  if (following.length > 0) {
    await refuseGrownRow(given, last.earlier, following);
    return { number, known, isFromPriorRun };
  }
  return { number, known, isFromPriorRun, endsAt: end, delivered };
}

/** Undefined where they cannot be read: reading the rows will meet the same error, and the other inputs are delivered. */
async function bytesBehind(input: Input, end: number): Promise<Uint8Array | undefined> {
  try {
    return await bytesAt(input, end, 2);
  } catch {
    return undefined;
  }
}

function reaches({ ranges }: RunInput, end: number): boolean {
  return ranges.some(({ from, to }) => from < end && end <= to);
}

/** Throws if the last row, delivered without a line end, has grown since: only part of it was sent. */
async function refuseGrownRow(
  given: GivenInput,
  { openTail, span }: RunInput,
  following: Uint8Array,
): Promise<void> {
  const text = Buffer.from(following).toString('latin1');
  if (openTail === undefined || text.startsWith('\n') || text.startsWith('\r\n')) return;
  const before = span === undefined ? 0 : await countLineEnds(given.input, 0, span.from);
  throw new Failure(
    'local',
    `${given.input.path}:${before + openTail.line} was delivered as the last row and has grown since`,
    {
      hint: 'the row was sent before it was whole; send the file once more with --again when rows carry ids, or as another delivery with --salt',
    },
  );
}
