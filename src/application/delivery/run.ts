/** A delivery from settings to exit code: wiring, the run itself, and its report. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { closeAll } from '../../concurrency.ts';
import type { Input } from '../../contracts/input.ts';
import { nameRun } from '../../delivery/ledger/ledger.ts';
import { touchRun } from '../../delivery/ledger/run-catalog.ts';
import type { OutputDecisions } from '../../delivery/outputs/owned-files.ts';
import { openSession, type Finished } from '../../delivery/resume/session.ts';
import type { GivenInput } from '../../delivery/resume/prior-runs.ts';
import type { LockSet } from '../../disk/lock/lock-set.ts';
import { guardPaths, type PathClaim } from '../../disk/output/path-claims.ts';
import { asFailure, Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { stateDirectory } from '../../settings/state-directory.ts';
import { openFound } from '../../sources/inputs.ts';
import { claimsOfInputs, claimsOfOptions } from '../claims.ts';
import type { Context } from '../context.ts';
import { remoteOutputs } from '../remote-outputs.ts';
import { waitJitter } from '../jitter.ts';
import { openStorage, type RunStorage, type StorageParts } from '../storage.ts';
import { watchCommandOf } from './command-line.ts';
import { findRejects, namedAsAsked, recorded } from './conclude.ts';
import { deliverSession } from './deliver-session.ts';
import { dryRun } from './dry-run.ts';
import { identifyInputs, lockInputs, openSpools, type SpooledInputs } from './setup/inputs.ts';
import { openHttp, targetContext, observedClient } from './setup/target-context.ts';
import { checkOutputs, outputLocks } from './setup/outputs.ts';
import { askedRejects, headersByKind, namesOfMore, type AskedRejects } from './setup/rejects-location.ts';
import { claimsOfMoreRejects, claimsOfRejectsIn, decideAsked, runPathsOf } from './setup/run-paths.ts';
import { ForcedEnd } from './forced-end.ts';
import { timeZoneOf } from '../../shaping/reshape/options.ts';
import { recipeOf } from './setup/recipe.ts';
import { startOf } from './setup/run-start.ts';
import { createRowMaker, readMapFileText, type ReadableInput } from './setup/rows.ts';
import { inputFinder } from './setup/find.ts';
import { chooseInputs, makeShares, shardOf } from './setup/shares.ts';
import type { RunPart } from '../../delivery/ledger/records.ts';
import { DeliveryReporter } from './reporter.ts';
import { threadsOf, type ThreadPool } from './threads/thread-pool.ts';
import type { DeliveryCommand, Given, RunParts } from './run-parts.ts';

/** Runs a delivery and resolves to the exit code. A failure before the first row is reported too. */
export async function runDelivery(
  command: DeliveryCommand,
  {
    machine,
    interruption,
    observer,
    version,
  }: Pick<Context, 'machine' | 'interruption' | 'observer'> & Partial<Pick<Context, 'version'>>,
): Promise<number> {
  machine.boundHeap();
  const settings = command.settings.values;
  const report = new DeliveryReporter({
    command: command.command,
    vendor: command.vendor,
    settings,
    machine,
    interruption,
    observer,
    version,
    watch: watchCommandOf(command),
  });
  const forcedEnd = new ForcedEnd(report, interruption);
  const { signal } = interruption;
  const warn: StorageParts['warn'] = (notice) => report.emit({ type: 'warned', ...notice });
  const storage = openStorage({ settings, machine, signal, warn });
  interruption.setLastWord((why) => forcedEnd.end(why));
  try {
    return await runReported(command, { settings, report, forcedEnd, machine, interruption, storage });
  } catch (error) {
    return await report.failed(asFailure(error));
  } finally {
    await storage.close();
  }
}

type DeliveryContext = Pick<RunParts, 'settings' | 'report' | 'forcedEnd' | 'machine' | 'interruption'> & {
  storage: RunStorage;
};

async function runReported(
  command: DeliveryCommand,
  { settings: asked, report, forcedEnd, machine, interruption, storage }: DeliveryContext,
): Promise<number> {
  const { objects } = storage;
  const onlyLooks = command.check !== undefined || asked.dryRun;
  const keeps = asked.ledger && !onlyLooks;
  const remote = remoteOutputs(asked, { names: ['rejects', 'output'], keeps, objects, machine });
  const { settings } = remote;
  const shard = shardOf({ command, settings, machine });
  if (shard !== undefined) report.isPart({ ...shard, list: null, recipe: null });
  const finding = inputFinder({
    patterns: command.patterns,
    settings,
    isDivided: shard !== undefined,
    mayBeNone: command.resumes !== undefined,
    objects,
    machine,
    signal: interruption.signal,
  });
  // A list may come by a pipe that stays silent.
  const find = await interruption.unlessInterrupted(finding);
  let found = await find();
  await guardPaths(await claimsOf(command, found.paths, machine), settings);
  report.allowFile();
  await machine.trace.pathsAreGuarded();
  if ((settings.jitter ?? 0) > 0 && found.problem === undefined) {
    await waitJitter(settings, { machine, interruption });
    // Files may have come and gone.
    found = await find();
    await guardPaths(await claimsOf(command, found.paths, machine), settings);
  }
  if (found.problem) throw found.problem;
  if (settings.overwrite && settings.append)
    throw new Failure('usage', '--overwrite and --append cannot be used together');
  await remote.check();
  const { hasRowsOnStdout } = await checkOutputs(settings, machine.workingDirectory);
  if (hasRowsOnStdout) report.keepStdoutForRows();
  const reading = readMapFileText(settings.mapFile, machine.workingDirectory, interruption.signal);
  const mapFile = await interruption.unlessInterrupted(reading);
  const { values } = command.settings;
  const recipe = recipeOf(command.vendor.name, { specs: command.specs, values, mapFile });
  const client = openHttp(command.vendor, values, machine);
  const http = observedClient(client, (bytes) => report.emit({ type: 'request-made', bytes }));
  const inputs: Input[] = [];
  let scratch: string | undefined;
  let helpers: ThreadPool | undefined;
  try {
    const context = targetContext(http, machine, () => stateDirectory(machine, settings.stateDir));
    const target = await command.vendor.createTarget(values, context);
    // Before anything is read: a pipe is read only once.
    if (!onlyLooks) target.checkCredentials?.();
    const threads = threadsOf({ threads: settings.threads, parts: shard?.of }, machine);
    const rowMaker = createRowMaker({
      target,
      recipe: recipe.digest,
      nowMs: machine.now(),
      now: () => machine.now(),
      settings,
      mapFile,
      countsDays: settings.html !== undefined,
      threads,
    });
    helpers = rowMaker.threads;
    report.useTimeZone(timeZoneOf(settings, mapFile));
    const run = nameRun(machine, recipe.digest);
    const paths = runPathsOf(settings, { run, keeps: !onlyLooks }, machine);
    if (onlyLooks) scratch = paths.spool;
    inputs.push(
      ...(await openFound(found.paths, machine, {
        spoolDirectory: paths.spool,
        encoding: settings.encoding,
        objects,
        threads,
      })),
    );
    for (const { sourceBytes = 0 } of inputs) helpers?.expect(sourceBytes / (shard?.of ?? 1));
    const spooled = await openSpools(command.resumes);
    inputs.push(...spooled.keys());
    await report.startShowing(paths.run, target);
    const parts: RunParts = {
      command,
      settings,
      outputs: remote,
      recipe,
      target,
      rowMaker,
      paths,
      report,
      forcedEnd,
      machine,
      interruption,
      remembered: settings.html === undefined ? undefined : [],
    };
    if (!onlyLooks) return await deliverInputs(inputs, spooled, parts);
    return await interruption.unlessInterrupted(
      dryRun(inputs, parts, { show: command.check?.show ?? 0, guardMore }),
    );
  } finally {
    report.stopShowing();
    await closeAll([
      ...inputs.map((input) => () => input.close()),
      () => helpers?.close(),
      () => http.close(),
      () => remote.close(),
      // An abandoned pipe may still be writing its spool.
      () =>
        scratch === undefined ? undefined : rm(scratch, { recursive: true, force: true, maxRetries: 3 }),
    ]);
  }
}

/** All paths of the run. */
async function claimsOf(
  { specs, settings: { values, secretFiles = [] } }: DeliveryCommand,
  paths: readonly string[],
  machine: Machine,
): Promise<PathClaim[]> {
  return [
    ...(await claimsOfOptions({ specs, values, secretFiles, machine })),
    ...(await claimsOfInputs(paths, machine)),
    ...claimsOfRejectsIn(values.rejects, paths, machine),
  ];
}

async function deliverInputs(
  inputs: readonly Input[],
  spooled: SpooledInputs,
  parts: RunParts,
): Promise<number> {
  const { interruption, machine, paths, settings } = parts;
  // A pipe may be silent for hours.
  const chosen = await interruption.unlessInterrupted(chooseInputs(inputs, parts));
  const { shares, duplicates, part } = chosen;
  const readable = await interruption.unlessInterrupted(makeShares(chosen, parts.rowMaker));
  if (part !== undefined) parts.report.isPart({ ...part, recipe: parts.recipe.digest });
  const spoolOf = (input: Input) => join(paths.spool, String(inputs.indexOf(input)));
  const { workingDirectory } = machine;
  const given = await interruption.unlessInterrupted(
    identifyInputs(shares, { workingDirectory, spoolOf, spooled }),
  );
  const locks = await lockAll(given, { readable, part }, parts);
  try {
    const start = startOf(parts, part);
    let asked: AskedRejects | undefined;
    let decisions: OutputDecisions = new Map();
    const opening = await openSession({
      stateDirectory: paths.stateDirectory,
      start,
      given,
      onUnknown: settings.onUnknown,
      machine,
      emit: parts.report.emit,
      remembered: parts.remembered,
      beforeBegin: async (prior) => {
        asked = await askedRejects(prior, readable, parts);
        await guardMore(asked, inputs, parts);
        decisions = await decideAsked(prior, asked, parts);
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

/** Files of rejects beside the one that was named have one role, too. Throws a Failure `usage`. */
async function guardMore(
  asked: AskedRejects | undefined,
  inputs: readonly Input[],
  { command, machine }: RunParts,
): Promise<void> {
  const more = asked === undefined ? [] : claimsOfMoreRejects(asked);
  if (more.length === 0) return;
  const paths = inputs.map(({ path }) => path);
  await guardPaths([...(await claimsOf(command, paths, machine)), ...more], { overwrite: true });
}

/** Inputs and outputs. */
async function lockAll(
  given: readonly GivenInput[],
  { readable, part }: { readable: readonly ReadableInput[]; part: RunPart | undefined },
  { paths, recipe, settings, machine }: RunParts,
): Promise<LockSet | undefined> {
  const { stateDirectory, run } = paths;
  if (stateDirectory === undefined) return undefined;
  const inputPaths = given.map(({ input }) => input.path);
  const outputs = await outputLocks(settings, machine.workingDirectory, {
    inputPaths,
    namesOfMore: (path) => namesOfMore(path, readable),
  });
  return lockInputs(given, { stateDirectory, run, recipe: recipe.digest, part, outputs, machine });
}

/** Everything was delivered before: repeats the outcome and sends nothing. */
async function repeatOutcome(
  { run, at, plan, ...left }: Finished,
  { given, readable, duplicates }: Given,
  parts: RunParts,
): Promise<number> {
  const { report, paths, machine } = parts;
  await parts.outputs.publish();
  report.emitInputs(plan, given);
  report.emit({ type: 'already-delivered', run, at });
  report.emit({ type: 'delivery-ended', unsent: 0 });
  // What cannot be noted makes the run look older than it is, and no more.
  if (paths.stateDirectory !== undefined)
    await touchRun(paths.stateDirectory, run, machine.now()).catch(() => undefined);
  const found = await findRejects(left, headersByKind(readable));
  const rejects = namedAsAsked(found, parts);
  return report.end({ end: undefined, duplicates, rejects, run, recorded: () => recorded(run, parts) });
}
