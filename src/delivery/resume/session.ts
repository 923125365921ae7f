/**
 * Prepares a delivery: looks up what prior runs know, resumes an interrupted run or starts a new one, and opens its
 * ledger.
 */
import type { Emit } from '../../events.ts';
import type { Machine } from '../../machine.ts';
import { addRange, doubtOf, type KnownRange } from '../ledger/ranges.ts';
import { damagedSuffix, refuseDamaged, setAside, type DamagedRun } from '../ledger/damaged-run.ts';
import type { Piece, JobReport } from '../../records.ts';
import { identify } from './input-identity.ts';
import type { FileLengths, LedgerRecord, OwnedFiles, RejectsKinds } from '../ledger/records.ts';
import {
  createLedger,
  findRuns,
  inMemoryLedger,
  reopenLedger,
  type FoundRun,
  type Ledger,
} from '../ledger/ledger.ts';
import { refuseOtherRecipe } from './other-recipes.ts';
import { isDone, planInput, type PlannedInput } from './plan.ts';
import { isFinished, mayOweReplies, type OpenChunk, type RunState } from '../ledger/run-state.ts';
import { refuseOtherList } from './parts.ts';
import type { GivenInput } from './matches.ts';
import { findPriorRuns, type PriorRuns } from './prior-runs.ts';

type RunStart = Extract<LedgerRecord, { type: 'run' }>;

export interface SessionOptions {
  /** Where runs are kept; undefined: no ledger is read or written. */
  stateDirectory: string | undefined;
  /** Description of the run; its name is used when a new run starts. */
  start: Omit<RunStart, 'type' | 'schema' | 'startedAt'>;
  given: readonly GivenInput[];
  onUnknown: 'stop' | 'resend';
  machine: Machine;
  emit: Emit;
  /** Takes the records of the run where no ledger is written. */
  remembered?: LedgerRecord[] | undefined;
  /** Called once the plan is known and before anything is recorded. What it throws ends `openSession`. */
  beforeBegin?: (prior: Prior) => Promise<void>;
}

/** State at the start of a session. */
export interface Prior {
  plan: readonly PlannedInput[];
  /** The resumed run. */
  resumed: FoundRun | undefined;
  /** All runs of the recipe. */
  runs: readonly FoundRun[];
  /** All runs on disk but the resumed one, whatever they deliver. */
  others: readonly FoundRun[];
}

export interface Session {
  ledger: Ledger;
  /** An earlier run is resumed, and its files are continued. */
  isResumed: boolean;
  plan: PlannedInput[];
  adopted: OpenChunk[];
  lost: OpenChunk[];
  /**
   * Rows that earlier requests may already have delivered: all with `--again`, otherwise those being sent when an
   * earlier process died.
   */
  sentBefore: 'all' | Piece[];
  /** Ids of the jobs that ended in earlier processes of the run. */
  endedJobs: string[];
  nextChunk: number;
  files: FileLengths;
  owned: OwnedFiles;
  rejectsKinds: RejectsKinds;
  /** Jobs that ended in earlier processes of the run. */
  jobs: readonly JobReport[];
}

/** Everything was delivered before: there is nothing to send. */
export interface Finished {
  run: string;
  at: string;
  plan: PlannedInput[];
  files: FileLengths;
  owned: OwnedFiles;
  rejectsKinds: RejectsKinds;
}

export type Opening = { kind: 'open'; session: Session } | { kind: 'finished'; finished: Finished };

/**
 * Opens the session of a command. The caller holds the locks of its inputs and closes the ledger. Throws a Failure
 * `usage` or `local` when the inputs cannot be delivered safely or the ledger cannot be written.
 */
export async function openSession(options: SessionOptions): Promise<Opening> {
  const { stateDirectory, start, given } = options;
  const stored = stateDirectory === undefined ? nothingStored : await findRuns(stateDirectory);
  await setDamagedAside(stored.damaged, options);
  await refuseOtherRecipe(stored.runs, options);
  const { recipe, part } = start;
  refuseOtherList(stored.runs, {
    recipe,
    part,
    paths: new Set(given.map(({ absolutePath }) => absolutePath)),
  });
  const runs = priorRuns(stored.runs, start);
  const known = await findPriorRuns(given, { runs, onUnknown: options.onUnknown, part });
  const { plan, elsewhere } = planAll(known, given, options.onUnknown);
  const owesReplies = known.resumedRun !== undefined && mayOweReplies(known.resumedRun.state);
  const finished = isDone(plan, elsewhere) && !owesReplies ? finishedBy(known, plan, runs) : undefined;
  if (finished) return { kind: 'finished', finished };

  const { resumedRun: resumed } = known;
  const others = stored.runs.filter(({ run }) => run !== resumed?.run);
  await options.beforeBegin?.({ plan, resumed, runs, others });

  const ledger = known.resumedRun ? await reopenLedger(known.resumedRun) : await beginLedger(options);
  const at = new Date(options.machine.now()).toISOString();
  if (known.resumedRun) await ledger.append({ type: 'resumed', at });
  options.machine.faultPoint('begun');
  await recordInputs(ledger, { known, plan, given });
  options.machine.faultPoint('inputs-recorded');
  const state: Partial<RunState> = known.resumedRun?.state ?? {};
  const { jobs = [], nextChunk = 1, files = {}, owned = {}, rejectsKinds = {} } = state;
  const session: Session = {
    ledger,
    isResumed: known.resumedRun !== undefined,
    plan,
    adopted: known.adopted,
    lost: known.lost,
    sentBefore: start.again ? 'all' : onTheirWay(known),
    endedJobs: jobs.map(({ id }) => id),
    ...{ nextChunk, files, owned, rejectsKinds, jobs },
  };
  return { kind: 'open', session };
}

const nothingStored = { runs: [], damaged: [] };

/** Warns once, when a damaged ledger is set aside; refuses each time to deliver inputs that it may cover. */
async function setDamagedAside(
  damaged: readonly DamagedRun[],
  { start, given, emit }: SessionOptions,
): Promise<void> {
  for (const one of damaged) {
    if (!(await setAside(one))) continue;
    const { message, hint } = one.problem;
    const told = `${message}: it was set aside, as ${one.path}${damagedSuffix}`;
    emit({ type: 'warned', code: 'damaged-ledger', message: told, ...(hint === undefined ? {} : { hint }) });
  }
  refuseDamaged(damaged, given, start.recipe);
}

function onTheirWay({ resumedRun }: PriorRuns): Piece[] {
  const open = [...(resumedRun?.state.open.values() ?? [])];
  return open.filter(({ taken }) => taken === 'maybe').flatMap(({ pieces }) => pieces);
}

/** `--again` starts a new run unless one was interrupted. */
function priorRuns(runs: readonly FoundRun[], { recipe, again }: SessionOptions['start']): FoundRun[] {
  const ours = runs.filter(({ state }) => state.start.recipe === recipe);
  return again ? ours.filter(({ state }) => state.start.again && !isFinished(state)) : ours;
}

function planAll(
  { inputs, adopted, lost }: PriorRuns,
  given: readonly GivenInput[],
  onUnknown: 'stop' | 'resend',
): { plan: PlannedInput[]; elsewhere: OpenChunk[] } {
  const isResent = onUnknown === 'resend';
  const elsewhere = [...adopted, ...(isResent ? [] : lost)];
  const plan = inputs.map(({ number, known, endsAt }, index) =>
    planInput(number, isResent ? doubtsOf(lost, number).reduce(addRange, known) : known, {
      elsewhere,
      onUnknown,
      span: given[index]?.span,
      ...(endsAt === undefined ? {} : { endsAt }),
    }),
  );
  return { plan, elsewhere };
}

/** Rows that were being sent when a process died are put on record as in doubt before they are sent again. */
function doubtsOf(lost: readonly OpenChunk[], number: number): KnownRange[] {
  const pieces = lost.flatMap((open) => open.pieces).filter(({ input }) => input === number);
  return pieces.map((piece) => ({
    ...piece.range,
    nextLine: piece.nextLine,
    outcome: doubtOf(piece),
    inDoubt: true,
    harmless: false,
  }));
}

function finishedBy(
  { inputs }: PriorRuns,
  plan: PlannedInput[],
  runs: readonly FoundRun[],
): Finished | undefined {
  const deliveries = inputs.map(({ delivered }) => delivered).filter((delivered) => delivered !== undefined);
  const last = deliveries.sort((one, other) => (one.run < other.run ? 1 : -1))[0];
  if (!last) return undefined;
  const { files = {}, owned = {}, rejectsKinds = {} } = runs.find(({ run }) => run === last.run)?.state ?? {};
  return { ...last, plan, files, owned, rejectsKinds };
}

async function beginLedger(options: SessionOptions): Promise<Ledger> {
  const { stateDirectory, start, machine, remembered } = options;
  const startedAt = new Date(machine.now()).toISOString();
  const first: RunStart = { type: 'run', schema: 1, startedAt, ...start };
  if (stateDirectory !== undefined) return createLedger(stateDirectory, first);
  remembered?.push(first);
  return inMemoryLedger(start.run, remembered);
}

/** Records everything known of the inputs, so that later runs need not read older ledgers. */
async function recordInputs(
  ledger: Ledger,
  { known, plan, given }: { known: PriorRuns; plan: readonly PlannedInput[]; given: readonly GivenInput[] },
): Promise<void> {
  const records: LedgerRecord[] = [];
  for (const [index, { head, input, absolutePath, spool, span }] of given.entries()) {
    const { number = index, isFromPriorRun = false, known: ranges = [] } = known.inputs[index] ?? {};
    if (known.resumedRun?.state.inputs.has(number) !== true) {
      const path = absolutePath ?? input.path;
      const kept = { ...(spool === undefined ? {} : { spool }), ...(span === undefined ? {} : { span }) };
      const identity = {
        ...identify(head),
        ...(input.version === undefined ? {} : { version: input.version }),
      };
      records.push({ type: 'input', input: number, path, kind: input.kind, ...kept, ...identity });
    }
    if (!isFromPriorRun) continue;
    const end = plan[index]?.end;
    const bytes = end === undefined ? {} : { bytes: end };
    records.push({ type: 'inherited', input: number, ranges, ...bytes });
  }
  // Appended together, so that they share a sync: there may be thousands.
  await Promise.all(records.map((record) => ledger.append(record)));
}
