/** Runs an export, from its request to its exit code. */
import type { Dataset } from '../../contracts/dataset.ts';
import { guardPaths } from '../../disk/output/path-claims.ts';
import { Failure } from '../../failure.ts';
import { loadDispatcher } from '../../http/dispatcher.ts';
import { createHttpClient } from '../../http/request.ts';
import type { Machine } from '../../machine.ts';
import { resolveShard } from '../../shards/shard.ts';
import { createScarfAccount } from '../../vendors/scarf/account.ts';
import { claimsOfOptions } from '../claims.ts';
import type { RunCaller } from '../context.ts';
import { checkDocuments } from '../documents.ts';
import { remoteOutputs } from '../remote-outputs.ts';
import { waitJitter } from '../jitter.ts';
import { openStorage, type StorageParts } from '../storage.ts';
import { claimsOfOutput } from './setup/claims.ts';
import { createDataset } from './setup/dataset.ts';
import { passesBytes, readOutput } from './setup/output.ts';
import type { ResolvedExport } from './setup/resolved-export.ts';
import { TooManyRejects } from './rejects.ts';
import type { ExportSettings } from '../options/export.ts';
import { pageBesideRows } from '../options/page-path.ts';
import type { ExportRequest } from './request.ts';
import { startExportReporter } from './reporter.ts';
import { retrieveInto, type ExportContext } from './retrieve-into.ts';

const socketsPerOrigin = 16;

/** Runs the export and resolves to the exit code. Errors are reported, not thrown. */
export async function runExport(
  request: ExportRequest,
  { machine, interruption, observer, version }: RunCaller,
): Promise<number> {
  // An aggregate is one JSON value of any size, so the heap is bounded.
  if (request.dataset.kind === 'aggregates') machine.boundHeap();
  const { settings } = request;
  const command = `export ${request.dataset.kind}`;
  const { outOfTime } = interruption;
  const reporter = await startExportReporter({ command, settings, machine, observer, outOfTime, version });
  interruption.setLastWord(async (why) => {
    reporter.tellFailure(why);
    return reporter.end();
  });
  // A reader that stops early has what it wanted: the export ends without failure.
  const readerGone = new AbortController();
  const onReaderGone = () => readerGone.abort(new Failure('local', 'nobody reads the output any more'));
  const signal = AbortSignal.any([interruption.signal, readerGone.signal]);
  const warn: StorageParts['warn'] = (notice) => reporter.emit({ type: 'warned', ...notice });
  const storage = openStorage({ settings, machine, signal, warn });
  try {
    await waitJitter(settings, { machine, interruption });
    await exportAndPublish(request, { machine, reporter, signal, onReaderGone, storage });
  } catch (error) {
    // Errors caused by an interruption are less informative than the interruption itself.
    if (interruption.signal.aborted) reporter.tellFailure(interruption.signal.reason);
    else if (error instanceof TooManyRejects)
      reporter.emit({ type: 'export-stopped', message: error.message });
    else if (!readerGone.signal.aborted) reporter.tellFailure(error);
  }
  await storage.close();
  return reporter.end(readerGone.signal.aborted);
}

/** Rejects whose option names a bucket go there at the end, also when the export fails. */
async function exportAndPublish(
  request: ExportRequest,
  context: Omit<ExportContext, 'nameOf'>,
): Promise<void> {
  const { machine, signal, storage } = context;
  const { objects } = storage;
  const remote = remoteOutputs(request.settings, { names: ['rejects'], keeps: true, objects, machine });
  await remote.check();
  try {
    const nameOf = (path: string) => remote.nameOf(path);
    await exportRows({ ...request, settings: remote.settings }, { ...context, nameOf });
  } finally {
    if (!signal.aborted) await remote.publish();
  }
}

async function exportRows(request: ExportRequest, context: ExportContext): Promise<void> {
  const { machine } = context;
  const { environment } = machine;
  const { shard: part } = request.settings;
  const shard = part === undefined ? undefined : resolveShard(part, environment);
  const http = createHttpClient(
    () => loadDispatcher({ environment, connections: socketsPerOrigin }),
    machine,
  );
  try {
    const account = createScarfAccount(request.settings, { http, now: () => machine.now() });
    account.authorize();
    const dataset = await createDataset(request, {
      account,
      machine,
      signal: context.signal,
      retries: request.settings.retries,
      onRetry: (message, waitMs) =>
        context.reporter.emit({ type: 'request-failed', window: undefined, message, waitMs }),
    });
    checkDays(dataset, request.settings);
    const output = await readOutput(request.settings, dataset.name, machine);
    if (passesBytes(output, request.settings, dataset)) machine.calmHeap();
    const { form } = output;
    const hasRowsOnStdout = form.kind === 'stream' && form.output.descriptor === 1;
    const hasPageOnStdout = request.settings.rowsPage === '-';
    if (hasRowsOnStdout && hasPageOnStdout) throw pageBesideRows('--report');
    if (hasRowsOnStdout || hasPageOnStdout) context.reporter.keepStdoutForRows();
    const { kind } = request.dataset;
    const resolved = { kind, settings: request.settings, dataset, output, shard };
    await guardOutput(request, resolved, machine).catch((error: unknown) => {
      context.reporter.forbidFile();
      throw error;
    });
    await retrieveInto(resolved, context);
  } finally {
    await http.close();
  }
}

/** Splitting and continuing by day need a date in each row. */
function checkDays(dataset: Dataset, { incremental, split }: ExportSettings): void {
  if (dataset.timeColumn !== undefined || (incremental !== true && split === undefined)) return;
  const flag = split === undefined ? '--incremental' : '--split day';
  throw new Failure('usage', `${flag} needs rows by day`, { hint: 'for aggregates: --rollup daily' });
}

/** Called before anything is opened: no file that the export writes may be one that it reads. */
async function guardOutput(
  { specs, secretFiles }: ExportRequest,
  { settings, dataset, output, shard }: ResolvedExport,
  machine: Machine,
): Promise<void> {
  const names = { text: settings.output, dataset: dataset.name, manifest: settings.manifest, shard };
  await guardPaths([
    ...(await claimsOfOptions({ specs, values: settings, secretFiles, machine })),
    ...(await claimsOfOutput(output, names)),
  ]);
  const besides = [settings.output, settings.rejects];
  const { workingDirectory } = machine;
  await checkDocuments([settings.rowsPage, settings.metrics], { besides, workingDirectory });
}
