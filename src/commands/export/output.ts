/** Where the rows go and how they are written: from the request to a sink. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Column, Dataset, OutputFormat, Sink } from '../../contracts-export.ts';
import type { TellExport } from '../../events-export.ts';
import { Failure } from '../../failure.ts';
import {
  createOutputFormat,
  outputKindNamed,
  outputKindOf,
  type OutputKind,
} from '../../formats/export/outputs.ts';
import type { Machine } from '../../machine.ts';
import { dayOf } from '../../retrieval/days.ts';
import { DirectorySink } from '../../sinks/directory.ts';
import { FileSink } from '../../sinks/file.ts';
import { readOutputForm, type OutputForm } from '../../sinks/output-form.ts';
import { StdoutSink } from '../../sinks/stdout.ts';
import type { ExportSettings } from './request.ts';

export interface Output {
  form: OutputForm;
  /** Undefined: rows are not written in a format of files. */
  kind: OutputKind;
  /** Of a file: absolute. */
  path: string | undefined;
}

/** Reads `--output`, `--format` and `--split`. Throws a Failure `usage` for what does not go together. */
export async function readOutput(
  settings: ExportSettings,
  dataset: string,
  machine: Machine,
): Promise<Output> {
  const form = await withDirectories(readOutputForm(settings.output), machine);
  const kind = kindOf(settings, form);
  checkTogether(settings, form, kind);
  if (form.kind !== 'file' && form.kind !== 'directory') return { form, kind, path: undefined };
  const path = resolve(machine.workingDirectory, form.path);
  if (form.kind === 'file' || settings.split === 'day') return { form, kind, path };
  const name = `${dataset}${kind.suffix}${kind.gzip ? '.gz' : ''}`;
  return { form: { kind: 'file', path }, kind, path: join(path, name) };
}

export interface SinkParts {
  settings: ExportSettings;
  dataset: Dataset;
  output: Output;
  machine: Machine;
  tell: TellExport;
  signal: AbortSignal;
}

/** The sink; it is not open yet. */
export async function createSink(parts: SinkParts): Promise<Sink> {
  const { dataset, machine, output, settings } = parts;
  if (output.form.kind === 'postgres') {
    const { createPostgresSink } = await import('./postgres.ts');
    const columns = chosenColumns(dataset, settings);
    return createPostgresSink({ ...parts, url: output.form.url, columns, format: formatFor(parts) });
  }
  const columns = chosenColumns(dataset, settings);
  const format = formatFor(parts);
  if (output.path === undefined) return new StdoutSink({ format, columns, machine });
  const options = {
    path: output.path,
    dataset: dataset.name,
    format,
    columns,
    digest: settings.json,
    manifest: settings.manifest,
    incremental:
      settings.incremental === true
        ? { identity: identityOf(parts), today: dayOf(machine.now()) }
        : undefined,
    machine,
  };
  if (output.form.kind === 'file') return new FileSink(options);
  return new DirectorySink({ ...options, layout: settings.layout ?? 'flat' });
}

/** What decides the rows and their writing: another export does not go on with the same output. */
function identityOf({ dataset, output, settings }: SinkParts): Readonly<Record<string, unknown>> {
  const { columns, excelSafe, layout, split } = settings;
  return {
    ...dataset.identity,
    format: output.kind,
    columns: columns ?? 'all',
    excelSafe,
    layout: split === undefined ? 'one file' : (layout ?? 'flat'),
  };
}

function formatFor({ output, settings, tell }: SinkParts): OutputFormat {
  const { columns, excelSafe } = settings;
  // Each file of a split asks anew.
  const missing = new Set<string>();
  return createOutputFormat(output.kind, {
    excelSafe,
    ...(columns === undefined ? {} : { columns }),
    onLeftOut: (name) =>
      tell({
        type: 'warned',
        code: 'column-left-out',
        message: `the column "${name}" came too late to be in the output: rows before it have none`,
        hint: 'with --split day each file has its own columns',
      }),
    onMissing: (name) => {
      if (missing.has(name)) return;
      missing.add(name);
      tell({
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

/** A name of a directory that is there needs no slash. */
async function withDirectories(form: OutputForm, machine: Machine): Promise<OutputForm> {
  if (form.kind !== 'file') return form;
  const found = await stat(resolve(machine.workingDirectory, form.path)).catch(() => undefined);
  return found?.isDirectory() === true ? { kind: 'directory', path: form.path } : form;
}

function kindOf(settings: ExportSettings, form: OutputForm): OutputKind {
  const told = form.kind === 'file' ? outputKindOf(form.path) : undefined;
  const asked = settings.format === undefined ? undefined : outputKindNamed(settings.format);
  if (told !== undefined && asked !== undefined && asked.name !== told.name) {
    throw new Failure('usage', `--format ${settings.format} and the name ${settings.output} do not agree`);
  }
  const gzip = form.kind === 'file' && form.path.endsWith('.gz');
  if (told === undefined && asked === undefined && form.kind === 'file') {
    throw new Failure('usage', `the name ${settings.output} does not say which format is wanted`, {
      hint: 'end it in .csv, .ndjson, .jsonl or .parquet (and .gz), or give --format',
    });
  }
  const kind = told ?? { ...(asked ?? { name: 'csv', suffix: '.csv', gzip: false }), gzip };
  if (kind.name === 'parquet' && kind.gzip) {
    throw new Failure('usage', 'Parquet is compressed inside: leave out .gz');
  }
  return kind;
}

function checkTogether(settings: ExportSettings, form: OutputForm, kind: OutputKind): void {
  const isFile = form.kind === 'file' || form.kind === 'directory';
  if (settings.split === 'day' && form.kind !== 'directory') {
    throw new Failure('usage', '--split day needs a directory', { hint: '--output events/' });
  }
  if (settings.split === undefined && settings.layout === 'hive') {
    throw new Failure('usage', '--layout hive needs --split day');
  }
  if (settings.incremental === true && form.kind === 'stdout') {
    throw new Failure('usage', '--incremental needs an output that stays: a file, a directory or postgres:');
  }
  if (settings.manifest && !isFile) throw new Failure('usage', '--manifest needs an output of files');
  if (form.kind === 'postgres' && settings.format !== undefined) {
    throw new Failure('usage', '--format is for files: PostgreSQL has its own');
  }
  if (settings.excelSafe && form.kind === 'postgres') throw new Failure('usage', '--excel-safe is for files');
  if (settings.excelSafe && kind.name !== 'csv') throw new Failure('usage', '--excel-safe is for CSV');
  if (kind.name === 'parquet' && settings.incremental === true && settings.split === undefined) {
    throw new Failure('usage', 'a Parquet file cannot be added to', {
      hint: '--split day writes a file a day, which --incremental goes on with',
    });
  }
}
