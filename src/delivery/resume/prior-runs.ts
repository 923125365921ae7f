/**
 * Collects what prior runs know of the given inputs, and finds the run to resume. Knowledge belongs to recipe and
 * input, whichever run recorded it.
 */
import type { Input } from '../../contracts/input.ts';
import { Failure } from '../../failure.ts';
import { PriorInputs, type PriorInput } from './prior-inputs.ts';
import { bytesAt, stillHolds } from './input-identity.ts';
import { countLineEnds, isSamePart, isSameSpan, knownWithin, overlaps } from './parts.ts';
import type { FoundRun } from '../ledger/ledger.ts';
import type { RunPart } from '../ledger/records.ts';
import type { Piece, Span } from '../../records.ts';
import { addRange, coveredTo, isCovered, type KnownRange } from '../ledger/ranges.ts';
import {
  hasDoubts,
  isFinished,
  isInputFinished,
  knownPieces,
  type OpenChunk,
  type RunInput,
  type RunState,
} from '../ledger/run-state.ts';

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
  /** Chunks with a job, their pieces numbered as in `inputs`. */
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
  const matches = new Map<GivenInput, Match[]>();
  const earlier = new PriorInputs(valid);
  for (const one of given) {
    const isStream = one.input.kind === 'stream';
    matches.set(one, isStream ? resumed(one, valid) : await findMatches(one, earlier));
  }
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
  return !isFinished(state) || (onUnknown === 'resend' && hasDoubts(state));
}

/** Whether the chunk was being sent when its process died and sending it again could duplicate rows. */
function isLost({ taken, withoutId }: OpenChunk): boolean {
  return taken === 'maybe' && withoutId > 0;
}

/** An input of an earlier run that equals a given one. */
interface Match {
  found: FoundRun;
  number: number;
  earlier: RunInput;
}

/** A run started with `--again` supersedes earlier ones. */
async function findMatches({ input, head, span }: GivenInput, inputs: PriorInputs): Promise<Match[]> {
  const matches: Match[] = [];
  let known: KnownRange[] = [];
  for (const candidate of inputs.beginningOf(head)) {
    const { found, number, earlier } = candidate;
    if (isOldNews(candidate, known)) continue;
    const pieces = knownPieces(found.state, number).filter((piece) => overlaps(piece, span));
    if (!(await stillHolds(input, earlier, pieces))) continue;
    matches.push({ found, number, earlier });
    known = earlier.ranges.reduce(addRange, known);
    if (found.state.start.again) return matches;
  }
  return matches;
}

/** Whether newer runs already know everything about a finished one: its bytes need not be read again. */
function isOldNews({ earlier, isFinished: hasEnded }: PriorInput, known: readonly KnownRange[]): boolean {
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

/** Refuses an input path of an interrupted run that now holds other bytes, since rows would be lost. */
function refuseReplaced(
  given: readonly GivenInput[],
  runs: readonly FoundRun[],
  matches: ReadonlyMap<GivenInput, readonly Match[]>,
): void {
  const paths = new Set(given.map(({ absolutePath }) => absolutePath));
  const matched = new Set([...matches.values()].flat().map(({ found, number }) => `${found.run} ${number}`));
  for (const { run, state } of runs) {
    if (isFinished(state) || !hasDelivered(state)) continue;
    for (const [number, { path }] of state.inputs) {
      if (!paths.has(path) || matched.has(`${run} ${number}`) || isInputFinished(state, number)) continue;
      throw new Failure('local', `${path} no longer has the rows that run ${run} has not delivered yet`, {
        hint: `give the file that holds them now as well (was it rotated or renamed?), or give them up with "scarf-cli runs forget ${run}"`,
      });
    }
  }
}

function hasDelivered(state: RunState): boolean {
  return state.open.size > 0 || [...state.inputs.values()].some(({ ranges }) => ranges.length > 0);
}

/**
 * An interrupted run cannot be resumed when not all its inputs are given, but may have delivered rows of those that
 * are. Rows with ids are sent again; without ids only that run can tell, so this throws.
 */
function refuseDoubling(
  resumedRun: FoundRun | undefined,
  matches: ReadonlyMap<GivenInput, readonly Match[]>,
): void {
  for (const [{ input, span }, found] of matches) {
    for (const {
      found: { run, state },
      number,
    } of found) {
      if (run === resumedRun?.run) continue;
      const doubtful = [...state.open.values()].filter((open) => isLost(open) || isGiven(open));
      const isHere = (piece: Piece) => piece.input === number && overlaps(piece.range, span);
      if (!doubtful.some(({ pieces }) => pieces.some(isHere))) continue;
      throw new Failure('local', `run ${run} may have delivered rows of ${input.path}, and is not finished`, {
        hint: `go on with it ("scarf-cli runs resume ${run}") or give it up ("scarf-cli runs forget ${run}")`,
      });
    }
  }
}

function isGiven({ taken, withoutId }: OpenChunk): boolean {
  return taken === 'yes' && withoutId > 0;
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
  const following = await bytesAt(given.input, end, 2);
  if (following.length > 0) {
    await refuseGrownRow(given, last.earlier, following);
    return { number, known, isFromPriorRun };
  }
  return { number, known, isFromPriorRun, endsAt: end, delivered };
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
