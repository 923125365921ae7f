/** A delivery from settings to exit code: the main path, and what is opened and closed around it. */
import { rm } from 'node:fs/promises';
import { closeAll } from '../../concurrency.ts';
import type { Input } from '../../contracts/input.ts';
import { nameRun } from '../../delivery/ledger/ledger.ts';
import { asFailure, Failure } from '../../failure.ts';
import { refuseForFormats } from '../../settings/effect.ts';
import { stateDirectory } from '../../settings/state-directory.ts';
import type { Shard } from '../../shards/shard.ts';
import { timeZoneOf } from '../../shaping/reshape/options.ts';
import { openFound } from '../../sources/inputs.ts';
import type { RunCaller } from '../context.ts';
import type { DeliverySettings } from '../options/delivery.ts';
import { remoteOutputs, type RemoteOutputs } from '../remote-outputs.ts';
import { openStorage, type RunStorage, type StorageParts } from '../storage.ts';
import { watchCommandOf } from './command-line.ts';
import { deliverInputs } from './deliver-inputs.ts';
import { dryRun } from './dry-run.ts';
import { ForcedEnd } from './end/forced-end.ts';
import { DeliveryReporter } from './reporter.ts';
import type { DeliveryCommand, RunContext, RunParts } from './run-parts.ts';
import { findGuarded } from './setup/inputs/guard.ts';
import { openSpools, type SpooledInputs } from './setup/inputs/inputs.ts';
import { checkOutputs } from './setup/outputs.ts';
import { recipeOf } from './setup/recipe.ts';
import { readMapFileText } from './setup/map-file.ts';
import { RowMaker } from './setup/rows.ts';
import { runPathsOf } from './setup/run-paths.ts';
import { shardOf } from './setup/inputs/shares.ts';
import { observedClient, openHttp, targetContext } from './setup/target-context.ts';
import { threadsOf } from './threads/thread-pool.ts';

/** Runs a delivery and resolves to the exit code. A failure before the first row is reported too. */
export async function runDelivery(
  command: DeliveryCommand,
  { machine, interruption, observer, version }: RunCaller,
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
    return await runReported(command, { report, forcedEnd, machine, interruption, storage });
  } catch (error) {
    return await report.failed(asFailure(error));
  } finally {
    await storage.close();
  }
}

interface DeliveryContext extends RunContext {
  storage: RunStorage;
}

/** What was asked for, checked. */
interface RunRequest {
  command: DeliveryCommand;
  /** A check or a dry run: nothing is sent, and nothing is kept. */
  isDryRun: boolean;
  outputs: RemoteOutputs<DeliverySettings>;
  /** With local paths in place of addresses. */
  settings: DeliverySettings;
  shard: Shard | undefined;
  /** Of the inputs. */
  paths: readonly string[];
  mapFile: string | undefined;
  threads: number;
  objects: RunStorage['objects'];
}

type Closing = () => Promise<unknown> | undefined;

/** The main path of a run: what was asked for, what it needs, and then the inputs. */
async function runReported(command: DeliveryCommand, context: DeliveryContext): Promise<number> {
  const opened: Closing[] = [];
  try {
    const request = await checkRequest(command, context, opened);
    const parts = await openParts(request, context, opened);
    const { inputs, spooled } = await openInputs(request, parts, opened);
    await context.report.startShowing(parts.resolved.paths.run, parts.target);
    if (!request.isDryRun) return await deliverInputs(inputs, spooled, parts);
    const ended = dryRun(inputs, parts, { show: command.check?.show ?? 0 });
    return await context.interruption.unlessInterrupted(ended);
  } finally {
    context.report.stopShowing();
    await closeAll(opened);
  }
}

/** What was asked for, before anything is opened. Throws a Failure `usage` for paths and options that do not go together. */
async function checkRequest(
  command: DeliveryCommand,
  { report, machine, interruption, storage: { objects } }: DeliveryContext,
  opened: Closing[],
): Promise<RunRequest> {
  const { values: asked } = command.settings;
  const isDryRun = command.check !== undefined || asked.dryRun;
  const keeps = asked.ledger && !isDryRun;
  const outputs = remoteOutputs(asked, { names: ['rejects', 'output'], keeps, objects, machine });
  opened.unshift(() => outputs.close());
  const { settings } = outputs;
  const shard = shardOf({ command, settings, machine });
  if (shard !== undefined) report.setPart({ ...shard, list: null, recipe: null });
  const paths = await findGuarded(command, {
    settings,
    isDivided: shard !== undefined,
    objects,
    machine,
    interruption,
    onGuarded: () => report.allowFile(),
  });
  if (settings.overwrite && settings.append)
    throw new Failure('usage', '--overwrite and --append cannot be used together');
  await outputs.check();
  const { hasRowsOnStdout } = await checkOutputs(settings, machine.workingDirectory);
  if (hasRowsOnStdout) report.keepStdoutForRows();
  const reading = readMapFileText(settings.mapFile, machine.workingDirectory, interruption.signal);
  const mapFile = await interruption.unlessInterrupted(reading);
  const threads = threadsOf({ threads: settings.threads, parts: shard?.of }, machine);
  return { command, isDryRun, outputs, settings, shard, paths, mapFile, threads, objects };
}

/** What the run works with: its recipe, the target, and what makes rows. Nothing was read yet. */
async function openParts(
  { command, isDryRun, outputs, settings, mapFile, threads }: RunRequest,
  context: RunContext,
  opened: Closing[],
): Promise<RunParts> {
  const { report, machine } = context;
  const { values } = command.settings;
  const recipe = recipeOf(command.vendor.name, { specs: command.specs, values, mapFile });
  const paths = runPathsOf(settings, { run: nameRun(machine, recipe.digest), keeps: !isDryRun }, machine);
  // An abandoned pipe may still be writing its spool.
  if (isDryRun) opened.unshift(() => rm(paths.spool, { recursive: true, force: true, maxRetries: 3 }));
  const client = openHttp(command.vendor, values, machine);
  const http = observedClient(client, (bytes) => report.emit({ type: 'request-made', bytes }));
  opened.unshift(() => http.close());
  const forTarget = targetContext(http, machine, () => stateDirectory(machine, settings.stateDir));
  const target = await command.vendor.createTarget(values, forTarget);
  // Before anything is read: a pipe is read only once.
  if (!isDryRun) target.checkCredentials?.();
  const rowMaker = new RowMaker({
    target,
    recipe: recipe.digest,
    nowMs: machine.now(),
    now: () => machine.now(),
    settings,
    mapFile,
    countsDays: settings.html !== undefined,
    // A run that is resumed may have only some of its inputs left.
    checkFormats: (formats) => {
      if (command.resumes === undefined) refuseForFormats(command.specs, command.settings, formats);
    },
    threads,
    onThreadStarted: () => machine.boundHeap(),
  });
  opened.unshift(() => rowMaker.close());
  report.useTimeZone(timeZoneOf(settings, mapFile));
  const remembered = settings.html === undefined ? undefined : [];
  const resolved = { command, settings, recipe, paths };
  return { resolved, context, target, rowMaker, outputs, remembered };
}

async function openInputs(
  { command, paths, settings, shard, threads, objects }: RunRequest,
  { resolved, context: { machine }, rowMaker }: RunParts,
  opened: Closing[],
): Promise<{ inputs: Input[]; spooled: SpooledInputs }> {
  const inputs: Input[] = [];
  opened.unshift(() => closeAll(inputs.map((input) => () => input.close())));
  const { encoding } = settings;
  const spoolDirectory = resolved.paths.spool;
  inputs.push(...(await openFound(paths, machine, { spoolDirectory, encoding, objects, threads })));
  for (const { sourceBytes = 0 } of inputs) rowMaker.threads?.expect(sourceBytes / (shard?.of ?? 1));
  const spooled = await openSpools(command.resumes);
  inputs.push(...spooled.keys());
  return { inputs, spooled };
}
