/** A table of a real server, written to by a sink without a vendor: rows in, rows out. */
import type { Column } from '../../../src/contracts/dataset.ts';
import type { Notice } from '../../../src/contracts/sink.ts';
import type { Partition, PulledWindow, RejectedRows, RejectStore } from '../../../src/contracts/window.ts';
import { createOutputFormat } from '../../../src/encoders/outputs.ts';
import { realMachine } from '../../../src/real-machine.ts';
import { createRowReader } from '../../../src/replies/readers/readers.ts';
import { readAddress } from '../../../src/sinks/postgres/conninfo/address.ts';
import { PostgresSink, type PostgresSinkOptions } from '../../../src/sinks/postgres/sink.ts';
import { partitionOf, untold } from '../../encoders/encode.ts';
import { withClient } from '../../postgres-server.ts';
import { conninfoContext } from './conninfo/context.ts';

export const clock = { today: '2026-11-10', lagDays: 0 };
const columns: readonly Column[] = [
  { name: 'id', type: 'text' },
  { name: 'time', type: 'timestamp' },
  { name: 'total', type: 'integer' },
];

export type SinkChanges = Partial<PostgresSinkOptions> & {
  /** Of the rows that are written; undefined: all. */
  chosen?: readonly string[];
};

/** A sink, the notices that it gives and what it rejects. */
export async function sinkOf(database: string, table: string, changes: SinkChanges = {}) {
  const notices: Notice[] = [];
  const rejected: RejectedRows[] = [];
  const { chosen, ...over } = changes;
  const csv = { excelSafe: false, byteOrderMark: false, ...untold };
  const sink = new PostgresSink({
    address: await readAddress(database, conninfoContext()),
    table: { schema: undefined, table },
    ...{ columns, idColumn: 'id', timeColumn: 'time', dayColumn: undefined, identity: { of: 'here' } },
    format: createOutputFormat(
      { name: 'csv', suffix: '.csv', gzip: false },
      { ...csv, ...(chosen === undefined ? {} : { columns: chosen }) },
    ),
    ...{ createTable: true, upsert: false, evolve: false, dedupeExisting: false, mayRepeat: false },
    ...{ incremental: undefined, clock, createReader: createRowReader },
    rejects: keptIn(rejected),
    machine: realMachine(),
    signal: new AbortController().signal,
    onNotice: (notice) => void notices.push(notice),
    ...over,
  });
  return { sink, notices, rejected };
}

/** Keeps rejects in memory: here the sink is looked at, and not their file. */
function keptIn(rejected: RejectedRows[]): RejectStore {
  return {
    expect: () => undefined,
    append: async (rows) => void rejected.push(rows),
    mark: () => ({ lengths: {}, rows: rejected.length, received: 0 }),
    cutTo: async () => undefined,
    flush: async () => undefined,
  };
}

/** Rows under this header, as `a,2026-11-01,1`. */
export function rowsOf(header: string, ...lines: string[]): Partition {
  const names = header.split(',');
  const text = [header, ...lines, ''].join('\n');
  const known = new Map(columns.map((column) => [column.name, column]));
  const partition = partitionOf('csv', text, names);
  return { ...partition, columns: names.map((name): Column => known.get(name) ?? { name, type: 'text' }) };
}

export function windowOf(partitions: readonly Partition[], more: Partial<PulledWindow> = {}): PulledWindow {
  return { days: undefined, partitions, newest: undefined, unread: [], bare: [], ...more };
}

/** One run: opens the sink, commits the windows, finishes and closes it. */
export async function runOf(sink: PostgresSink, ...windows: PulledWindow[]) {
  try {
    const opened = await sink.open();
    const committed = [];
    for (const window of windows) committed.push(await sink.commit(window));
    return { opened, committed, finished: await sink.finish() };
  } finally {
    await sink.close();
  }
}

/** The cells of each row that a query gives, as text; nothing is `null`. */
export async function ask(database: string, sql: string): Promise<string[][]> {
  return withClient(database, async (client) => {
    const { rows } = await client.query<Cell[]>({ text: sql, rowMode: 'array' });
    return rows.map((row) => row.map(String));
  });
}

type Cell = string | number | boolean | null;
