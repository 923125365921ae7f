/** Where rows go and in which format: from the request to a sink. */
import { join, resolve } from 'node:path';
import type { EmitExport } from '../../../events.ts';
import type { Column, Dataset } from '../../../contracts/dataset.ts';
import type { OutputFormat } from '../../../contracts/encoder.ts';
import type { RowCheck } from '../../../contracts/reader.ts';
import { isAddress } from '../../../contracts/storage.ts';
import type { Sink } from '../../../contracts/sink.ts';
import { refuseAsDirectory, resolveFileOutput, resolveOutput } from '../../../disk/output/output-path.ts';
import { STANDARD_OUTPUT } from '../../../disk/output/output-stream.ts';
import { Failure } from '../../../failure.ts';
import {
  createOutputFormat,
  outputKindNamed,
  outputKindOf,
  type OutputKind,
} from '../../../encoders/outputs.ts';
import { fullColumnsFormat } from '../../../encoders/full-columns.ts';
import type { Machine } from '../../../machine.ts';
import { DirectorySink, partitionColumn } from '../../../sinks/file/daily-files.ts';
import type { FileOutputOptions, OutputLocation, WritingOptions } from '../../../sinks/file/output-state.ts';
import { FileSink } from '../../../sinks/file/single-file.ts';
import { isDayOf } from '../../../shards/days.ts';
import { readOutputForm, type OutputForm } from '../../../sinks/output-form.ts';
import { StreamSink } from '../../../sinks/stream.ts';
import { checkTogether } from './contradictions.ts';
import { rowDaysReader } from './prior-output.ts';
import type { ExportSettings } from '../../options/export.ts';
import type { Output, ResolvedExport, ResolvedForm, SinkContext } from './resolved-export.ts';

/**
 * Interprets `--output`, `--format` and `--split`. Throws a Failure `usage` for options that contradict each
 * other.
 */
export async function readOutput(
  settings: ExportSettings,
  dataset: string,
  machine: Machine,
): Promise<Output> {
  const asked = readOutputForm(settings.output);
  const form = await inspectInput(asked, machine);
  const kind = kindOf(settings, asked, form);
  checkTogether(settings, form, kind);
  if (form.kind !== 'file' && form.kind !== 'directory') {
    return { form, kind, path: undefined, isInside: false };
  }
  const { path } = form;
  if (form.kind === 'file' || settings.split === 'day') return { form, kind, path, isInside: false };
  const name = `${dataset}${kind.suffix}${kind.gzip ? '.gz' : ''}`;
  if (isAddress(path)) {
    const address = `${path}/${name}`;
    return { form: { kind: 'file', path: address }, kind, path: address, isInside: true };
  }
  const file = await resolveFileOutput(join(path, name));
  return { form: file, kind, path: file.path, isInside: true };
}

/** Creates the sink without opening it. */
export async function createSink(resolved: ResolvedExport, context: SinkContext): Promise<Sink> {
  const { dataset, output, settings } = resolved;
  const { form } = output;
  const { machine, onReaderGone, signal, emit } = context;
  const columns = chosenColumns(dataset, settings);
  const format = formatFor(resolved, emit);
  if (form.kind === 'postgres') {
    const { createPostgresSink } = await import('./postgres.ts');
    return createPostgresSink(resolved, context, { url: form.url, columns, format });
  }
  if (form.kind === 'stream') {
    const shown = isReadByPerson(resolved, machine) ? fullColumnsFormat(format) : format;
    return new StreamSink({ output: form.output, format: shown, columns, machine, signal, onReaderGone });
  }
  const options = fileOptions(resolved, context, { path: form.path, columns, format });
  if (form.kind === 'file') return new FileSink(options);
  const { shard } = resolved;
  const part = shard && { ...shard, has: (day: string) => isDayOf(day, shard) };
  const location = { ...options.location, part };
  return new DirectorySink({ ...options, location, layout: settings.layout ?? 'flat' });
}

/** What one file and a file a day have in common. */
function fileOptions(
  resolved: ResolvedExport,
  context: SinkContext,
  { path, ...written }: Pick<OutputLocation, 'path'> & Pick<WritingOptions, 'columns' | 'format'>,
): FileOutputOptions {
  const { dataset, settings } = resolved;
  const { clock, emit, machine, place } = context;
  return {
    location: { path, place, dataset: dataset.name },
    writing: {
      ...written,
      evolve: settings.evolve,
      digest: settings.json,
      manifest: settings.manifest,
    },
    incremental: settings.incremental === true ? { identity: identityOf(resolved) } : undefined,
    context: {
      clock,
      onNotice: (notice) => emit({ type: 'warned', ...notice }),
      readRowDays: rowDaysReader(resolved, context),
      machine,
    },
  };
}

/**
 * Whether a person reads aggregates on a terminal, where most columns belong to breakdowns that were not
 * requested.
 */
function isReadByPerson(
  { dataset, output: { form, kind }, settings }: ResolvedExport,
  machine: Machine,
): boolean {
  const isTerminal = form.kind === 'stream' && form.output.descriptor === 1 && machine.stdout.isTTY === true;
  const isPlainCsv = kind.name === 'csv' && !kind.gzip && !settings.bom && !settings.excelSafe;
  return isTerminal && isPlainCsv && dataset.name === 'aggregates' && settings.columns === undefined;
}

/**
 * Everything that decides the rows and how they are written. An export with another identity does not
 * continue the output.
 */
function identityOf({ dataset, output, settings }: ResolvedExport): Readonly<Record<string, unknown>> {
  const { bom, columns, excelSafe, layout, split } = settings;
  return {
    ...dataset.identity,
    format: output.kind,
    columns: columns ?? 'all',
    excelSafe,
    ...(bom ? { bom } : {}),
    layout: split === undefined ? 'one file' : (layout ?? 'flat'),
  };
}

function formatFor({ output, settings }: ResolvedExport, emit: EmitExport): OutputFormat {
  const { bom, columns, excelSafe, layout } = settings;
  // Report each missing column once, though each file of a split checks again.
  const missing = new Set<string>();
  return createOutputFormat(output.kind, {
    excelSafe,
    byteOrderMark: bom || excelSafe,
    readsEmptyLines: output.form.kind === 'postgres',
    ...(columns === undefined ? {} : { columns }),
    ...(layout === 'hive' ? { partitionColumn: partitionColumn } : {}),
    onLeftOut: (name) =>
      emit({
        type: 'warned',
        code: 'column-left-out',
        message: `the column "${name}" is left out: it appeared after the columns of the output were fixed`,
        hint: '--evolve adds it to a CSV file; with --split day each file has its own columns',
        columns: [name],
      }),
    onMissing: (name) => {
      if (missing.has(name)) return;
      missing.add(name);
      emit({
        type: 'warned',
        code: 'column-missing',
        message: `the rows have no column "${name}": it is empty in the output`,
        hint: 'check --columns',
      });
    },
  });
}

function chosenColumns(dataset: Dataset, { columns }: ExportSettings): readonly Column[] {
  const types = new Map(dataset.columns.map(({ name, type }) => [name, type]));
  return columns?.map((name) => ({ name, type: types.get(name) ?? 'text' })) ?? dataset.columns;
}

/**
 * An existing directory needs no trailing slash; a FIFO or device is written as a stream. Paths become
 * absolute, and links to a file are followed.
 */
async function inspectInput(form: OutputForm, { workingDirectory }: Machine): Promise<ResolvedForm> {
  if (form.kind === 'postgres') return form;
  if (form.kind === 'stdout') return { kind: 'stream', output: STANDARD_OUTPUT };
  if (isAddress(form.path)) return form;
  const path = resolve(workingDirectory, form.path);
  if (form.kind === 'file') {
    const found = await resolveOutput(path);
    if (found.kind === 'file') return { kind: 'file', path: found.path };
    if (found.kind === 'stream') return { kind: 'stream', output: found };
  }
  await refuseAsDirectory(path);
  return { kind: 'directory', path };
}

/** Whether rows leave as the bytes that came, so that the heap has little of them. */
export function passesBytes(
  { form, kind }: Output,
  settings: ExportSettings,
  { encoding }: Dataset,
): boolean {
  return encoding === 'csv' && (form.kind === 'postgres' || isVerbatim(kind, settings));
}

function isVerbatim(kind: OutputKind, { columns, excelSafe }: ExportSettings): boolean {
  return kind.name === 'csv' && columns === undefined && !excelSafe;
}

/**
 * What each row must satisfy: typed outputs need valid values, and all outputs but verbatim CSV need every
 * cell.
 */
export function rowCheckOf({ form, kind }: Output, settings: ExportSettings): { check?: RowCheck } {
  const { columns } = settings;
  const types = form.kind === 'postgres' || kind.name === 'parquet';
  const passesThrough = isVerbatim(kind, settings);
  return !types && passesThrough ? {} : { check: { types, columns } };
}

function kindOf(settings: ExportSettings, asked: OutputForm, form: ResolvedForm): OutputKind {
  // The requested name tells the format, not the file that it links to.
  const name = asked.kind === 'file' && form.kind !== 'directory' ? asked.path : undefined;
  const told = name === undefined ? undefined : outputKindOf(name);
  const wanted = settings.format === undefined ? undefined : outputKindNamed(settings.format);
  if (told !== undefined && wanted !== undefined && wanted.name !== told.name) {
    throw new Failure('usage', `--format ${settings.format} contradicts the file name ${settings.output}`);
  }
  const gzip = name?.endsWith('.gz') === true;
  if (told === undefined && wanted === undefined && form.kind === 'file') {
    throw new Failure('usage', `the name ${settings.output} implies no format`, {
      hint: 'end it in .csv, .ndjson, .jsonl or .parquet (and .gz), or give --format',
    });
  }
  const kind = told ?? { ...(wanted ?? { name: 'csv', suffix: '.csv', gzip: false }), gzip };
  if (kind.name === 'parquet' && kind.gzip) {
    throw new Failure('usage', 'Parquet is compressed internally: drop .gz');
  }
  return kind;
}
