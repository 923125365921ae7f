/** Days of a table: replaced where rows have no ids, recorded where an export goes on, believed while rows bear them out. */
import { beforeAll, describe, expect, test } from 'vitest';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { ask, clock, rowsOf, runOf, sinkOf, windowOf, type SinkChanges } from './scene.ts';

const programs = findPostgres();
const day = (number: number) => `2026-11-${String(number).padStart(2, '0')}`;
const days = (from: number, to = from) => ({ from: day(from), to: day(to) });
const withoutIds: SinkChanges = {
  columns: [
    { name: 'date', type: 'date' },
    { name: 'total', type: 'integer' },
  ],
  ...{ idColumn: undefined, timeColumn: 'date', dayColumn: 'date' },
};
const incremental: SinkChanges = { incremental: { clock } };

describe.skipIf(programs === undefined)('days', () => {
  const server = usePostgres();
  let database = '';
  let made = 0;
  beforeAll(async () => {
    database = await server.createDatabase();
  });
  const newTable = () => `t${++made}`;

  describe('of rows without ids', () => {
    const rows = (...lines: string[]) => rowsOf('date,total', ...lines);
    const totals = async (table: string) =>
      (await ask(database, `select to_char(date, 'DD'), total from ${table} order by 1, 2`)).map((row) =>
        row.join(' '),
      );

    /** A table with a row of each of the first four days, after one more run. */
    async function runOver(table: string, window: Parameters<typeof runOf>[1], changes: SinkChanges = {}) {
      await ask(database, `create table if not exists ${table} (date date, total int check (total < 99))`);
      const four = [1, 2, 3, 4].map((number) => `('${day(number)}', ${number})`);
      await ask(database, `insert into ${table} values ${four.join(', ')}`);
      const { sink, rejected } = await sinkOf(database, table, { ...withoutIds, ...changes });
      const { committed } = await runOf(sink, window);
      return { committed: committed[0], rejected, left: await totals(table) };
    }

    test.each([
      [
        'are replaced',
        windowOf([rows(`${day(2)},7`, `${day(2)},8`)], { days: days(2, 3) }),
        ['01 1', '02 7', '02 8', '04 4'],
        2,
      ],
      ['are emptied when none has rows', windowOf([], { days: days(2, 3) }), ['01 1', '04 4'], 0],
      [
        'are emptied once, of several partitions',
        windowOf([rows(`${day(2)},7`), rows(`${day(2)},8`)], { days: days(2) }),
        ['01 1', '02 7', '02 8', '03 3', '04 4'],
        2,
      ],
      [
        'that begin before the window are replaced too',
        windowOf([rows(`${day(1)},7`)], { days: days(2, 3) }),
        ['01 7', '04 4'],
        1,
      ],
      ['are all, where the dataset has none', windowOf([rows(`${day(9)},7`)]), ['09 7'], 1],
    ])('%s', async (_, window, left, written) => {
      const run = await runOver(newTable(), window);
      expect(run).toMatchObject({ committed: { written, known: 0, rejected: 0 }, left });
    });

    test('are all, where no column has a day', async () => {
      const window = windowOf([rows(`${day(9)},7`)], { days: days(9) });
      expect(
        (await runOver(newTable(), window, { dayColumn: undefined, timeColumn: undefined })).left,
      ).toEqual(['09 7']);
    });

    test('are replaced by the rows that the table takes, when it refuses one', async () => {
      const partitions = [
        rows(`${day(2)},7`, `${day(2)},100`, `${day(3)},8`),
        rows(`${day(2)},101`, `${day(2)},9`),
      ];
      const run = await runOver(newTable(), windowOf(partitions, { days: days(2) }));
      expect(run.committed).toMatchObject({ written: 3, known: 0, rejected: 2 });
      expect(run.left).toEqual(['01 1', '02 7', '02 9', '03 8', '04 4']);
      const notes = run.rejected.map(
        ({ notes: note }) => JSON.parse(Buffer.from(note ?? []).toString()) as object,
      );
      expect(notes).toMatchObject([
        { id: null, column: 'total', reason: 'check-failed' },
        { id: null, column: 'total', reason: 'check-failed' },
      ]);
    });

    test('of another selection end the run', async () => {
      const table = newTable();
      await runOver(table, windowOf([rows(`${day(2)},7`)], { days: days(2) }));
      const { sink } = await sinkOf(database, table, { ...withoutIds, identity: { of: 'elsewhere' } });
      await expect(runOf(sink)).rejects.toMatchObject({ kind: 'usage' });
      const same = await sinkOf(database, table, withoutIds);
      expect((await runOf(same.sink)).opened.checkpoint.ranges).toEqual([{ ...days(2), read: clock.today }]);
    });
  });

  describe('of an export that goes on', () => {
    const rows = (...lines: string[]) => rowsOf('id,time,total', ...lines);
    const first = windowOf([rows(`a,${day(1)},1`, `b,${day(3)},1`)], { days: days(1, 4), newest: day(3) });
    const recorded = { first: day(1), newest: day(3), columns: ['id', 'time', 'total'] };

    async function exportOnce(changes: SinkChanges = incremental) {
      const table = newTable();
      const { sink } = await sinkOf(database, table, changes);
      await runOf(sink, first);
      return { table, after: sink.checkpoint() };
    }

    /** What the next run finds, and what it says. */
    async function reopen(table: string, changes: SinkChanges = incremental) {
      const { sink, notices } = await sinkOf(database, table, changes);
      const { opened } = await runOf(sink);
      return { checkpoint: opened.checkpoint, codes: notices.map(({ code }) => code) };
    }

    test('are recorded with the window, and found by the next run', async () => {
      const { table, after } = await exportOnce();
      expect(after).toEqual({ ...recorded, ranges: [{ ...days(1, 4), read: clock.today }] });
      expect(await reopen(table)).toEqual({ checkpoint: after, codes: [] });
      const people = `select from_day::text, through_day::text, identity::text from scarf_cli_watermarks where table_name = '${table}'`;
      expect(await ask(database, people)).toEqual([[day(1), day(4), '{"of": "here"}']]);
    });

    test('grow by those of each window, and keep the newest', async () => {
      const { table } = await exportOnce();
      const { sink } = await sinkOf(database, table, incremental);
      await runOf(
        sink,
        windowOf([], { days: days(5, 6) }),
        windowOf([rows(`c,${day(2)},1`)], { days: days(8, 9), newest: day(2) }),
      );
      expect((await reopen(table)).checkpoint).toMatchObject({
        newest: day(3),
        ranges: [
          { ...days(1, 6), read: clock.today },
          { ...days(8, 9), read: clock.today },
        ],
      });
    });

    test('are not recorded where nobody goes on, nor of a window without days', async () => {
      const { table, after } = await exportOnce({});
      expect(after).toEqual({ ranges: [], first: undefined });
      expect((await reopen(table, {})).checkpoint.ranges).toEqual([]);
      const { sink } = await sinkOf(database, newTable(), incremental);
      await runOf(sink, windowOf([rows(`a,${day(1)},1`)]));
      expect(sink.checkpoint().ranges).toEqual([]);
    });

    test('of another selection are not those of this one', async () => {
      const { table } = await exportOnce();
      const other = { ...incremental, identity: { of: 'elsewhere' } };
      expect((await reopen(table, other)).checkpoint).toEqual({ ranges: [], first: undefined });
    });

    const emptied = { first: day(1), columns: recorded.columns, ranges: [] };
    test.each<[string, string, object, string[]]>([
      [
        'rows behind the newest are gone',
        `delete from TABLE where id = 'a'`,
        { ...recorded, ranges: [{ ...days(1, 4), read: clock.today }] },
        [],
      ],
      ['the newest row is gone', `delete from TABLE where id = 'b'`, { ...emptied, newest: day(1) }, []],
      ['all rows are gone', 'delete from TABLE', emptied, []],
      [
        'rows are newer than was recorded',
        `insert into TABLE values ('z', '${day(9)}')`,
        { ...recorded, ranges: [{ ...days(1, 4), read: clock.today }] },
        [],
      ],
      [
        'the newest row is of a day in the middle now',
        `update TABLE set time = '${day(2)}' where id = 'b'`,
        { ...recorded, newest: day(2), ranges: [{ ...days(1), read: clock.today }] },
        [],
      ],
      [
        'somebody wrote other days into the record',
        `update scarf_cli_watermarks set through_day = '${day(2)}' where table_name = 'TABLE'`,
        { first: day(1), ranges: [{ ...days(1, 2), read: day(3) }] },
        [],
      ],
      [
        'somebody wrote days of the future',
        `update scarf_cli_watermarks set through_day = '${day(20)}' where table_name = 'TABLE'`,
        { first: day(1), newest: day(3), ranges: [{ ...days(1, 2), read: day(3) }] },
        [],
      ],
    ])('when %s', async (_, statement, expected, codes) => {
      const { table } = await exportOnce();
      await ask(database, statement.replaceAll('TABLE', table));
      expect(await reopen(table)).toEqual({ checkpoint: expected, codes });
      // What was doubted once is believed by no later run.
      expect(await reopen(table)).toEqual({ checkpoint: expected, codes: [] });
    });

    test('of a clock that was ahead are not believed, which is said', async () => {
      const ahead = { today: day(20), lagDays: 0 };
      const { table } = await exportOnce({ incremental: { clock: ahead }, clock: ahead });
      expect(await reopen(table)).toEqual({
        checkpoint: { ...recorded, ranges: [] },
        codes: ['checkpoint-ahead'],
      });
    });

    test.each([
      [
        'rows that others brought, but for the day of the newest',
        [day(1), day(3)],
        { first: day(1), ranges: [{ ...days(1, 2), read: day(3) }] },
      ],
      ['rows of one day', [day(3)], { first: day(3), ranges: [] }],
      [
        'rows of days to come',
        [day(8), day(15)],
        { first: day(8), ranges: [{ ...days(8, 9), read: day(10) }] },
      ],
      ['no rows', [], { first: undefined, ranges: [] }],
    ])('are taken from %s', async (_, times, expected) => {
      const table = newTable();
      await ask(database, `create table ${table} (id text primary key, time timestamp, total bigint)`);
      for (const time of times)
        await ask(database, `insert into ${table} values ('${time}', '${time} 10:00')`);
      expect((await reopen(table)).checkpoint).toEqual(expected);
    });

    test('stand in a record of version 0.1, which gets the column that it lacks', async () => {
      const old = await server.createDatabase();
      await ask(old, 'create table t (id text primary key, time timestamp, total bigint)');
      await ask(old, `insert into t values ('a', '${day(4)} 10:00')`);
      await ask(
        old,
        `create table scarf_cli_watermarks (table_name text, selection text, identity jsonb not null,
           from_day date not null, through_day date not null, updated_at timestamptz not null default now(),
           primary key (table_name, selection))`,
      );
      const selection = `encode(substr(sha256('{"of":"here"}'), 1, 16), 'hex')`;
      await ask(
        old,
        `insert into scarf_cli_watermarks values ('t', ${selection}, '{}', '${day(1)}', '${day(4)}')`,
      );
      const { sink } = await sinkOf(old, 't', incremental);
      const { opened } = await runOf(sink);
      expect(opened.checkpoint).toEqual({ first: day(1), ranges: [{ ...days(1, 4), read: day(5) }] });
      expect(await ask(old, 'select checkpoint is null from scarf_cli_watermarks')).toEqual([['false']]);
    });
  });
});
