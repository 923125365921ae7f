/**
 * What prior runs know of the given inputs, and which of those runs this one resumes. Knowledge is per recipe
 * and input, whichever run recorded it.
 */
import type { Input } from '../../contracts/input.ts';
import { Failure } from '../../failure.ts';
import { PriorInputs, type PriorInput } from './prior-inputs.ts';
import { bytesAt, holdsRanges } from './input-identity.ts';
import type { FoundRun } from '../ledger/ledger.ts';
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
  /** Absolute, to recognise an input that was replaced; undefined for a pipe. */
  absolutePath: string | undefined;
  head: Uint8Array;
  /** Where a stream's bytes are kept until they are settled. */
  spool?: string;
  /** A stream's place in the run that spooled it, when that run goes on. */
  resumes?: { run: string; number: number };
}

export interface PriorKnowledge {
  /** Its number in the run's ledger. */
  number: number;
  known: KnownRange[];
  /** Some of that the run which goes on has not on its own record. */
  isFromPriorRun: boolean;
  /** The end of the input, where every byte before it is known and nothing follows. */
  endsAt?: number;
  /** The run that delivered it, when nothing is left to do. */
  delivered?: { run: string; at: string };
}

export interface PriorRuns {
  /** The interrupted run that is resumed. */
  isResumed: FoundRun | undefined;
  inputs: PriorKnowledge[];
  /** Chunks that a job has, with pieces numbered as in `inputs`. */
  adopted: OpenChunk[];
  /** Chunks of the interrupted run that were on their way without ids: what became of them is unknown. */
  lost: OpenChunk[];
}

/**
 * Looks through the runs of this recipe, newest first. Throws a Failure `local` when an input was replaced
 * while rows of the old one are unsettled, when a row that was delivered as the last has grown since, and
 * when rows that an interrupted run may have delivered could be doubled.
 */
export async function findPriorRuns(
  given: readonly GivenInput[],
  { runs, onUnknown }: { runs: readonly FoundRun[]; onUnknown: 'stop' | 'resend' },
): Promise<PriorRuns> {
  const valid = runs.filter(({ state }) => !state.forgotten);
  const matches = new Map<GivenInput, Match[]>();
  const earlier = new PriorInputs(valid);
  for (const one of given) {
    const isStream = one.input.kind === 'stream';
    matches.set(one, isStream ? resumed(one, valid) : await findMatches(one, earlier));
  }
  refuseReplaced(given, valid, matches);
  const isResumed = valid.find((found) => hasWork(found.state, onUnknown) && isAllGiven(found, matches));
  refuseDoubling(isResumed, matches);
  const numbers = numberInputs(given, isResumed, matches);
  const inputs: PriorKnowledge[] = [];
  for (const one of given) {
    const own = { number: numbers.get(one) ?? 0, isResumed };
    inputs.push(await knowledgeOf(one, matches.get(one) ?? [], own));
  }
  const open = isResumed ? [...isResumed.state.open.values()] : [];
  return {
    isResumed,
    inputs,
    adopted: open.filter(({ taken }) => taken === 'yes'),
    lost: open.filter(isLost),
  };
}

/** Rows that are to be sent once more belong to the run that has them in doubt, and so do their rejects. */
function hasWork(state: RunState, onUnknown: 'stop' | 'resend'): boolean {
  return !isFinished(state) || (onUnknown === 'resend' && hasDoubts(state));
}

/** On its way when its process died, and sending it again could double rows. */
function isLost({ taken, withoutId }: OpenChunk): boolean {
  return taken === 'maybe' && withoutId > 0;
}

/** An input of an earlier run that is one of those given now. */
interface Match {
  found: FoundRun;
  number: number;
  earlier: RunInput;
}

/** A run started with `--again` supersedes earlier ones. */
async function findMatches({ input, head }: GivenInput, inputs: PriorInputs): Promise<Match[]> {
  const matches: Match[] = [];
  let known: KnownRange[] = [];
  for (const candidate of inputs.beginningOf(head)) {
    const { found, number, earlier } = candidate;
    if (isOldNews(candidate, known)) continue;
    if (!(await holdsRanges(input, knownPieces(found.state, number)))) continue;
    matches.push({ found, number, earlier });
    known = earlier.ranges.reduce(addRange, known);
    if (found.state.start.again) return matches;
  }
  return matches;
}

/** Nothing can be learned of a finished run when newer ones know it all: its bytes need not be read once more. */
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

/** An interrupted run whose input stands under a path given now, but with other bytes, would lose rows. */
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
 * An interrupted run that cannot go on, since not all its inputs are given, may have delivered rows of those that are.
 * Where they carry ids they are sent again; else only the run itself can tell.
 */
function refuseDoubling(
  isResumed: FoundRun | undefined,
  matches: ReadonlyMap<GivenInput, readonly Match[]>,
): void {
  for (const [{ input }, found] of matches) {
    for (const {
      found: { run, state },
      number,
    } of found) {
      if (run === isResumed?.run) continue;
      const doubtful = [...state.open.values()].filter((open) => isLost(open) || isGiven(open));
      if (!doubtful.some(({ pieces }) => pieces.some((piece) => piece.input === number))) continue;
      throw new Failure('local', `run ${run} may have delivered rows of ${input.path}, and is not finished`, {
        hint: `go on with it ("scarf-cli runs resume ${run}") or give it up ("scarf-cli runs forget ${run}")`,
      });
    }
  }
}

function isGiven({ taken, withoutId }: OpenChunk): boolean {
  return taken === 'yes' && withoutId > 0;
}

/** A run can go on when whatever it has not finished is among the inputs given. */
function isAllGiven({ run, state }: FoundRun, matches: ReadonlyMap<GivenInput, readonly Match[]>): boolean {
  const numbers = [...matches.values()].flat().filter(({ found }) => found.run === run);
  const given = new Set(numbers.map(({ number }) => number));
  return (
    given.size > 0 &&
    [...state.inputs.keys()].every((number) => given.has(number) || isInputFinished(state, number))
  );
}

/** Inputs keep the numbers that the ledger knows them by, those under their old path first; new ones get the next. */
function numberInputs(
  given: readonly GivenInput[],
  isResumed: FoundRun | undefined,
  matches: ReadonlyMap<GivenInput, readonly Match[]>,
): Map<GivenInput, number> {
  const numbers = new Map<GivenInput, number>();
  const used = new Set<number>();
  const known = given.flatMap((one) => {
    const match = matches.get(one)?.find(({ found }) => found.run === isResumed?.run);
    return match ? [{ one, number: match.number, isSamePath: match.earlier.path === one.absolutePath }] : [];
  });
  for (const { one, number } of known.sort((a, b) => Number(b.isSamePath) - Number(a.isSamePath))) {
    if (used.has(number)) continue;
    used.add(number);
    numbers.set(one, number);
  }
  let next = isResumed ? Math.max(-1, ...isResumed.state.inputs.keys()) + 1 : 0;
  for (const one of given) if (!numbers.has(one)) numbers.set(one, next++);
  return numbers;
}

async function knowledgeOf(
  given: GivenInput,
  matches: readonly Match[],
  { number, isResumed }: { number: number; isResumed: FoundRun | undefined },
): Promise<PriorKnowledge> {
  let known: KnownRange[] = [];
  for (const { earlier } of matches) known = earlier.ranges.reduce(addRange, known);
  const own = isResumed?.state.inputs.get(number)?.ranges ?? [];
  const isFromPriorRun = known.some(
    (range) => !own.some(({ from, to }) => from <= range.from && range.to <= to),
  );
  const end = coveredTo(known);
  const last = matches.find(({ earlier }) => earlier.bytes === end);
  if (!last) return { number, known, isFromPriorRun };
  const following = await bytesAt(given.input, end, 2);
  if (following.length > 0) {
    refuseGrownRow(given, last.earlier, following);
    return { number, known, isFromPriorRun };
  }
  const { run, state } = last.found;
  const delivered = { run, at: state.ended?.at ?? state.start.startedAt };
  return { number, known, isFromPriorRun, endsAt: end, delivered };
}

/** The last row had no line end when it was delivered. If it has grown since, what was sent was half a row. */
function refuseGrownRow(given: GivenInput, { openTail }: RunInput, following: Uint8Array): void {
  const text = Buffer.from(following).toString('latin1');
  if (openTail === undefined || text.startsWith('\n') || text.startsWith('\r\n')) return;
  throw new Failure(
    'local',
    `${given.input.path}:${openTail.line} was delivered as the last row and has grown since`,
    {
      hint: 'the row was sent before it was whole; send the file once more with --again when rows carry ids, or as another delivery with --salt',
    },
  );
}
