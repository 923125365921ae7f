/** Detects inputs already delivered with other options, whose rows would arrive twice in different shapes. */
import { Failure } from '../../failure.ts';
import type { FoundRun } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/records.ts';
import { isFinished, knownPieces, type RunInput } from '../ledger/run-state.ts';
import { hasHead, identify, stillHolds } from './input-identity.ts';
import type { GivenInput } from './matches.ts';

type RunStart = Pick<
  Extract<LedgerRecord, { type: 'run' }>,
  'recipe' | 'recipeParts' | 'vendor' | 'endpoint' | 'again'
>;

/** The delivery about to start. */
interface Asked {
  start: RunStart;
  given: readonly GivenInput[];
}

/** A difference in one of these intentionally makes another delivery. */
const ELSEWHERE = ['owner', 'apiUrl', 'salt', 'command'];

/** Other routes to the same destination: rows sent by one arrive for all. */
const OTHER_WAYS = ['api', 'agentId', 'pathPrefix'];

/**
 * Throws a Failure `usage` that names the difference, unless the command allows it (`--again`, `--salt`) or a run
 * with the same options knows the input.
 */
export async function refuseOtherRecipe(runs: readonly FoundRun[], { start, given }: Asked): Promise<void> {
  if (start.again) return;
  const valid = runs.filter(({ state }) => !state.forgotten);
  const ours = new HeadIndex(valid.filter(({ state }) => state.start.recipe === start.recipe));
  const others = valid.filter(({ state }) => differenceOf(state.start, start) !== undefined);
  const unfinished = new HeadIndex(others.filter(({ state }) => !isFinished(state)));
  const finished = new HeadIndex(
    others.filter(({ state }) => isFinished(state) && isSameDestination(state.start, start)),
  );
  for (const one of given) {
    for (const { found, input } of unfinished.beginningOf(one.head)) {
      throw refusal(found, start, { input, wasPart: true });
    }
    if (ours.beginningOf(one.head).length > 0) continue;
    for (const { found, number, input } of finished.beginningOf(one.head)) {
      if (!hasArrived(input)) continue;
      if (!(await stillHolds(one.input, input, knownPieces(found.state, number)))) continue;
      throw refusal(found, start, { input, wasPart: false });
    }
  }
}

/** An input whose rows were all rejected has not arrived: other options may help. */
export function hasArrived({ ranges }: Pick<RunInput, 'ranges'>): boolean {
  return ranges.some(({ outcome }) => outcome.accepted + outcome.unknown > 0);
}

function refusal(
  { run, state }: FoundRun,
  start: RunStart,
  { input, wasPart }: { input: RunInput; wasPart: boolean },
): Failure {
  const difference = differenceOf(state.start, start) ?? '';
  const words = `${input.path} was ${wasPart ? 'partly ' : ''}delivered by run ${run} with other options: ${difference}`;
  const hint = wasPart
    ? `finish it with the options of that run ("scarf-cli runs show ${run}"), give it up ("scarf-cli runs forget ${run}"), or make this another delivery with --salt`
    : 'its rows would arrive twice: give the same options as then, or, if that is meant, --again, or --salt TEXT for another delivery; rows that were rejected are in the file of rejects, which is an input of its own';
  return new Failure('usage', words, { hint });
}

function isSameDestination(earlier: RunStart, now: RunStart): boolean {
  if (earlier.endpoint === now.endpoint) return true;
  return namesOfDifference(earlier, now).some((name) => OTHER_WAYS.includes(name));
}

/**
 * The options in which two deliveries to the same destination differ, as text; undefined when they do not differ, or when
 * an option says that another delivery is meant.
 */
export function differenceInOptions(earlier: RunStart, now: RunStart): string | undefined {
  return isSameDestination(earlier, now) ? differenceOf(earlier, now) : undefined;
}

/** Describes how two recipes differ; undefined when they are equal or have different destinations. */
function differenceOf(earlier: RunStart, now: RunStart): string | undefined {
  if (earlier.recipe === now.recipe || earlier.vendor !== now.vendor) return undefined;
  const { recipeParts: before } = earlier;
  const { recipeParts: after } = now;
  const names = namesOfDifference(earlier, now);
  if (names.length === 0 || names.some((name) => ELSEWHERE.includes(name))) return undefined;
  return names.map((name) => `${name} was ${wordFor(before[name])}, is ${wordFor(after[name])}`).join('; ');
}

function namesOfDifference({ recipeParts: before }: RunStart, { recipeParts: after }: RunStart): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
}

function wordFor(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}

interface IndexedInput {
  found: FoundRun;
  number: number;
  input: RunInput;
}

/**
 * Inputs of which runs have handed anything over, indexed by how they start: there may be thousands on both sides.
 */
class HeadIndex {
  /** By length of the head, then by its digest. */
  readonly #byLength = new Map<number, Map<string, IndexedInput[]>>();

  constructor(runs: readonly FoundRun[]) {
    for (const found of runs) {
      for (const [number, input] of found.state.inputs) {
        if (input.headBytes === 0 || knownPieces(found.state, number).length === 0) continue;
        const digests = this.#byLength.get(input.headBytes) ?? new Map<string, IndexedInput[]>();
        this.#byLength.set(input.headBytes, digests);
        const same = digests.get(input.headDigest) ?? [];
        digests.set(input.headDigest, [...same, { found, number, input }]);
      }
    }
  }

  /** Inputs that are a possible beginning of one that starts with `head`. */
  beginningOf(head: Uint8Array): IndexedInput[] {
    return [...this.#byLength].flatMap(([length, digests]) => {
      if (length > head.length) return [];
      const { headDigest } = identify(head.subarray(0, length));
      return (digests.get(headDigest) ?? []).filter(({ input }) => hasHead(head, input));
    });
  }
}
