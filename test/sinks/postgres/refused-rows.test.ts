/** Rows that the table refuses: each costs itself, and is kept as the vendor wrote it, with the reason. */
import { beforeAll, describe, expect, test } from 'vitest';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { ask, rowsOf, runOf, sinkOf, windowOf, type SinkChanges } from './scene.ts';

const programs = findPostgres();
const header = 'id,time,total';
const time = '2026-11-01T08:00:00Z';
const good = ['a', 'b', 'c', 'd', 'e'].map((id, index) => `${id},${time},${index}`);
const plain = '(id text primary key, time timestamp, total int)';

const text = (bytes?: Uint8Array) => Buffer.from(bytes ?? []).toString();
const of = (column: string | null, reason: string) => ({ column, reason });

/** The columns of the table, the bad row, and what is said of it. */
const cases: [string, string, string, ReturnType<typeof of>][] = [
  ['for another type', 'id text, time text, total int', `x,${time},many`, of('total', 'not-of-type')],
  ['for a time that is none', 'id text, time timestamp, total int', 'x,noon,1', of('time', 'not-of-type')],
  ['for its size', 'id text, time text, total int2', `x,${time},70000`, of('total', 'out-of-range')],
  ['for no day at all', 'id text, time date, total int', 'x,2026-02-30,1', of('time', 'out-of-range')],
  ['for its length', 'id varchar(3), time text, total int', `long,${time},1`, of('id', 'too-long')],
  ['for nothing', 'id text, time text not null, total int', 'x,,1', of('time', 'missing')],
  ['for a second key', 'id text, time text, total int unique', `x,${time},3`, of('total', 'not-unique')],
  [
    'for a check',
    'id text, time text, total int check (total < 9)',
    `x,${time},9`,
    of('total', 'check-failed'),
  ],
  [
    'for a check of two columns',
    `id text, time text, total int, check (total < 9 or time = '')`,
    `x,${time},9`,
    of(null, 'check-failed'),
  ],
  [
    'for a reference into nothing, which is looked at in the end',
    'id text, time text, total int references parents deferrable initially deferred',
    `x,${time},6`,
    of('total', 'no-such-reference'),
  ],
];

describe.skipIf(programs === undefined)('a row that the table refuses', () => {
  const server = usePostgres();
  let database = '';
  let made = 0;
  beforeAll(async () => {
    database = await server.createDatabase();
    await ask(database, 'create table parents (number int primary key)');
    await ask(database, 'insert into parents select generate_series(0, 4)');
  });

  async function tableOf(definition: string): Promise<string> {
    const name = `t${++made}`;
    await ask(database, `create table ${name} ${definition}`);
    return name;
  }

  /** One run over a table of this definition, and what it wrote and kept. */
  async function run(definition: string, lines: string[], changes: SinkChanges & { header?: string } = {}) {
    const table = await tableOf(definition);
    const { header: own = header, ...over } = changes;
    const { sink, rejected } = await sinkOf(database, table, over);
    const { committed } = await runOf(sink, windowOf([rowsOf(own, ...lines)]));
    const kept = rejected.map(({ header: above, rows, notes, count }) => ({
      header: text(above),
      row: text(rows),
      count,
      note: JSON.parse(text(notes)) as Record<string, unknown>,
    }));
    const ids = (await ask(database, `select id from ${table} order by id`)).flat().join('');
    return { counts: committed[0], ids, kept };
  }

  test.each(cases)('%s', async (_, definition, bad, why) => {
    const { counts, ids, kept } = await run(`(${definition})`, [...good, bad]);
    expect(counts).toEqual({ files: [], written: 5, known: 0, rejected: 1 });
    expect(ids).toBe('abcde');
    const message = expect.stringMatching(/./) as string;
    const note = { id: bad.slice(0, bad.indexOf(',')), source: 'server', ...why, message };
    expect(kept).toEqual([{ header: `${header}\n`, row: `${bad}\n`, count: 1, note }]);
  });

  test('is found among others that are refused, in their order', async () => {
    const lines = [`v,${time},x`, ...good.slice(0, 2), `w,${time},y`, ...good.slice(2), `,${time},z`];
    const { counts, ids, kept } = await run(plain, lines);
    expect(counts).toMatchObject({ written: 5, rejected: 3 });
    expect(ids).toBe('abcde');
    expect(kept.map(({ note, row }) => [note['id'], row])).toEqual([
      ['v', `v,${time},x\n`],
      ['w', `w,${time},y\n`],
      [null, `,${time},z\n`],
    ]);
  });

  test('does not hide that others are there already', async () => {
    const table = await tableOf(plain);
    await ask(database, `insert into ${table} values ('a', null, 1), ('e', null, 1)`);
    const { sink, rejected } = await sinkOf(database, table);
    const { committed } = await runOf(sink, windowOf([rowsOf(header, ...good, `x,${time},y`)]));
    expect(committed).toMatchObject([{ written: 3, known: 2, rejected: 1 }]);
    expect(rejected).toHaveLength(1);
  });

  test.each([
    ['a key', 'id text primary key, time timestamp'],
    ['no key', 'id text, time timestamp'],
  ])('leaves the values that were there, with %s', async (_, definition) => {
    const table = await tableOf(`(${definition}, total int check (total < 9))`);
    await ask(database, `insert into ${table} values ('a', null, 5), ('b', null, 5)`);
    const { sink } = await sinkOf(database, table, { upsert: true });
    await runOf(sink, windowOf([rowsOf(header, `a,${time},9`, `b,${time},8`)]));
    expect(await ask(database, `select id, total from ${table} order by id`)).toEqual([
      ['a', '5'],
      ['b', '8'],
    ]);
  });

  test('is kept as it came, though the table got fewer columns in another order', async () => {
    const bad = `"x ""y""",note,${time},"a,b"`;
    const { counts, kept } = await run(plain, [`a,note,${time},1`, bad, `b,note,${time},2`], {
      header: 'id,note,time,total',
      chosen: ['total', 'id'],
    });
    expect(counts).toMatchObject({ written: 2, rejected: 1 });
    expect(kept).toMatchObject([
      { header: 'id,note,time,total\n', row: `${bad}\n`, note: { id: 'x ""y""', column: 'total' } },
    ]);
  });

  test('costs itself in each partition of a window, and those behind it are loaded', async () => {
    const table = await tableOf(plain);
    const { sink, rejected } = await sinkOf(database, table, { evolve: true });
    const first = rowsOf(header, ...good.slice(0, 2), `x,${time},y`);
    const window = windowOf([first, rowsOf('id,total,note', 'c,z,n', 'd,1,n')]);
    const { committed } = await runOf(sink, window, windowOf([rowsOf(header, ...good.slice(4))]));
    expect(committed.map(({ written, rejected: refused }) => [written, refused])).toEqual([
      [3, 2],
      [1, 0],
    ]);
    expect(rejected.map((kept) => text(kept.header))).toEqual([`${header}\n`, 'id,total,note\n']);
    expect(await ask(database, `select id || coalesce(note, '') from ${table} order by id`)).toEqual([
      ...[['a'], ['b'], ['dn'], ['e']],
    ]);
  });

  test('is no excuse for a table that is gone', async () => {
    const table = await tableOf(plain);
    const { sink, rejected } = await sinkOf(database, table);
    await sink.open();
    await ask(database, `drop table ${table}`);
    await expect(sink.commit(windowOf([rowsOf(header, ...good)]))).rejects.toMatchObject({ kind: 'local' });
    await sink.close();
    expect(rejected).toEqual([]);
  });
});
