import { readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, onTestFinished, test } from 'vitest';
import { withClient } from '../../postgres-server.ts';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { startFakeS3, type FakeS3 } from '../../storage/fake-s3.ts';
import { KEYS } from '../../storage/store.ts';
import { later } from './day-server.ts';
import { play, steps, type Destination } from './model.ts';
import { readTable } from './read-back.ts';

/** `MODEL_RUNS=2000 npx vitest run test/commands/export/model.test.ts` plays many. */
const numRuns = Number(process.env['MODEL_RUNS'] ?? 4);
const seed = process.env['MODEL_SEED'];
const parameters = { numRuns, ...(seed === undefined ? { seed: 12 } : { seed: Number(seed) }) };
const timeoutMs = 120_000 + numRuns * 10_000;

async function tablesBelow(home: string): Promise<string[]> {
  const names = await readdir(home, { recursive: true });
  return names.filter((name) => name.endsWith('.csv')).sort();
}

async function readIds(home: string): Promise<string[]> {
  const tables = await tablesBelow(home);
  // A file that was cut is no table.
  const rows = await Promise.all(tables.map((name) => readTable(join(home, name)).catch(() => [])));
  return rows.flat().map(({ id = '' }) => id);
}

const files: Pick<Destination, 'readIds' | 'damage' | 'undoesKilled'> = {
  readIds,
  undoesKilled: false,
  damage: async (home, { cut, pick }) => {
    const tables = await tablesBelow(home);
    const name = tables[pick % Math.max(1, tables.length)];
    if (name === undefined) return;
    await (cut ? truncate(join(home, name), 60) : rm(join(home, name)));
  },
};

describe('whatever happened before, an open run ends with what one export of everything has', () => {
  test(
    'in a file',
    async () => {
      const destination = { ...files, argv: ['--output', 'ev.csv'] };
      await fc.assert(
        fc.asyncProperty(steps, (given) => play(destination, given)),
        parameters,
      );
    },
    timeoutMs,
  );

  test(
    'in a directory by day',
    async () => {
      const destination = { ...files, argv: ['--output', 'days/', '--split', 'day'] };
      await fc.assert(
        fc.asyncProperty(steps, (given) => play(destination, given)),
        parameters,
      );
    },
    timeoutMs,
  );

  test.each([
    ['file', ['--output', 's3://bucket/ev.csv']],
    ['prefix by day', ['--output', 's3://bucket/days/', '--split', 'day']],
  ])(
    'in a bucket, as a %s',
    async (_, argv) => {
      const s3 = await startFakeS3();
      onTestFinished(() => s3.close());
      await fc.assert(
        fc.asyncProperty(steps, (given) => {
          s3.objects.clear();
          return play(bucketOf(s3, argv), given);
        }),
        parameters,
      );
    },
    timeoutMs,
  );

  const programs = findPostgres();

  describe.skipIf(programs === undefined)('in PostgreSQL', () => {
    const server = usePostgres();

    test(
      'in a table',
      async () => {
        await fc.assert(
          fc.asyncProperty(steps, async (given) => play(tableIn(await server.createDatabase()), given)),
          parameters,
        );
      },
      timeoutMs,
    );
  });
});

function bucketOf(s3: FakeS3, argv: readonly string[]): Destination {
  const tables = () => [...s3.objects.keys()].filter((path) => path.endsWith('.csv')).sort();
  return {
    argv,
    environment: { ...KEYS, AWS_ENDPOINT_URL: s3.endpoint },
    undoesKilled: false,
    // What was cut in the middle of a row is no table.
    readIds: async () =>
      tables().flatMap((path) => {
        try {
          return parse<{ id: string }>(s3.objects.get(path)?.bytes ?? '', { columns: true }).map(
            ({ id }) => id,
          );
        } catch {
          return [];
        }
      }),
    damage: async (_, { cut, pick }) => {
      const name = tables()[pick % Math.max(1, tables().length)];
      if (name === undefined) return;
      const { bytes } = s3.objects.get(name) ?? { bytes: Buffer.alloc(0) };
      if (cut) s3.put(name, bytes.subarray(0, 60));
      else s3.objects.delete(name);
    },
    hold: () => {
      const there = [...s3.objects];
      return () => {
        s3.objects.clear();
        for (const [path, object] of there) s3.objects.set(path, object);
      };
    },
  };
}

/** Rows from a day on, or all, are what can be missed: the table says which row is its newest. */
function tableIn(database: string): Destination {
  return {
    argv: ['--output', 'postgres:'],
    environment: { PSQL_CONN_STRING: database },
    undoesKilled: true,
    readIds: () =>
      withClient(database, async (client) => {
        const there = await client.query<{ found: string | null }>(
          `select to_regclass('scarf_events_raw')::text as found`,
        );
        if ((there.rows[0]?.found ?? null) === null) return [];
        const { rows } = await client.query<{ id: string }>('select id from scarf_events_raw');
        return rows.map(({ id }) => id);
      }),
    damage: async (_, { cut, pick }) =>
      withClient(database, async (client) => {
        const sql = cut
          ? `delete from scarf_events_raw where time >= '${later('2026-11-01', pick)}'`
          : 'drop table scarf_events_raw';
        await client.query(sql).catch(() => undefined);
      }),
  };
}
