/** Retrieves the rows of an export into its sink. */
import type { Analysis } from '../../analysis/analysis.ts';
import { gapsOf, normalizeDays, spanOf } from '../../checkpoint/ranges.ts';
import { closeAll } from '../../concurrency.ts';
import type { Sink } from '../../contracts/sink.ts';
import { asFailure, Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { retrieve } from '../../retrieval/retrieve.ts';
import { shardText } from '../../shards/shard.ts';
import type { ExportSettings } from '../options/export.ts';
import type { RunStorage } from '../storage.ts';
import { createExportRejects } from './rejects.ts';
import type { ExportReporter } from './reporter.ts';
import { createSink } from './setup/output.ts';
import { placeOf } from './setup/place.ts';
import { clockOf, costNotice, planFetch, type FetchPlan } from './setup/plan.ts';
import { priorFile } from './setup/prior-output.ts';
import type { ResolvedExport } from './setup/resolved-export.ts';
import { readingOf, retrievalOptions } from './setup/retrieval.ts';
import type { RowsAnalysis } from './setup/rows-analysis.ts';

export interface ExportContext {
  machine: Machine;
  reporter: ExportReporter;
  signal: AbortSignal;
  onReaderGone: () => void;
  storage: RunStorage;
  /** What the user knows a file of rejects by. */
  nameOf: (path: string) => string;
}

/** Fetches what the destination lacks, and commits it window by window. */
export async function retrieveInto(resolved: ResolvedExport, context: ExportContext): Promise<void> {
  const { settings, dataset, output, shard } = resolved;
  const { machine, onReaderGone, signal, reporter, storage } = context;
  const place = placeOf(output, { storage, machine, stateDir: settings.stateDir });
  const { emit } = reporter;
  const clock = clockOf(settings, machine.now());
  const { name, encoding } = dataset;
  const rejects = createExportRejects({ settings, dataset: name, encoding, machine, signal });
  const rows = await countsRows(settings, emit);
  const forSink = { machine, place, clock, rejects, emit, signal, onReaderGone };
  const made = await createSink(resolved, forSink);
  const sink = rows?.over(made) ?? made;
  try {
    // Files of rejects belong to the part that made them.
    await rejects.claim(shard === undefined ? sink.destination : `${sink.destination} ${shardText(shard)}`);
    const opened = await sink.open();
    const plan = planFetch({ settings, dataset, opened, clock, nowMs: machine.now(), shard });
    if (shard !== undefined && plan.days !== undefined) await sink.begins?.(plan.days.from);
    emitPlan(plan, { dataset: name, sink }, emit);
    if (windowsOf(plan).length === 0) return;
    const earlier = opened.keepsRows ? priorFile(resolved, place) : undefined;
    await retrieve({
      work: { ranges: plan.ranges, earlier },
      reading: readingOf(resolved),
      sink,
      rejects,
      options: retrievalOptions(settings),
      context: { machine, signal, emit },
    });
    await rejects.finish();
    const analysis = rows?.finish();
    if (analysis !== undefined) await showRows(analysis, { resolved, sink }, context);
    else if (settings.rowsPage !== undefined) throw pageMissing(settings.rowsPage);
  } finally {
    if (settings.incremental === true) emitCheckpoint(sink, emit);
    const rejectsPath = rejects.path();
    if (rejectsPath !== undefined) emit({ type: 'rejects-kept', path: context.nameOf(rejectsPath) });
    await closeAll([() => rejects.close(), () => sink.close()]);
  }
}

function windowsOf({ ranges }: FetchPlan) {
  return ranges.flatMap((range) => range.windows);
}

function emitPlan(
  plan: FetchPlan,
  { dataset, sink }: { dataset: string; sink: Sink },
  emit: ExportReporter['emit'],
): void {
  const { days } = plan;
  const windows = windowsOf(plan);
  emit({ type: 'export-planned', dataset, destination: sink.destination, days, windows });
  const notice = costNotice(days, windows.length);
  if (notice !== undefined) emit({ type: 'warned', ...notice });
  if (windows.length > 0) return;
  emit({ type: 'nothing-new', through: spanOf(sink.checkpoint().ranges)?.to ?? '' });
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

/** A warning has already given the reason. */
function pageMissing(path: string): Failure {
  return new Failure('local', `cannot write the page ${path}: the rows of this run could not be counted`, {
    hint: 'the rows themselves are at their destination',
  });
}

/** On the terminal, as a page, or both. */
async function showRows(
  analysis: Analysis,
  { resolved: { kind, settings }, sink }: { resolved: ResolvedExport; sink: Sink },
  { machine, reporter, signal }: ExportContext,
): Promise<void> {
  const { rowsPage: path, summary } = settings;
  if (summary) await reporter.addRowsSummary(analysis);
  if (path === undefined) return;
  const { writeRowsPage } = await import('./rows-page.ts');
  const { destination } = sink;
  const written = { machine, outOfTime: signal, settings };
  await writeRowsPage(analysis, { path, dataset: kind, destination }, written);
}

function emitCheckpoint(sink: Sink, emit: ExportReporter['emit']): void {
  const { ranges } = sink.checkpoint();
  emit({ type: 'checkpoint-told', ranges: normalizeDays(ranges), gaps: gapsOf(ranges) });
}
