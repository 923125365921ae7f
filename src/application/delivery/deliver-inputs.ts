/** Delivers the inputs of a run that sends: takes its locks, finds what prior runs know, and sends the rest. */
import { join } from 'node:path';
import type { Input } from '../../contracts/input.ts';
import type { RunPart } from '../../delivery/ledger/records.ts';
import { touchRun } from '../../delivery/ledger/run-catalog.ts';
import type { OutputDecisions } from '../../delivery/outputs/owned-files.ts';
import type { GivenInput } from '../../delivery/resume/matches.ts';
import { openSession, type Finished } from '../../delivery/resume/session.ts';
import type { Machine } from '../../machine.ts';
import type { LockSet } from '../../disk/lock/lock-set.ts';
import { findRejects, withRequestedNames, recorded } from './end/conclude.ts';
import { deliverSession } from './deliver-session.ts';
import type { RunInputs, ResolvedDelivery, RunParts } from './run-parts.ts';
import { guardRejects } from './setup/inputs/guard.ts';
import { identifyInputs, lockInputs, type SpooledInputs } from './setup/inputs/inputs.ts';
import { outputLocks } from './setup/outputs.ts';
import {
  requestedRejects,
  headersByKind,
  furtherRejectsNames,
  type RequestedRejects,
} from './setup/rejects-location.ts';
import type { ReadableInput } from './setup/rows.ts';
import { decideRequested } from './setup/run-paths.ts';
import { startOf } from './setup/run-start.ts';
import { chooseInputs, makeShares } from './setup/inputs/shares.ts';

/** Resolves to the exit code. The caller closes the inputs. */
export async function deliverInputs(
  inputs: readonly Input[],
  spooled: SpooledInputs,
  parts: RunParts,
): Promise<number> {
  const { resolved, context, rowMaker } = parts;
  const { command, paths, recipe, settings } = resolved;
  const { interruption, machine, report } = context;
  // A pipe may be silent for hours.
  const choosing = chooseInputs(inputs, { command, settings, machine, rowMaker });
  const chosen = await interruption.unlessInterrupted(choosing);
  const { shares, duplicates, part } = chosen;
  const readable = await interruption.unlessInterrupted(makeShares(chosen, rowMaker));
  if (part !== undefined) report.setPart({ ...part, recipe: recipe.digest });
  const spoolOf = (input: Input) => join(paths.spool, String(inputs.indexOf(input)));
  const { workingDirectory } = machine;
  const given = await interruption.unlessInterrupted(
    identifyInputs(shares, { workingDirectory, spoolOf, spooled }),
  );
  const locks = await lockAll(given, { readable, part }, { resolved, machine });
  try {
    const start = startOf(parts, part);
    let asked: RequestedRejects | undefined;
    let decisions: OutputDecisions = new Map();
    const opening = await openSession({
      stateDirectory: paths.stateDirectory,
      start,
      given,
      onUnknown: settings.onUnknown,
      machine,
      emit: report.emit,
      remembered: parts.remembered,
      beforeBegin: async (prior) => {
        asked = await requestedRejects(prior, readable, parts);
        await guardRejects(asked, inputs, parts);
        decisions = await decideRequested(prior, asked, parts);
      },
    });
    if (opening.kind === 'finished')
      return await repeatOutcome(opening.finished, { given, readable, duplicates }, parts);
    return await deliverSession(
      opening.session,
      { given, readable, duplicates, locks },
      { ...parts, decisions, asked },
    );
  } finally {
    await locks?.release();
  }
}

/** Inputs and outputs. */
async function lockAll(
  given: readonly GivenInput[],
  { readable, part }: { readable: readonly ReadableInput[]; part: RunPart | undefined },
  { resolved, machine }: { resolved: ResolvedDelivery; machine: Machine },
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
  report.emit({ type: 'delivery-ended', unsent: 0 });
  // What cannot be noted makes the run look older than it is, and no more.
  if (stateDirectory !== undefined) await touchRun(stateDirectory, run, machine.now()).catch(() => undefined);
  const found = await findRejects(left, headersByKind(readable));
  const rejects = withRequestedNames(found, parts);
  return report.end({ end: undefined, duplicates, rejects, run, recorded: () => recorded(run, parts) });
}
