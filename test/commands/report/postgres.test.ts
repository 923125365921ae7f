import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPlace } from '../../machine.ts';
import { withClient } from '../../postgres-server.ts';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { analysisIn, shown } from './page-data.ts';

const timeout = 120_000;
const range = ['--from', '3d', '--package', 'all', '--pixels', '--quiet'];

describe.skipIf(findPostgres() === undefined)('a report of PostgreSQL', () => {
  const server = usePostgres();

  it('shows what that of the same rows in a file shows, with companies beside', { timeout }, async () => {
    const { directory, runCli } = await openPlace({ scarf: { exports: { eventsPerDay: 200 } } });
    const database = await server.createDatabase();
    for (const output of [database, 'events.csv']) {
      expect((await runCli(['export', 'events', ...range, '--output', output])).exit).toBe(0);
    }
    expect((await runCli(['export', 'companies', '--quiet', '--output', database])).exit).toBe(0);
    for (const [source, page] of [
      ['events.csv', 'file.html'],
      [database, 'database.html'],
    ] as const) {
      const { exit, stderr } = await runCli(['report', source, '--output', page, '--quiet']);
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    }
    const [ofFile, ofDatabase] = await Promise.all(
      ['file.html', 'database.html'].map((name) => analysisIn(join(directory, name))),
    );
    expect(shown(ofDatabase!)).toEqual(shown(ofFile!));
    expect(ofDatabase?.quality.withheld).toBe(ofFile?.quality.withheld);
    expect(ofDatabase?.companies).toHaveLength(5);
  });

  it(
    'has the numbers of SQL in the summary of an export into it, as that into a file has',
    { timeout },
    async () => {
      const { runCli } = await openPlace({ scarf: { exports: { eventsPerDay: 200 } } });
      const database = await server.createDatabase();
      const summaries: string[] = [];
      for (const output of [database, 'events.csv']) {
        const days = ['--from', '2026-11-01', '--to', '2026-11-03'];
        const argv = ['export', 'events', ...days, '--package', 'all', '--pixels', '--output', output];
        const { exit, stderr } = await runCli([...argv, '--summary', '--ascii', '--progress', 'none']);
        expect(exit).toBe(0);
        summaries.push(/^[\d,]+ events$[^]*/m.exec(stderr)?.[0] ?? '');
      }
      expect(summaries[0]).toBe(summaries[1]);
      const countries = await withClient(database, async (client) => {
        const sql = `select origin_country as name, count(*)::int as count from scarf_events_raw
        where origin_country <> '' group by 1 order by 2 desc limit 5`;
        return (await client.query<{ name: string; count: number }>(sql)).rows;
      });
      expect(countries.length).toBeGreaterThan(3);
      for (const { name, count } of countries) {
        expect(summaries[0]).toMatch(new RegExp(`^ {2}${name} +#+ +${count.toLocaleString('en')} `, 'm'));
      }
    },
  );

  it('reads the tables that --table names', { timeout }, async () => {
    const { directory, runCli } = await openPlace();
    const database = await server.createDatabase();
    await withClient(database, async (client) => {
      await client.query('create schema "My Schema"');
      await client.query('create table "My Schema"."Events" (id text, type text, time timestamptz)');
      await client.query(
        `insert into "My Schema"."Events" values ('1', 'a', '2026-11-01 23:30-05'), ('2', E'a "b",\\n', '2026-11-02 12:00+00')`,
      );
    });
    const table = ['--table', '"My Schema"."Events"'];
    const { exit } = await runCli(['report', database, ...table, '--output', 'page.html', '--quiet']);
    expect(exit).toBe(0);
    const { facts } = await analysisIn(join(directory, 'page.html'));
    expect(facts[0]?.days).toEqual(['2026-11-02']);
    expect(facts[0]?.breakdowns.find(({ name }) => name === 'type')?.values).toEqual(['a', 'a "b",\n']);
  });

  it.each([
    ['no table of an export', [], 2],
    ['no table of that name', ['--table', 'nothing'], 6],
  ])('refuses a database with %s', { timeout }, async (_what, argv, exit) => {
    const { runCli } = await openPlace();
    const ended = await runCli(['report', await server.createDatabase(), ...argv, '--output', 'page.html']);
    expect(ended.exit).toBe(exit);
    expect(ended.stderr).toMatch(/error/);
  });
});
