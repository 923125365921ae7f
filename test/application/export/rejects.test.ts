/** One bad row costs that row: the same verdict in Parquet and PostgreSQL, verbatim in CSV and NDJSON. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withClient } from '../../postgres-server.ts';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { makeEvents, writeCsv, type EventRow } from '../../commands/export/event-rows.ts';
import { startExportServer } from '../../commands/export/export-server.ts';
import { readTable } from '../../commands/export/read-back.ts';
import { runCli } from '../../commands/export/run-cli.ts';

const day = '2026-11-01';
const rows = makeEvents({ from: day, to: day, perDay: 20 });
const programs = findPostgres();
const badId = rows[3]?.['id'] ?? '';

/** The rows, one of which has other values; `\xff` stands for a byte that is no UTF-8. */
function tableWith(changes: EventRow, all: readonly EventRow[] = rows): Buffer {
  const text = writeCsv(all.map((row, index) => (index === 3 ? { ...row, ...changes } : row)));
  const [before = '', after] = text.split('\\xff');
  return after === undefined
    ? Buffer.from(text)
    : Buffer.concat([Buffer.from(before), Buffer.of(0xff), Buffer.from(after)]);
}

interface Answer {
  body: Buffer;
  /** Requests that are answered with half a table before. */
  cuts?: number;
}

async function exportTo(output: string, { body, cuts = 0 }: Answer, argv: readonly string[] = []) {
  const { url } = await startExportServer({
    rows: () => [],
    misbehave: ({ before }, response) => {
      response.writeHead(200, { 'content-type': 'text/csv' });
      if (before < cuts) response.write(body.subarray(0, -20), () => response.destroy());
      else response.end(body);
      return true;
    },
  });
  const directory = await temporaryDirectory();
  const flags = [
    '--from',
    day,
    '--to',
    day,
    '--output',
    output,
    '--json',
    '--rejects',
    'rejects.csv',
    ...argv,
  ];
  const run = await runCli(['export', 'events', ...flags], { url, directory });
  const report = JSON.parse(
    (output === '-' ? run.stderr : run.stdout.toString()).trim().split('\n').at(-1) ?? '{}',
  ) as {
    counts: { written: number; rejected: number };
    rejects: { path: string | null; rows: number };
  };
  const path = join(directory, 'rejects.csv');
  return { ...run, directory, report, rejects: () => readFile(path), notes: () => readNotes(path) };
}

async function readNotes(path: string): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(`${path}.meta.ndjson`, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const badValues: [string, EventRow, string, string][] = [
  ['text in a numeric column', { confidence: 'high' }, 'confidence', 'not-of-type'],
  ['what is no number', { origin_latitude: 'NaN' }, 'origin_latitude', 'not-of-type'],
  ['a number out of range', { confidence: '1e999' }, 'confidence', 'out-of-range'],
  ['text in a time column', { time: '2026-11-01 at noon' }, 'time', 'not-of-type'],
  ['a day that does not exist', { time: '2026-11-01T25:00:00Z' }, 'time', 'out-of-range'],
  ['a word in a boolean column', { dnt: 'yes' }, 'dnt', 'not-of-type'],
  ['a NUL character', { origin_city: 'a\0b' }, 'origin_city', 'nul-character'],
  ['a byte that is no UTF-8', { user_agent: 'a\\xffb, "c"' }, 'user_agent', 'not-utf8'],
];

describe('a row with', () => {
  test.each(badValues)(
    '%s is rejected from Parquet, with id, column and reason',
    async (_, changes, column, reason) => {
      const body = tableWith(changes);
      const { directory, exit, notes, rejects, report } = await exportTo('events.parquet', { body });
      expect(exit).toBe(3);
      expect(report.counts).toMatchObject({ written: 19, rejected: 1 });
      expect(report.rejects).toEqual({ path: join(directory, 'rejects.csv'), rows: 1 });
      expect(await notes()).toMatchObject([{ id: badId, column, reason, source: 'local' }]);
      const kept = await rejects();
      const header = body.subarray(0, body.indexOf('\n') + 1);
      expect(kept.subarray(0, header.length)).toEqual(header);
      expect(body.includes(kept.subarray(header.length))).toBe(true);
      expect(kept.subarray(header.length).toString()).toContain(badId);
      expect(await readTable(join(directory, 'events.parquet'))).toHaveLength(19);
    },
  );

  test.each(badValues)('%s stays as it came in CSV and NDJSON', async (_, changes) => {
    const body = tableWith(changes);
    const csv = await exportTo('events.csv', { body });
    expect(csv.exit).toBe(0);
    expect(await readFile(join(csv.directory, 'events.csv'))).toEqual(body);
    const ndjson = await exportTo('events.ndjson', { body });
    expect(ndjson.report.counts).toMatchObject({ written: 20, rejected: 0 });
  });

  test('too few cells, or too many, is rejected where each cell is needed', async () => {
    const lines = tableWith({}).toString().split('\n');
    const bad = [`${lines[1] ?? ''},more`, 'short,row'];
    // As the last one, the row that is short would be taken for one that is cut.
    const body = Buffer.from([...lines.slice(0, 2), ...bad, lines[2], ''].join('\n'));
    const { exit, notes, rejects } = await exportTo('events.ndjson', { body });
    expect(exit).toBe(3);
    expect(await notes()).toMatchObject([{ reason: 'cell-count' }, { reason: 'cell-count', id: 'short' }]);
    expect((await rejects()).toString()).toBe(`${lines[0] ?? ''}\n${lines[1] ?? ''},more\nshort,row\n`);
  });
});

describe('rejects', () => {
  const body = tableWith({ confidence: 'high' });

  test('within --allow-rejects are exit 0', async () => {
    expect((await exportTo('events.parquet', { body }, ['--allow-rejects', '1'])).exit).toBe(0);
    expect((await exportTo('events.parquet', { body }, ['--allow-rejects', '5%'])).exit).toBe(0);
    expect((await exportTo('events.parquet', { body }, ['--allow-rejects', '4%'])).exit).toBe(3);
  });

  test('beyond --max-rejects end the run, with nothing of the window written', async () => {
    const run = await exportTo('events.parquet', { body }, ['--max-rejects', '0', '--allow-rejects', '5']);
    expect(run.exit).toBe(3);
    expect(run.report).toMatchObject({ complete: false, files: [], notices: [{ code: 'too-many-rejects' }] });
    expect((await exportTo('events.parquet', { body }, ['--max-rejects', '1'])).report.counts.written).toBe(
      19,
    );
    expect((await exportTo('events.parquet', { body }, ['--max-rejects', '4%'])).report.counts.written).toBe(
      0,
    );
  });

  describe('in the place of a file that is there', () => {
    async function setUp() {
      const directory = await temporaryDirectory();
      const path = join(directory, 'old.csv');
      await writeFile(path, 'older\n');
      const to = async (argv: readonly string[], from: Answer = { body }) => {
        const run = await exportTo('events.parquet', from, ['--rejects', path, ...argv]);
        const text = await readFile(path, 'utf8').catch(() => undefined);
        return { exit: run.exit, stderr: run.stderr, text, made: await readdir(run.directory) };
      };
      return { to };
    }

    test('end the run with 2, and nothing is asked or written', async () => {
      const { to } = await setUp();
      const { exit, made, stderr, text } = await to([]);
      expect([exit, text]).toEqual([2, 'older\n']);
      expect(stderr).toContain('--append');
      expect(made).not.toContain('events.parquet');
    });

    test('are added with --append, and taken back when the window is not written', async () => {
      const { to } = await setUp();
      const { exit, text } = await to(['--append']);
      expect(exit).toBe(3);
      expect(text).toMatch(/^older\n.*high/);
      expect((await to(['--append', '--max-rejects', '0'])).text).toBe(text);
    });

    test('replace it with --overwrite; without any it is gone in the end', async () => {
      const { to } = await setUp();
      const { exit, text } = await to(['--overwrite']);
      expect(exit).toBe(3);
      expect(text).toMatch(/^id,.*\n.*high.*\n$/);
      expect(await to(['--overwrite'], { body: tableWith({}) })).toMatchObject({ exit: 0, text: undefined });
      expect((await to(['--overwrite', '--append'])).exit).toBe(2);
    });
  });

  test('are added to the file that an earlier export into the same destination made, and to no other', async () => {
    const directory = await temporaryDirectory();
    const { url } = await startExportServer({
      rows: () => [],
      misbehave: (_, response) => {
        response.writeHead(200, { 'content-type': 'text/csv' }).end(body);
        return true;
      },
    });
    const to = (output: string) => {
      const flags = ['--from', day, '--to', day, '--output', output, '--rejects', 'r.csv'];
      return runCli(['export', 'events', ...flags], { url, directory });
    };
    const lines = async () => (await readFile(join(directory, 'r.csv'), 'utf8')).split('\n').length - 1;
    expect([(await to('a.parquet')).exit, await lines()]).toEqual([3, 2]);
    expect([(await to('a.parquet')).exit, await lines()]).toEqual([3, 3]);
    expect([(await to('b.parquet')).exit, await lines()]).toEqual([2, 3]);
    await rm(join(directory, 'r.csv'));
    await writeFile(join(directory, 'r.csv'), 'of somebody else\n');
    expect([(await to('a.parquet')).exit, await lines()]).toEqual([2, 1]);
  });

  test('of a download that broke off do not count', async () => {
    const { exit, notes, report } = await exportTo('events.parquet', { body, cuts: 2 });
    expect(exit).toBe(3);
    expect(report.counts).toMatchObject({ written: 19, rejected: 1 });
    expect(await notes()).toHaveLength(1);
  });

  test('of columns that nobody asked for are none', async () => {
    const { exit } = await exportTo('events.parquet', { body }, ['--columns', 'id,time']);
    expect(exit).toBe(0);
  });
});

describe.skipIf(programs === undefined)('PostgreSQL', () => {
  const server = usePostgres();

  async function ask(database: string, sql: string): Promise<Record<string, unknown>[]> {
    return withClient(database, async (client) => {
      const { rows: found } = await client.query<Record<string, unknown>>(sql);
      return found;
    });
  }

  test('has the verdicts of Parquet, and the window of each row is committed', async () => {
    const database = await server.createDatabase();
    for (const [name, changes, column, reason] of badValues) {
      await ask(database, 'drop table if exists scarf_events_raw');
      const { exit, notes, report } = await exportTo(database, { body: tableWith(changes) });
      expect([name, exit, report.counts]).toMatchObject([name, 3, { written: 19, rejected: 1 }]);
      expect(await notes()).toMatchObject([{ id: badId, column, reason }]);
      expect(await ask(database, 'select count(*)::int as n from scarf_events_raw')).toEqual([{ n: 19 }]);
    }
  });

  test.each([
    [
      'a value that is too long',
      'id text primary key, time timestamp, type varchar(20)',
      { type: 'x'.repeat(21) },
      'type',
    ],
    ['an id of another type', 'id uuid primary key, time timestamp', { id: 'no uuid' }, 'id'],
    [
      'nothing where something must be',
      'id text primary key, time timestamp, version text not null',
      { version: '' },
      'version',
    ],
    ['no id where it is the key', 'id text primary key, time timestamp', { id: '' }, 'id'],
  ])('refuses %s, which costs that row', async (_, columns, changes, column) => {
    const database = await server.createDatabase();
    await ask(database, `create table scarf_events_raw (${columns})`);
    const many = makeEvents({ from: day, to: day, perDay: 300 });
    const { exit, notes, report } = await exportTo(database, { body: tableWith(changes, many) });
    expect(exit).toBe(3);
    expect(report.counts).toMatchObject({ written: 299, rejected: 1 });
    expect(await notes()).toMatchObject([{ column, source: 'server' }]);
    expect(await ask(database, 'select count(*)::int as n from scarf_events_raw')).toEqual([{ n: 299 }]);
  });

  test('reads times with their offset, and empty cells in quotes as nothing', async () => {
    const database = await server.createDatabase();
    const text = tableWith({ time: '2026-11-01T12:00:00+02:00' }).toString();
    const body = Buffer.from(
      text.replace(`,0.874,${rows[0]?.['endpoint_id'] ?? ''}`, `,"",${rows[0]?.['endpoint_id'] ?? ''}`),
    );
    expect((await exportTo(database, { body })).exit).toBe(0);
    expect(await ask(database, `select time::text from scarf_events_raw where id = '${badId}'`)).toEqual([
      { time: '2026-11-01 10:00:00' },
    ]);
    expect(
      await ask(database, 'select count(*)::int as n from scarf_events_raw where confidence is null'),
    ).toEqual([{ n: 1 }]);
  });
});
