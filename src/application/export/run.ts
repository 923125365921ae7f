/** Runs an export, from its request to its exit code. */
import { gapsOf, normaliseDays, spanOf } from '../../checkpoint/ranges.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { closeAll } from '../../concurrency.ts';
import type { Dataset } from '../../contracts/dataset.ts';
import type { Sink } from '../../contracts/sink.ts';
import { guardPaths } from '../../disk/output/path-claims.ts';
import { asFailure, Failure } from '../../failure.ts';
import { loadDispatcher } from '../../http/dispatcher.ts';
import { createHttpClient } from '../../http/request.ts';
import type { Machine } from '../../machine.ts';
import { retrieve } from '../../retrieval/retrieve.ts';
import { resolveShard, shardText, type Shard } from '../../shards/shard.ts';
import { createScarfAccount } from '../../vendors/scarf/account.ts';
import { claimsOfOptions } from '../claims.ts';
import type { Context } from '../context.ts';
import { checkDocuments } from '../documents.ts';
import { remoteOutputs } from '../remote-outputs.ts';
import { waitJitter } from '../jitter.ts';
import { openStorage, type RunStorage, type StorageParts } from '../storage.ts';
import { claimsOfOutput } from './setup/claims.ts';
import { createDataset } from './setup/dataset.ts';
import { placeOf } from './setup/place.ts';
import { priorFile } from './setup/prior-output.ts';
import { createSink, passesBytes, readOutput } from './setup/output.ts';
import { readingOf, retrievalOptions } from './setup/retrieval.ts';
import { type Output } from './setup/sink-parts.ts';
import { clockOf, costNotice, planFetch } from './setup/plan.ts';
import { createExportRejects, TooManyRejects } from './rejects.ts';
import type { ExportSettings } from '../options/export.ts';
import { pageBesideRows } from '../options/page-path.ts';
import type { ExportRequest } from './request.ts';
import type { RowsAnalysis } from './setup/rows-analysis.ts';
import { startExportReporter, type ExportReporter } from './reporter.ts';

const socketsPerOrigin = 16;

/** Runs the export and resolves to the exit code. Errors are reported, not thrown. */
export async function runExport(
  request: ExportRequest,
  {
    machine,
    interruption,
    observer,
    version,
  }: Pick<Context, 'machine' | 'interruption' | 'observer'> & Partial<Pick<Context, 'version'>>,
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
  let isReaderGone = false;
  const onReaderGone = () => {
    isReaderGone = true;
    readerGone.abort(new Failure('local', 'nobody reads the output any more'));
  };
  const signal = AbortSignal.any([interruption.signal, readerGone.signal]);
  const warn: StorageParts['warn'] = (notice) => reporter.emit({ type: 'warned', ...notice });
  const storage = openStorage({ settings, machine, signal, warn });
  try {
    await waitJitter(settings, { machine, interruption });
    const { objects } = storage;
    const remote = remoteOutputs(settings, { names: ['rejects'], keeps: true, objects, machine });
    await remote.check();
    try {
      await exportRows(
        { ...request, settings: remote.settings },
        { machine, reporter, signal, onReaderGone, storage, nameOf: (path) => remote.nameOf(path) },
      );
    } finally {
      if (!signal.aborted) await remote.publish();
    }
  } catch (error) {
    // Errors caused by an interruption are less informative than the interruption itself.
    if (interruption.signal.aborted) reporter.tellFailure(interruption.signal.reason);
    else if (error instanceof TooManyRejects)
      reporter.emit({ type: 'export-stopped', message: error.message });
    else if (!isReaderGone) reporter.tellFailure(error);
  }
  await storage.close();
  return reporter.end(isReaderGone);
}

interface ExportContext {
  machine: Machine;
  reporter: ExportReporter;
  signal: AbortSignal;
  onReaderGone: () => void;
  storage: RunStorage;
  /** What the user knows a file of rejects by. */
  nameOf: (path: string) => string;
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
    await guardOutput({ request, dataset, output, shard }, machine).catch((error: unknown) => {
      context.reporter.forbidFile();
      throw error;
    });
    await intoSink({ request, dataset, output, shard }, context);
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

interface Plan {
  request: ExportRequest;
  dataset: Dataset;
  output: Output;
  /** Only its days are exported. */
  shard: Shard | undefined;
}

/** Called before anything is opened: no file that the export writes may be one that it reads. */
async function guardOutput({ request, dataset, output, shard }: Plan, machine: Machine): Promise<void> {
  const { specs, secretFiles, settings } = request;
  const names = { text: settings.output, dataset: dataset.name, manifest: settings.manifest, shard };
  await guardPaths([
    ...(await claimsOfOptions({ specs, values: settings, secretFiles, machine })),
    ...(await claimsOfOutput(output, names)),
  ]);
  const besides = [settings.output, settings.rejects];
  const { workingDirectory } = machine;
  await checkDocuments([settings.rowsPage, settings.metrics], { besides, workingDirectory });
}

async function intoSink({ request, dataset, output, shard }: Plan, context: ExportContext): Promise<void> {
  const { machine, onReaderGone, signal, reporter, storage } = context;
  const { settings } = request;
  const place = placeOf(output, { storage, machine, stateDir: settings.stateDir });
  const { emit } = reporter;
  const clock = clockOf(settings, machine.now());
  const rejects = createExportRejects({
    settings,
    dataset: dataset.name,
    encoding: dataset.encoding,
    machine,
    signal,
  });
  const shared = { settings, dataset, output, place, machine, emit, signal, clock, onReaderGone, rejects };
  const parts = { ...shared, shard };
  const rows = await countsRows(settings, emit);
  const made = await createSink(parts);
  const sink = rows?.over(made) ?? made;
  try {
    // Files of rejects belong to the part that made them.
    await rejects.claim(shard === undefined ? sink.destination : `${sink.destination} ${shardText(shard)}`);
    const opened = await sink.open();
    const { days, ranges } = planFetch({ settings, dataset, opened, clock, nowMs: machine.now(), shard });
    if (shard !== undefined && days !== undefined) await sink.begins?.(days.from);
    const windows = ranges.flatMap((range) => range.windows);
    emit({ type: 'export-planned', dataset: dataset.name, destination: sink.destination, days, windows });
    const notice = costNotice(days, windows.length);
    if (notice !== undefined) emit({ type: 'warned', ...notice });
    if (windows.length === 0) {
      emit({ type: 'nothing-new', through: spanOf(sink.checkpoint().ranges)?.to ?? '' });
      return;
    }
    const earlier = opened.keepsRows ? priorFile(parts) : undefined;
    await retrieve({
      work: { ranges, earlier },
      reading: readingOf({ dataset, output, settings }),
      sink,
      rejects,
      options: retrievalOptions(settings),
      context: { machine, signal, emit },
    });
    await rejects.finish();
    const analysis = rows?.finish();
    if (analysis !== undefined) await showRows(analysis, { request, sink }, context);
    else if (settings.rowsPage !== undefined) throw pageMissing(settings.rowsPage);
  } finally {
    if (settings.incremental === true) emitCheckpoint(sink, emit);
    const rejectsPath = rejects.path();
    if (rejectsPath !== undefined) emit({ type: 'rejects-kept', path: context.nameOf(rejectsPath) });
    await closeAll([() => rejects.close(), () => sink.close()]);
  }
}

/** What counts rows on their way, where somebody wants to see what they hold. */
async function countsRows(
  { summary, rowsPage }: ExportSettings,
  emit: ExportReporter['emit'],
): Promise<RowsAnalysis | undefined> {
  if (!summary && rowsPage === undefined) return undefined;
  const { RowsAnalysis } = await import('./setup/rows-analysis.ts');
  return new RowsAnalysis((error) => {
    emit({
      type: 'warned',
      code: 'no-summary',
      message: `no summary and no page: ${asFailure(error).message}`,
    });
  });
}

/** Why is told by then, in a warning. */
function pageMissing(path: string): Failure {
  return new Failure('local', `cannot write the page ${path}: the rows of this run could not be counted`, {
    hint: 'the rows themselves are at their destination',
  });
}

/** On the terminal, as a page, or both. */
async function showRows(
  analysis: Analysis,
  { request, sink }: { request: ExportRequest; sink: Sink },
  { machine, reporter, signal }: ExportContext,
): Promise<void> {
  const { rowsPage: path, summary } = request.settings;
  if (summary) await reporter.addRowsSummary(analysis);
  if (path === undefined) return;
  const { writeRowsPage } = await import('./rows-page.ts');
  const { destination } = sink;
  await writeRowsPage(analysis, { path, dataset: request.dataset.kind, destination, machine, signal });
}

function emitCheckpoint(sink: Sink, emit: ExportReporter['emit']): void {
  const { ranges } = sink.checkpoint();
  emit({ type: 'checkpoint-told', ranges: normaliseDays(ranges), gaps: gapsOf(ranges) });
}
