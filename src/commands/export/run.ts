/** An export from its request to its exit code. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Dataset, Days, Sink, Standing } from '../../contracts-export.ts';
import { EXIT, Failure } from '../../failure.ts';
import { createRowReader } from '../../formats/export/readers.ts';
import { loadDispatcher } from '../../http/dispatcher.ts';
import { createHttpClient } from '../../http/request.ts';
import type { Machine, SignalName } from '../../machine.ts';
import { readDateRange } from '../../retrieval/date-range.ts';
import type { EarlierRows } from '../../retrieval/earlier-rows.ts';
import { planIncremental } from '../../retrieval/incremental.ts';
import { retrieve } from '../../retrieval/retrieve.ts';
import { planWindows } from '../../retrieval/windows.ts';
import { createScarfAccount } from '../../vendors/scarf/account.ts';
import { createDataset } from './dataset.ts';
import { createSink, readOutput, type Output } from './output.ts';
import type { ExportRequest, ExportSettings } from './request.ts';
import { startTelling, type SignalExit, type Telling } from './telling.ts';

const dayMs = 86_400_000;
/** Bytes of ids, where nothing else is said. */
const defaultDedupeBytes = 512 * 1024 * 1024;
const socketsPerOrigin = 16;

/** Runs the export; resolves to the exit code. What goes wrong is told, not thrown. */
export async function runExport(request: ExportRequest, machine: Machine): Promise<number> {
  const { settings } = request;
  const command = `export ${request.dataset.kind}`;
  const telling = await startTelling({ command, settings, machine });
  const stop = listenForSignals(machine);
  try {
    await exportRows(request, { machine, telling, ...stop });
  } catch (error) {
    if (!stop.signal.aborted) telling.tellFailure(error);
  } finally {
    stop.close();
  }
  return telling.end(stop.exit(), stop.isReaderGone());
}

interface Around {
  machine: Machine;
  telling: Telling;
  signal: AbortSignal;
  onReaderGone: () => void;
}

async function exportRows(request: ExportRequest, around: Around): Promise<void> {
  const { machine } = around;
  const { environment } = machine;
  const http = createHttpClient(
    () => loadDispatcher({ environment, connections: socketsPerOrigin }),
    machine,
  );
  try {
    const account = createScarfAccount(request.values, { http, now: () => machine.now() });
    const dataset = await createDataset(request, {
      account,
      machine,
      signal: around.signal,
      retries: request.settings.retries,
      onRetry: (message, waitMs) =>
        around.telling.tell({ type: 'request-failed', window: undefined, message, waitMs }),
    });
    checkDays(dataset, request.settings);
    const output = await readOutput(request.settings, dataset.name, machine);
    const { form } = output;
    if (form.kind === 'stream' && form.output.descriptor === 1) around.telling.keepStdoutForRows();
    await intoSink({ request, dataset, output }, around);
  } finally {
    await http.close();
  }
}

/** What is cut or gone on with by day needs a day in each row. */
function checkDays(dataset: Dataset, { incremental, split }: ExportSettings): void {
  if (dataset.timeColumn !== undefined || (incremental !== true && split === undefined)) return;
  const flag = split === undefined ? '--incremental' : '--split day';
  throw new Failure('usage', `${flag} needs rows by day`, { hint: 'for aggregates: --rollup daily' });
}

interface Plan {
  request: ExportRequest;
  dataset: Dataset;
  output: Output;
}

async function intoSink({ request, dataset, output }: Plan, around: Around): Promise<void> {
  const { machine, onReaderGone, signal, telling } = around;
  const { settings } = request;
  const { tell } = telling;
  const sink = await createSink({ settings, dataset, output, machine, tell, signal, onReaderGone });
  try {
    const standing = await sink.open();
    const work = planWork({ settings, dataset, standing, nowMs: machine.now() });
    const { days, windows, keepUntil } = work;
    tell({ type: 'export-planned', dataset: dataset.name, place: sink.place, days, windows: windows.length });
    if (work.nothingNewThrough !== undefined) {
      tell({ type: 'nothing-new', through: work.nothingNewThrough });
      return;
    }
    const earlier =
      keepUntil === undefined ? undefined : earlierRows({ dataset, output, settings, sink }, keepUntil);
    await retrieve({
      dataset,
      sink,
      windows,
      tell,
      signal,
      machine,
      createReader: createRowReader,
      retries: settings.retries,
      concurrency: settings.concurrency ?? 1,
      keepDuplicates: settings.keepDuplicates ?? false,
      dedupeBytes: settings.dedupeMemory ?? defaultDedupeBytes,
      ...(earlier === undefined ? {} : { earlier }),
    });
  } finally {
    await sink.close();
  }
}

interface Work {
  days: Days | undefined;
  windows: (Days | undefined)[];
  keepUntil?: string | undefined;
  nothingNewThrough?: string;
}

/** Which days are fetched, in which windows. */
function planWork(given: {
  settings: ExportSettings;
  dataset: Dataset;
  standing: Standing;
  nowMs: number;
}): Work {
  const { dataset, nowMs, settings, standing } = given;
  if (dataset.windows === undefined) return { days: undefined, windows: [undefined] };
  const { backfillDays: days, from, to } = settings;
  const text = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(days === undefined ? {} : { days }),
  };
  const range = readDateRange(text, nowMs);
  if (settings.incremental !== true) return { days: range, windows: planWindows(range, dataset.windows) };
  const lagDays = Math.ceil((settings.lag ?? 0) / dayMs);
  const plan = planIncremental({ standing, range, fromGiven: from !== undefined, lagDays });
  if (plan.kind === 'nothing-new') return { days: range, windows: [], nothingNewThrough: plan.through };
  const { keepUntil } = plan;
  return { days: plan.days, windows: planWindows(plan.days, dataset.windows), keepUntil };
}

/** What stays of a file that is gone on with; other outputs keep their earlier rows by themselves. */
function earlierRows(
  parts: { dataset: Dataset; output: Output; settings: ExportSettings; sink: Sink },
  until: string,
): EarlierRows | undefined {
  const { dataset, output, settings, sink } = parts;
  const { path, kind } = output;
  if (output.form.kind !== 'file' || path === undefined) return undefined;
  const { timeColumn } = dataset;
  if (timeColumn === undefined || settings.columns?.includes(timeColumn) === false) {
    throw new Failure(
      'usage',
      `--incremental finds the days in ${sink.place} by the column "${timeColumn}"`,
      {
        hint: 'add it to --columns, or use --split day',
      },
    );
  }
  return {
    path,
    encoding: kind.name === 'csv' ? 'csv' : 'ndjson',
    columns: dataset.columns,
    ...(dataset.idColumn === undefined ? {} : { idColumn: dataset.idColumn }),
    timeColumn,
    until,
    open: () => {
      const file = createReadStream(path, { highWaterMark: 1024 * 1024 });
      // An error of the file surfaces in what is read.
      return kind.gzip ? pipeline(file, createGunzip(), () => undefined) : file;
    },
  };
}

const signalExits: Record<SignalName, SignalExit> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGTERM: 'terminate',
};

/**
 * The first signal asks for an orderly end, the second takes it. A reader that has gone ends it as well: it has what it
 * wanted, so that is no failure.
 */
function listenForSignals(machine: Machine) {
  const controller = new AbortController();
  let exit: SignalExit | undefined;
  let isReaderGone = false;
  const close = machine.onSignal((name) => {
    if (exit !== undefined) machine.exitNow(EXIT[exit]);
    exit = signalExits[name];
    controller.abort(new Failure('unavailable', `stopped by ${name}`));
  });
  const onReaderGone = () => {
    isReaderGone = true;
    controller.abort(new Failure('local', 'nobody reads the output any more'));
  };
  return {
    signal: controller.signal,
    exit: () => exit,
    onReaderGone,
    isReaderGone: () => isReaderGone,
    close,
  };
}
