/** What a table of the user's own forbids costs the row that breaks it: constraints, views and triggers. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withClient } from '../../postgres-server.ts';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { makeEvents, writeCsv, type EventRow } from './event-rows.ts';
import { startExportServer } from './export-server.ts';
import { runCli } from './run-cli.ts';

const programs = findPostgres();
const day = '2026-11-01';
const days = ['--from', day, '--to', day];
const names = ['id', 'type', 'time', 'confidence', 'origin_country'];
const many: EventRow[] = makeEvents({ from: day, to: day, perDay: 40 }).map((row) => ({
  ...row,
  confidence: '0.5',
  origin_country: 'NZ',
}));
const first: EventRow = many[0] ?? {};
const bad: EventRow = many[3] ?? {};

const plain = 'id text primary key, type text, time timestamp, confidence numeric, origin_country text';
const countries = `create table countries (code text primary key); insert into countries values ('NZ');`;
const refuse = `create function refuse() returns trigger language plpgsql as $$
  begin if new.confidence > 1 then raise exception 'too sure'; end if; return new; end $$;`;

const cases: [string, { sql: string; changes: EventRow; column?: string; reason: string }][] = [
  [
    'a check',
    {
      sql: `create table t (${plain}, check (confidence <= 1))`,
      changes: { confidence: '7' },
      column: 'confidence',
      reason: 'check-failed',
    },
  ],
  ...['', ' deferrable initially deferred'].map((when): (typeof cases)[number] => [
    `a foreign key${when}`,
    {
      sql: `${countries} create table t (${plain} references countries${when})`,
      changes: { origin_country: 'XX' },
      column: 'origin_country',
      reason: 'no-such-reference',
    },
  ]),
  [
    'a second unique column',
    {
      sql: `create table t (${plain}, unique (time))`,
      changes: { time: first['time'] ?? '' },
      column: 'time',
      reason: 'not-unique',
    },
  ],
  [
    'a unique index over an expression',
    {
      sql: `create table t (${plain}); create unique index on t (date_trunc('second', time))`,
      changes: { time: first['time'] ?? '' },
      reason: 'not-unique',
    },
  ],
  [
    'the check of a domain',
    {
      sql: `create domain share as numeric check (value <= 1);
        create table t (${plain.replace('numeric', 'share')})`,
      changes: { confidence: '7' },
      column: 'confidence',
      reason: 'check-failed',
    },
  ],
  [
    'a trigger',
    {
      sql: `${refuse} create table t (${plain});
        create trigger refuse before insert on t for each row execute function refuse()`,
      changes: { confidence: '7' },
      reason: 'refused-by-database',
    },
  ],
  [
    'a trigger with a code of its own',
    {
      sql: `${refuse.replace(`'too sure'`, `'too sure' using errcode = 'ZZ001'`)} create table t (${plain});
        create trigger refuse before insert on t for each row execute function refuse()`,
      changes: { confidence: '7' },
      reason: 'refused-by-database',
    },
  ],
  [
    'nothing but is left out by a trigger',
    {
      sql: `${refuse.replace(`raise exception 'too sure'`, 'return null')} create table t (${plain});
        create trigger refuse before insert on t for each row execute function refuse()`,
      changes: { confidence: '7' },
      reason: 'not-taken',
    },
  ],
  [
    'a view with a check',
    {
      sql: `create table base (${plain}); create view t as select * from base where confidence <= 1 with check option`,
      changes: { confidence: '7' },
      reason: 'refused-by-database',
    },
  ],
  [
    'the size of an index',
    {
      // Digits that do not repeat, since what is stored is compressed.
      sql: `create table t (${plain})`,
      changes: { id: Array.from({ length: 4000 }, (_, index) => ((index + 7) ** 5).toString(36)).join('') },
      reason: 'too-long',
    },
  ],
  [
    'a partition that is not there',
    {
      sql: `create table t (${plain.replace(' primary key', '')}) partition by list (origin_country);
        create table nz partition of t for values in ('NZ')`,
      changes: { origin_country: 'XX' },
      reason: 'check-failed',
    },
  ],
];

describe.skipIf(programs === undefined)('a row that breaks', () => {
  const server = usePostgres();

  async function ask(database: string, sql: string): Promise<Record<string, unknown>[]> {
    return withClient(database, async (client) => {
      const { rows: found } = await client.query<Record<string, unknown>>(sql);
      return found;
    });
  }

  async function exportRows(database: string, body: string, argv: readonly string[]) {
    const { url } = await startExportServer({
      rows: () => [],
      misbehave: (_, response) => {
        response.writeHead(200, { 'content-type': 'text/csv' }).end(body);
        return true;
      },
    });
    const directory = await temporaryDirectory();
    const flags = ['--output', database, '--table', 't', '--rejects', 'rejects.csv', '--json'];
    const run = await runCli(['export', ...argv, ...flags], { url, directory });
    const { counts } = JSON.parse(run.stdout.toString()) as { counts: Record<string, number> };
    const path = join(directory, 'rejects.csv');
    const notes = async () => JSON.parse(await readFile(`${path}.meta.ndjson`, 'utf8')) as unknown;
    return { exit: run.exit, counts, notes, rejects: () => readFile(path, 'utf8') };
  }

  const bodyWith = (changes: EventRow) =>
    writeCsv(
      many.map((row) => (row === bad ? { ...row, ...changes } : row)),
      names,
    );

  test.each(cases)('%s costs that row only', async (_, { sql, changes, column = null, reason }) => {
    const database = await server.createDatabase();
    await ask(database, sql);
    const argv = ['events', ...days];
    const { counts, exit, notes, rejects } = await exportRows(database, bodyWith(changes), argv);
    expect(exit).toBe(3);
    expect(counts).toMatchObject({ written: 39, rejected: 1 });
    const id = changes['id'] ?? bad['id'];
    expect(await notes()).toMatchObject({ id, column, reason, source: 'server' });
    const [header, row, end] = (await rejects()).split('\n');
    expect([header, end]).toEqual([names.join(','), '']);
    expect(bodyWith(changes).split('\n')).toContain(row);
    expect(await ask(database, 'select count(*)::int as n from t')).toEqual([{ n: 39 }]);
  });

  test('a check with --upsert keeps the values that were there, with a key and without', async () => {
    for (const columns of [plain, plain.replace(' primary key', '')]) {
      const database = await server.createDatabase();
      await ask(database, `create table t (${columns}, check (confidence <= 1))`);
      await ask(database, `insert into t values ('${bad['id']}', 'older'), ('${first['id']}', 'older')`);
      const argv = ['events', ...days, '--upsert'];
      const { counts } = await exportRows(database, bodyWith({ confidence: '7' }), argv);
      expect(counts).toMatchObject({ written: 39, rejected: 1 });
      expect(await ask(database, `select id from t where type = 'older'`)).toEqual([{ id: bad['id'] }]);
    }
  });

  test('a check where days are replaced costs that row only', async () => {
    const database = await server.createDatabase();
    const columns = 'date date, package_name text, total_events bigint check (total_events < 10)';
    await ask(database, `create table t (${columns}); insert into t values ('${day}', 'older', 1)`);
    const body = `date,package_name,total_events\n${day},a,1\n${day},b,20\n${day},c,3\n`;
    const { counts, exit, notes } = await exportRows(database, body, [
      'companies',
      '--by',
      'package',
      ...days,
    ]);
    expect(exit).toBe(3);
    expect(counts).toMatchObject({ written: 2, rejected: 1 });
    expect(await notes()).toMatchObject({ column: 'total_events', reason: 'check-failed' });
    expect(await ask(database, 'select package_name as name from t order by 1')).toEqual([
      { name: 'a' },
      { name: 'c' },
    ]);
  });

  test('a check is kept as Scarf wrote it, whatever the table was given', async () => {
    const lines = [1, 20, 3].map((total) => `{"date": "${day}", "total": ${total}, "x": 1.50}\n`);
    const database = await server.createDatabase();
    await ask(database, 'create table t (date date, total bigint check (total < 10))');
    const ofAggregates = await exportRows(database, lines.join(''), ['aggregates', ...days]);
    expect(await ofAggregates.rejects()).toBe(lines[1]);
    expect(ofAggregates.counts).toMatchObject({ written: 2, rejected: 1 });

    await ask(database, 'drop table t, scarf_cli_watermarks');
    await ask(database, `create table t (${plain}, check (confidence <= 1))`);
    const argv = ['events', ...days, '--columns', 'time,id,confidence'];
    const ofEvents = await exportRows(database, bodyWith({ confidence: '7' }), argv);
    const [header, row] = (await ofEvents.rejects()).split('\n');
    expect(header).toBe(names.join(','));
    expect(bodyWith({ confidence: '7' }).split('\n')).toContain(row);
  });

  test('what keeps old rows from being deleted is no fault of the new ones: exit 6', async () => {
    const database = await server.createDatabase();
    await ask(
      database,
      `create table t (date date, package_name text primary key, total_events bigint);
       insert into t values ('${day}', 'older', 1);
       create table notes (about text references t); insert into notes values ('older')`,
    );
    const body = `date,package_name,total_events\n${day},a,1\n`;
    const { exit } = await exportRows(database, body, ['companies', '--by', 'package', ...days]);
    expect(exit).toBe(6);
    expect(await ask(database, 'select package_name as name from t')).toEqual([{ name: 'older' }]);
  });
});
