/** Delivers the inputs of a run that sends: takes its locks, finds what prior runs know, and sends the rest. */
import { join } from 'node:path';
import type { Input } from '../../contracts/input.ts';
import type { RunPart } from '../../delivery/ledger/records.ts';
import { touchRun } from '../../delivery/ledger/catalog/run-catalog.ts';
import type { OutputDecisions } from '../../delivery/outputs/owned-files.ts';
import { openSession, type Finished, type Opening, type Prior } from '../../delivery/resume/session.ts';
import type { LockSet } from '../../disk/lock/lock-set.ts';
import { Failure } from '../../failure.ts';
import { findRejects, withRequestedNames, recorded } from './end/conclude.ts';
import { deliverSession } from './deliver-session.ts';
import type { DeliveryCommand, RunInputs, RunParts } from './run-parts.ts';
import { guardRejects } from './setup/inputs/guard.ts';
import { identifyInputs, lockInputs, type SpooledInputs } from './setup/inputs/inputs.ts';
import { outputLocks } from './setup/outputs.ts';
import {
  requestedRejects,
  headersByKind,
  furtherRejectsNames,
  type RequestedRejects,
} from './setup/rejects-location.ts';
import { decideRequested } from './setup/run-paths.ts';
import { emitNotes } from './setup/rows.ts';
import { startOf } from './setup/run-start.ts';
import { chooseInputs, makeShares } from './setup/inputs/shares.ts';

/** Resolves to the exit code. The caller closes the inputs. */
export async function deliverInputs(
  inputs: readonly Input[],
  spooled: SpooledInputs,
  parts: RunParts,
): Promise<number> {
  const identified = await identify(inputs, spooled, parts);
  const locks = await lockAll(identified, parts);
  try {
    const { opening, ...requested } = await openPlanned(inputs, identified, parts);
    if (opening.kind === 'finished') return await repeatOutcome(opening.finished, identified, parts);
    return await deliverSession(opening.session, { ...identified, locks }, { ...parts, ...requested });
  } finally {
    await locks?.release();
  }
}

interface IdentifiedInputs extends RunInputs {
  /** The part of the inputs that this process delivers; undefined: all of them. */
  part: RunPart | undefined;
}

/** Chooses the inputs of this process, finds out how their rows are read, and identifies them by their content. */
async function identify(
  inputs: readonly Input[],
  spooled: SpooledInputs,
  { resolved, context, rowMaker }: RunParts,
): Promise<IdentifiedInputs> {
  const { command, paths, recipe, settings } = resolved;
  const { interruption, machine, report } = context;
  const { workingDirectory } = machine;
  // A pipe may be silent for hours.
  const choosing = chooseInputs(inputs, { command, settings, machine, rowMaker });
  const chosen = await interruption.unlessInterrupted(choosing);
  const { shares, duplicates, part } = chosen;
  const readable = await interruption.unlessInterrupted(makeShares(chosen, rowMaker));
  if (part !== undefined) report.setPart({ ...part, recipe: recipe.digest });
  const spoolOf = (input: Input) => join(paths.spool, String(inputs.indexOf(input)));
  const identifying = identifyInputs(shares, { workingDirectory, spoolOf, spooled });
  const given = await interruption.unlessInterrupted(identifying);
  return { given, readable, duplicates, part };
}

/** Inputs and outputs; undefined: no run is kept that could be locked out. */
async function lockAll(
  { given, readable, part }: IdentifiedInputs,
  { resolved, context: { machine } }: RunParts,
): Promise<LockSet | undefined> {
  const { paths, recipe, settings } = resolved;
  const { stateDirectory, run } = paths;
  if (stateDirectory === undefined) return undefined;
  const inputPaths = given.map(({ input }) => input.path);
  const outputs = await outputLocks(settings, machine.workingDirectory, {
    inputPaths,
    furtherRejectsNames: (path) => furtherRejectsNames(path, readable),
  });
  return lockInputs(given, { stateDirectory, run, recipe: recipe.digest, part, outputs, machine });
}

interface PlannedOpening {
  opening: Opening;
  /** The files for `--rejects`; undefined without it, and when nothing is left to deliver. */
  asked: RequestedRejects | undefined;
  /** What becomes of the files that are there already. */
  decisions: OutputDecisions;
}

/** Plans what is left, and decides on the requested outputs before anything is recorded. */
async function openPlanned(
  inputs: readonly Input[],
  { given, readable, part }: IdentifiedInputs,
  parts: RunParts,
): Promise<PlannedOpening> {
  const { resolved, context, remembered } = parts;
  let asked: RequestedRejects | undefined;
  let decisions: OutputDecisions = new Map();
  const opening = await openSession({
    stateDirectory: resolved.paths.stateDirectory,
    start: startOf(parts, part),
    given,
    onUnknown: resolved.settings.onUnknown,
    machine: context.machine,
    emit: context.report.emit,
    remembered,
    beforeBegin: async (prior) => {
      refuseStrangers(prior, resolved.command);
      asked = await requestedRejects(prior, readable, parts);
      await guardRejects(asked, inputs, parts);
      decisions = await decideRequested(prior, asked, parts);
    },
  });
  return { opening, asked, decisions };
}

/** Refuses to begin another run with files that were given for those of this one. */
function refuseStrangers({ resumed, plan }: Prior, { resumes }: DeliveryCommand): void {
  if (resumes?.isMoved !== true) return;
  const isOurs = resumed?.run === resumes.run && plan.every(({ input }) => resumed.state.inputs.has(input));
  if (isOurs) return;
  throw new Failure('usage', `--input names other files than those of run ${resumes.run}`, {
    hint: `a file is recognized by what it holds; "scarf-cli runs show ${resumes.run}" lists those that it needs`,
  });
}

/** Everything was delivered before: repeats the outcome and sends nothing. */
async function repeatOutcome(
  { run, at, plan, ...left }: Finished,
  { given, readable, duplicates }: RunInputs,
  parts: RunParts,
): Promise<number> {
  const { report, machine } = parts.context;
  const { stateDirectory } = parts.resolved.paths;
  await parts.outputs.publish();
  report.emitInputs(plan, given);
  report.emit({ type: 'already-delivered', run, at });
  emitNotes(readable, report.emit);
  report.emit({ type: 'delivery-ended', unsent: 0 });
  report.emitEnd({ stopped: undefined, openJobs: [] }, duplicates);
  // What cannot be noted makes the run look older than it is, and no more.
  if (stateDirectory !== undefined) await touchRun(stateDirectory, run, machine.now()).catch(() => undefined);
  const found = await findRejects(left, headersByKind(readable));
  const rejects = withRequestedNames(found, parts);
  return report.end({ end: undefined, rejects, run, recorded: () => recorded(run, parts) });
}
