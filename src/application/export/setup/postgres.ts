/** The sink for `--output postgres:`. Loaded on use, together with the library it needs. */
import type { Column } from '../../../contracts/dataset.ts';
import type { OutputFormat } from '../../../contracts/encoder.ts';
import type { Sink } from '../../../contracts/sink.ts';
import { Failure } from '../../../failure.ts';
import { createRowReader } from '../../../replies/readers/readers.ts';
import type { Machine } from '../../../machine.ts';
import { readAddress } from '../../../sinks/postgres/conninfo/address.ts';
import type { ConninfoContext } from '../../../sinks/postgres/conninfo/context.ts';
import { PostgresSink } from '../../../sinks/postgres/sink.ts';
import { parseTableName } from '../../../sinks/postgres/table/table-name.ts';
import type { ResolvedExport, SinkContext } from './resolved-export.ts';

export interface PostgresOptions {
  url: string | undefined;
  columns: readonly Column[];
  format: OutputFormat;
}

/** Connects to nothing yet. Throws a Failure `usage` when columns are missing that the table needs. */
export async function createPostgresSink(
  { dataset, settings }: ResolvedExport,
  { clock, emit, machine, rejects, signal }: SinkContext,
  { columns, format, url }: PostgresOptions,
): Promise<Sink> {
  const { createTable, dedupeExisting, evolve, incremental, upsert } = settings;
  const { idColumn, timeColumn } = dataset;
  const lacks = (wanted: string | undefined) =>
    wanted !== undefined && !columns.some(({ name }) => name === wanted);
  if (lacks(idColumn)) {
    throw new Failure('usage', `rows in PostgreSQL are told apart by "${idColumn}": add it to --columns`);
  }
  if (incremental === true && lacks(timeColumn)) {
    throw new Failure('usage', `--incremental goes on by "${timeColumn}": add it to --columns`);
  }
  const onNotice = (code: string, message: string) => emit({ type: 'warned', code, message });
  return new PostgresSink({
    address: await readAddress(url, { ...contextOf(machine), onNotice }),
    table: parseTableName(settings.table ?? tableNameOf(dataset.name)),
    columns,
    idColumn,
    timeColumn,
    dayColumn: dataset.columns.find(({ name }) => name === 'date')?.name,
    identity: dataset.identity,
    format,
    createTable,
    upsert,
    evolve,
    dedupeExisting,
    mayRepeat: settings.keepDuplicates ?? false,
    incremental: incremental === true ? { clock } : undefined,
    clock,
    createReader: createRowReader,
    rejects,
    machine,
    signal,
    onNotice: (notice) => emit({ type: 'warned', ...notice }),
  });
}

function contextOf(machine: Machine): Omit<ConninfoContext, 'onNotice'> {
  const { environment, homeDirectory } = machine;
  return {
    environment,
    homeDirectory,
    userName: () => machine.userName(),
    random: () => machine.random(),
  };
}

/** The table name of the vendor's own exporter for events (scarf-sh/scarf-postgres-exporter, 2025-10). */
export function tableNameOf(dataset: string): string {
  return dataset === 'events' ? 'scarf_events_raw' : `scarf_${dataset.replace(/[^a-z0-9]+/gi, '_')}`;
}
