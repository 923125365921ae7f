/** Options of an export that contradict each other, or that its output has no use for. */
import type { OutputKind } from '../../../encoders/outputs.ts';
import { Failure } from '../../../failure.ts';
import { partitionColumn } from '../../../sinks/file/daily-files.ts';
import type { ExportSettings } from '../../options/export.ts';
import type { ResolvedForm } from './resolved-export.ts';

/** Throws a Failure `usage` that names the option. */
export function checkTogether(settings: ExportSettings, form: ResolvedForm, kind: OutputKind): void {
  const isFile = form.kind === 'file' || form.kind === 'directory';
  if (form.kind !== 'postgres') refuseOfPostgres(settings);
  if (settings.split === 'day' && form.kind !== 'directory') {
    throw new Failure('usage', '--split day needs a directory', { hint: '--output events/' });
  }
  if (settings.shard !== undefined && settings.split === undefined) {
    throw new Failure('usage', '--shard needs a directory with a file a day', {
      hint: '--split day --output events/',
    });
  }
  if (settings.layout === 'hive' && settings.columns?.every((name) => name === partitionColumn) === true) {
    throw new Failure(
      'usage',
      `--columns names only "${partitionColumn}", which --layout hive has in the path`,
    );
  }
  if (settings.incremental === true && form.kind === 'stream') {
    throw new Failure('usage', '--incremental needs a file, a directory or postgres: as output');
  }
  const mayGrow = form.kind === 'postgres' || (isFile && kind.name === 'csv');
  if (settings.evolve && !mayGrow) {
    throw new Failure('usage', '--evolve needs a CSV file or PostgreSQL as output', {
      hint: 'the columns of a stream and of Parquet are fixed, and objects name their own',
    });
  }
  if (settings.manifest && !isFile) throw new Failure('usage', '--manifest needs an output of files');
  if (form.kind === 'postgres' && settings.format !== undefined) {
    throw new Failure('usage', '--format applies to files, not to PostgreSQL');
  }
  for (const [flag, isGiven] of [
    ['--excel-safe', settings.excelSafe],
    ['--bom', settings.bom],
  ] as const) {
    if (isGiven && form.kind === 'postgres') throw new Failure('usage', `${flag} needs a file as output`);
    if (isGiven && kind.name !== 'csv') throw new Failure('usage', `${flag} needs CSV as output format`);
  }
  if (kind.name === 'parquet' && settings.incremental === true && settings.split === undefined) {
    throw new Failure('usage', 'cannot append to a Parquet file', {
      hint: '--split day writes a file a day, which --incremental goes on with',
    });
  }
}

/** Whoever gives one of them means a database, and would miss it only after the rows are somewhere else. */
function refuseOfPostgres({ createTable, dedupeExisting, table, upsert }: ExportSettings): void {
  for (const [flag, isGiven] of [
    ['--table', table !== undefined],
    ['--no-create-table', !createTable],
    ['--upsert', upsert],
    ['--dedupe-existing', dedupeExisting],
  ] as const) {
    if (!isGiven) continue;
    throw new Failure('usage', `${flag} needs PostgreSQL as output`, { hint: '--output postgres:' });
  }
}
