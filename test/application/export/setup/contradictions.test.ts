import { describe, expect, test } from 'vitest';
import { checkTogether } from '../../../../src/application/export/setup/contradictions.ts';
import type { ResolvedForm } from '../../../../src/application/export/setup/resolved-export.ts';
import { EXPORT_OPTIONS } from '../../../../src/application/options/export.ts';
import type { OutputKind } from '../../../../src/encoders/outputs.ts';
import { STANDARD_OUTPUT } from '../../../../src/disk/output/output-stream.ts';
import { resolveSettings } from '../../../../src/settings/resolve.ts';

const file: ResolvedForm = { kind: 'file', path: '/data/events.csv' };
const directory: ResolvedForm = { kind: 'directory', path: '/data' };
const stream: ResolvedForm = { kind: 'stream', output: STANDARD_OUTPUT };
const postgres: ResolvedForm = { kind: 'postgres', url: 'postgres:' };

function check(form: ResolvedForm, flags: Record<string, unknown>, name: OutputKind['name'] = 'csv') {
  const { values } = resolveSettings(EXPORT_OPTIONS.events, { flags, environment: {} });
  return () => checkTogether(values, form, { name, suffix: `.${name}`, gzip: false });
}

describe('options of an export that its output has no use for', () => {
  test.each([
    ['--table', { table: 'events' }],
    ['--no-create-table', { createTable: false }],
    ['--upsert', { upsert: true }],
    ['--dedupe-existing', { dedupeExisting: true }],
  ])('%s without PostgreSQL', (flag, flags) => {
    for (const form of [file, directory, stream]) {
      expect(check(form, flags)).toThrow(`${flag} needs PostgreSQL as output`);
    }
    expect(check(postgres, flags)).not.toThrow();
  });

  test.each<[string, ResolvedForm, Record<string, unknown>, OutputKind['name']?]>([
    ['--split day needs a directory', file, { split: 'day' }],
    ['--shard needs a directory with a file a day', directory, { shard: '0/2' }],
    ['--columns names only "date"', directory, { split: 'day', layout: 'hive', columns: ['date'] }],
    ['--incremental needs a file, a directory or postgres:', stream, { incremental: true }],
    ['--manifest needs an output of files', stream, { manifest: true }],
    ['--manifest needs an output of files', postgres, { manifest: true }],
    ['--format applies to files', postgres, { format: 'csv' }],
    ['--excel-safe needs a file', postgres, { excelSafe: true }],
    ['--bom needs a file', postgres, { bom: true }],
    ['--excel-safe needs CSV', file, { excelSafe: true }, 'ndjson'],
    ['--bom needs CSV', file, { bom: true }, 'parquet'],
    ['--evolve needs a CSV file or PostgreSQL', stream, { evolve: true }],
    ['--evolve needs a CSV file or PostgreSQL', file, { evolve: true }, 'ndjson'],
    ['--evolve needs a CSV file or PostgreSQL', directory, { evolve: true }, 'parquet'],
    ['cannot append to a Parquet file', file, { incremental: true }, 'parquet'],
  ])('%s', (message, form, flags, format) => {
    expect(check(form, flags, format)).toThrow(message);
  });

  test.each<[ResolvedForm, Record<string, unknown>, OutputKind['name']?]>([
    [file, { evolve: true, excelSafe: true, bom: true, incremental: true, manifest: true }],
    [directory, { split: 'day', shard: '0/2', layout: 'hive', columns: ['date', 'id'] }],
    [directory, { split: 'day', incremental: true }, 'parquet'],
    [postgres, { evolve: true, upsert: true, table: 'a.b', incremental: true }],
  ])('what goes together: %o', (form, flags, format) => {
    expect(check(form, flags, format)).not.toThrow();
  });
});
