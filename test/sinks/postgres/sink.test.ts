/** What becomes of a table when windows of rows with ids are committed to it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyCheckpoint } from '../../../src/checkpoint/checkpoint.ts';
import { readAddress } from '../../../src/sinks/postgres/conninfo/address.ts';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { conninfoContext } from './conninfo/context.ts';
import { ask, rowsOf, runOf, sinkOf, windowOf, type SinkChanges } from './scene.ts';

const programs = findPostgres();
const header = 'id,time,total';
const a1 = 'a,2026-11-01T08:00:00Z,1';
const b1 = 'b,2026-11-02T09:00:00Z,2';
const withKey = '(id text primary key, time timestamp, total bigint)';
const withoutKey = '(id text, time timestamp, total bigint)';

describe.skipIf(programs === undefined)('a table', () => {
  const server = usePostgres();
  let database = '';
  let made = 0;
  beforeAll(async () => {
    database = await server.createDatabase();
  });

  /** The name of a table that nobody has; made with `definition` and these rows, where there is one. */
  async function tableOf(definition?: string, ...values: string[]): Promise<string> {
    const name = `t${++made}`;
    if (definition !== undefined) await ask(database, `create table ${name} ${definition}`);
    if (values.length > 0) await ask(database, `insert into ${name} values ${values.join(', ')}`);
    return name;
  }

  const rowsIn = (table: string) =>
    ask(database, `select id, time::text, total from ${table} order by id, total`);

  /** One run of one window, and what it said and left. */
  async function run(table: string, lines: string[], changes: SinkChanges = {}) {
    const { sink, notices } = await sinkOf(database, table, changes);
    const done = await runOf(sink, windowOf([rowsOf(header, ...lines)]));
    return { ...done, notices, codes: notices.map(({ code }) => code) };
  }

  test('is made, with the id as its key, and has the rows', async () => {
    const table = await tableOf();
    const { sink, notices } = await sinkOf(database, table);
    const { opened, committed, finished } = await runOf(sink, windowOf([rowsOf(header, a1, b1)]));
    expect(opened).toEqual({ checkpoint: emptyCheckpoint, lost: [], keepsRows: false });
    expect(committed).toEqual([{ files: [], written: 2, known: 0, rejected: 0 }]);
    const destination = `${database} "${table}"`;
    expect(sink.destination).toBe(destination);
    expect(finished).toEqual([{ path: destination, rows: 2, bytes: 0, columns: ['id', 'time', 'total'] }]);
    expect(notices).toMatchObject([{ code: 'table-created', message: `the table "${table}" was created` }]);
    expect(await rowsIn(table)).toEqual([
      ['a', '2026-11-01 08:00:00', '1'],
      ['b', '2026-11-02 09:00:00', '2'],
    ]);
    const keys = `select indkey::text from pg_index where indrelid = '${table}'::regclass and indisprimary`;
    expect(await ask(database, keys)).toEqual([['1']]);
  });

  test.each([
    ['with a key', withKey, {}, { written: 1, known: 1 }, '1'],
    ['with a key, and they are updated', withKey, { upsert: true }, { written: 2, known: 0 }, '9'],
    ['without a key', withoutKey, {}, { written: 1, known: 1 }, '1'],
    ['without a key, and they are updated', withoutKey, { upsert: true }, { written: 2, known: 0 }, '9'],
  ])('has rows of an earlier run: %s', async (_, definition, changes, counts, total) => {
    const table = await tableOf(definition, `('a', '2026-11-01', 1)`, `('z', '2026-11-01', 26)`);
    const { committed, finished } = await run(table, ['a,2026-11-01,9', b1], changes);
    expect(committed).toMatchObject([counts]);
    expect(finished).toMatchObject([{ rows: counts.written }]);
    expect((await rowsIn(table)).map(([id, , n]) => [id, n])).toEqual([
      ['a', total],
      ['b', '2'],
      ['z', '26'],
    ]);
  });

  test.each([
    ['with a key', withKey, {}],
    ['with a key, updated', withKey, { upsert: true }],
    ['without a key', withoutKey, {}],
    ['without a key, updated', withoutKey, { upsert: true }],
  ])('has an id once that comes twice: %s', async (_, definition, changes) => {
    const table = await tableOf(definition);
    const { committed } = await run(table, [a1, a1, b1], { ...changes, mayRepeat: true });
    expect(committed).toMatchObject([{ written: 2, known: 1 }]);
    expect((await rowsIn(table)).map(([id]) => id)).toEqual(['a', 'b']);
  });

  test('has the rows of each header of a window, and counts those of each window', async () => {
    const table = await tableOf();
    const { sink } = await sinkOf(database, table);
    const empty = rowsOf('unlike,any');
    const first = windowOf([rowsOf(header, a1), empty, rowsOf('total,id', '7,c', '8,a')]);
    const { committed, finished } = await runOf(sink, first, windowOf([]), windowOf([rowsOf(header, b1)]));
    expect(committed.map(({ written, known }) => [written, known])).toEqual([
      [2, 1],
      [0, 0],
      [1, 0],
    ]);
    expect(finished).toMatchObject([{ rows: 3 }]);
    expect((await rowsIn(table)).map(([id, , n]) => [id, n])).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '7'],
    ]);
  });

  test('keeps its windows, whatever becomes of those behind them', async () => {
    const table = await tableOf(withKey);
    const { sink } = await sinkOf(database, table);
    const other = windowOf([rowsOf('nothing,alike', '1,2')]);
    const ended = runOf(sink, windowOf([rowsOf(header, a1)]), other);
    await expect(ended).rejects.toMatchObject({ kind: 'local' });
    expect((await rowsIn(table)).map(([id]) => id)).toEqual(['a']);
  });

  test('takes the chosen columns alone', async () => {
    const table = await tableOf(withKey);
    const { sink } = await sinkOf(database, table, { chosen: ['total', 'id'] });
    await runOf(sink, windowOf([rowsOf(header, a1)]));
    expect(await rowsIn(table)).toEqual([['a', 'null', '1']]);
  });

  test.each([
    ['total int generated always as (length(id)) stored', '1'],
    ['total int generated always as identity', '1'],
  ])('that makes a column itself says which to leave out: %s', async (column, made) => {
    const table = await tableOf(`(id text primary key, ${column})`);
    const window = windowOf([rowsOf(header, a1)]);
    await expect(runOf((await sinkOf(database, table)).sink, window)).rejects.toMatchObject({
      kind: 'local',
      message: expect.stringContaining('column "total"') as string,
      hint: expect.stringContaining('--columns') as string,
    });
    await runOf((await sinkOf(database, table, { chosen: ['id'] })).sink, window);
    expect(await ask(database, `select id, total from ${table}`)).toEqual([['a', made]]);
  });

  describe('that lacks a column', () => {
    const wide = (...lines: string[]) => windowOf([rowsOf('id,note,mark', ...lines)]);

    test('takes the others, and it is said once', async () => {
      const table = await tableOf(withKey);
      const { sink, notices } = await sinkOf(database, table);
      await runOf(sink, wide('a,x,y'), wide('b,x,y'), windowOf([rowsOf('id,last', 'c,z')]));
      expect(notices).toMatchObject([
        { code: 'column-left-out', columns: ['note', 'mark'] },
        { code: 'column-left-out', columns: ['last'] },
      ]);
      expect((await rowsIn(table)).map(([id]) => id)).toEqual(['a', 'b', 'c']);
    });

    test('gets it, where it may', async () => {
      const table = await tableOf(withKey);
      const { sink, notices } = await sinkOf(database, table, { evolve: true });
      const { finished } = await runOf(sink, wide('a,x,y'), wide('b,x,z'));
      expect(notices).toEqual([]);
      expect(finished).toMatchObject([{ columns: ['id', 'time', 'total', 'note', 'mark'] }]);
      expect(await ask(database, `select id, note, mark from ${table} order by id`)).toEqual([
        ['a', 'x', 'y'],
        ['b', 'x', 'z'],
      ]);
    });

    test.each([
      ['the id', '(time timestamp)', {}, true],
      [
        'the time to go on by',
        '(id text primary key)',
        { incremental: { clock: { today: '2026-11-10', lagDays: 0 } } },
        true,
      ],
      ['the time, which nobody needs', '(id text primary key)', {}, false],
    ])('%s', async (_, definition, changes, isNeeded) => {
      const opened = async (evolve: boolean) => {
        const table = await tableOf(definition);
        const { sink } = await sinkOf(database, table, { ...changes, evolve });
        await runOf(sink);
        const names = `select attname, atttypid::regtype::text from pg_attribute
          where attrelid = '${table}'::regclass and attnum > 0 order by 1`;
        return (await ask(database, names)).map((cells) => cells.join(' '));
      };
      if (isNeeded) {
        await expect(opened(false)).rejects.toMatchObject({ kind: 'local' });
        expect(await opened(true)).toEqual(['id text', expect.stringMatching(/^time timestamp with/)]);
      } else expect(await opened(true)).toEqual(['id text']);
    });
  });

  test.each([
    ['that nobody may make', 't_missing', { createTable: false }, 'no such table: "t_missing"'],
    [
      'in a schema that is not there',
      't_any',
      { table: { schema: 'nowhere', table: 't_any' } },
      'no schema "nowhere"',
    ],
  ])('%s ends the run', async (_, table, changes, message) => {
    const { sink } = await sinkOf(database, table, changes);
    await expect(runOf(sink)).rejects.toMatchObject({
      kind: 'local',
      message: expect.stringContaining(message) as string,
    });
    expect(await ask(database, `select to_regclass('${table}')::text`)).toEqual([['null']]);
  });

  test('that is made says which others are called alike', async () => {
    for (const name of ['Alike', 'ALIKE']) await ask(database, `create table "${name}" (id text)`);
    const { notices } = await run('alike', [a1]);
    expect(notices).toMatchObject([
      { message: 'the table "alike" was created; there is also "public"."ALIKE", "public"."Alike"' },
    ]);
  });

  test.each([
    ['stay', {}, ['a 1', 'a 2', 'a 3', 'b 1'], []],
    [
      'are removed but for the oldest, when that is asked for',
      { dedupeExisting: true },
      ['a 1', 'b 1'],
      ['duplicates-removed'],
    ],
  ])('duplicates that are there %s', async (_, changes, left, codes) => {
    const values = [`('a', null, 1)`, `('b', null, 1)`, `('a', null, 2)`, `('a', null, 3)`];
    const table = await tableOf(withoutKey, ...values);
    const done = await run(table, [a1], changes);
    expect((await rowsIn(table)).map(([id, , n]) => `${id} ${n}`)).toEqual(left);
    expect(done.codes).toEqual(codes);
    expect(done.committed).toMatchObject([{ written: 0, known: 1 }]);
  });

  test('without duplicates has none removed, and nothing is said', async () => {
    const table = await tableOf(withoutKey, `('a', null, 1)`);
    expect((await run(table, [a1], { dedupeExisting: true })).codes).toEqual([]);
  });

  describe('to which a role is given', () => {
    const plain = ['SELECT', 'INSERT'];
    test.each<[string, string, string[], SinkChanges]>([
      ['no more, for rows with ids', withKey, plain, {}],
      ['UPDATE, to update by a key', withKey, [...plain, 'UPDATE'], { upsert: true }],
      ['DELETE, to update without one', withoutKey, [...plain, 'DELETE'], { upsert: true }],
      ['DELETE, to remove duplicates', withKey, [...plain, 'DELETE'], { dedupeExisting: true }],
    ])('%s', async (_, definition, needed, changes) => {
      const table = await tableOf(definition);
      const role = `clerk_${table}_${new URL(database).pathname.slice(1)}`;
      await ask(database, `create role "${role}" login`);
      const url = new URL(database);
      url.username = role;
      const address = await readAddress(url.href, conninfoContext());
      const opened = async () => {
        const { sink } = await sinkOf(database, table, { ...changes, address });
        return runOf(sink).then(
          () => 'opened',
          (error: unknown) => (error as Error).message,
        );
      };
      try {
        for (const [index, privilege] of needed.entries()) {
          const missing = needed.slice(index).join(', ');
          expect(await opened()).toContain(`lacks ${missing} on the table`);
          await ask(database, `grant ${privilege} on ${table} to "${role}"`);
        }
        expect(await opened()).toBe('opened');
      } finally {
        await ask(database, `drop owned by "${role}"`);
        await ask(database, `drop role "${role}"`);
      }
    });
  });

  test('is asked whether it has rows of some days', async () => {
    const table = await tableOf(withKey, `('a', '2026-11-03 23:59:59', 1)`);
    const { sink } = await sinkOf(database, table);
    await sink.open();
    const on = (from: string, to: string) => sink.hasRows([{ from: `2026-11-${from}`, to: `2026-11-${to}` }]);
    expect(await Promise.all([sink.hasRows([]), sink.hasRows([undefined])])).toEqual([false, true]);
    expect([await on('01', '02'), await on('01', '03'), await on('03', '03'), await on('04', '09')]).toEqual([
      ...[false, true, true, false],
    ]);
    await ask(database, `delete from ${table}`);
    expect(await sink.hasRows([undefined])).toBe(false);
    await sink.close();
  });

  test('is not written to before it is open, nor when it was closed', async () => {
    const { sink } = await sinkOf(database, await tableOf(withKey));
    const commit = () => sink.commit(windowOf([rowsOf(header, a1)]));
    await expect(commit()).rejects.toMatchObject({ kind: 'bug' });
    await runOf(sink);
    await expect(commit()).rejects.toMatchObject({ kind: 'bug' });
    await sink.close();
  });
});
