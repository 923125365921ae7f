/** Tables whose policies decide which rows a role may write and see. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAddress } from '../../../src/sinks/postgres/conninfo/address.ts';
import { withClient } from '../../postgres-server.ts';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { conninfoContext } from './conninfo/context.ts';
import { ask, rowsOf, runOf, sinkOf, windowOf, type SinkChanges } from './scene.ts';

const programs = findPostgres();
const time = '2026-11-01T08:00:00Z';
const lines = ['a', 'b', 'c'].map((id, index) => `${id},${time},${index}`);

describe.skipIf(programs === undefined)('a table with row security', () => {
  const server = usePostgres();
  let database = '';
  let role = '';
  let made = 0;
  beforeAll(async () => {
    database = await server.createDatabase();
    role = `tenant_${new URL(database).pathname.slice(1)}`;
    await ask(database, `create role "${role}" login`);
  });
  afterAll(async () => {
    if (role === '') return;
    await ask(database, `drop owned by "${role}"`);
    await ask(database, `drop role "${role}"`);
  });

  async function tableOf(definition: string, policy: string): Promise<string> {
    const name = `t${++made}`;
    await withClient(database, (client) =>
      client.query(
        `create table ${name} ${definition}; alter table ${name} enable row level security;
         create policy own on ${name} ${policy}; grant all on ${name} to "${role}"`,
      ),
    );
    return name;
  }

  async function run(table: string, changes: SinkChanges = {}) {
    const url = new URL(database);
    url.username = role;
    const address = await readAddress(url.href, conninfoContext());
    const { sink, notices, rejected } = await sinkOf(database, table, { address, ...changes });
    const { committed } = await runOf(sink, windowOf([rowsOf('id,time,total', ...lines)]));
    const notes = rejected.map((kept) => JSON.parse(Buffer.from(kept.notes ?? []).toString()) as unknown);
    return { committed, codes: notices.map(({ code }) => code), notes };
  }

  test.each<[string, SinkChanges]>([
    ['inserted', {}],
    ['updated', { upsert: true }],
  ])('refuses the row that breaks its policy and no other, where rows are %s', async (_, changes) => {
    const table = await tableOf('(id text primary key, time timestamp, total int)', 'using (total <> 1)');
    const { committed, codes, notes } = await run(table, changes);
    expect(committed).toMatchObject([{ written: 2, known: 0, rejected: 1 }]);
    expect(notes).toMatchObject([{ id: 'b', column: null, reason: 'policy-failed', source: 'server' }]);
    expect(codes).toEqual([]);
    expect(await ask(database, `select id from ${table} order by id`)).toEqual([['a'], ['c']]);
  });

  test('warns that rows may be there twice, where no key prevents it', async () => {
    const table = await tableOf('(id text, time timestamp, total int)', 'using (true)');
    expect(await run(table)).toMatchObject({ committed: [{ written: 3 }], codes: ['row-security'] });
    const { sink, notices } = await sinkOf(database, table);
    await runOf(sink);
    // No policy applies to the server's own user.
    expect(notices).toEqual([]);
  });

  test('counts a row that it hides as the duplicate that its key finds', async () => {
    const table = await tableOf('(id text primary key, time timestamp, total int)', 'using (total <> 7)');
    await ask(database, `insert into ${table} values ('a', null, 7), ('b', null, 8)`);
    const { committed, notes } = await run(table);
    expect(committed).toMatchObject([{ written: 1, known: 2, rejected: 0 }]);
    expect(notes).toEqual([]);
  });

  test.each<[string, SinkChanges]>([
    ['by ids', {}],
    ['by days', { idColumn: undefined, dayColumn: 'time' }],
  ])(
    'that hides what the role writes gets no rows without a key, since the next run would write them again: %s',
    async (_, changes) => {
      const table = await tableOf('(id text, time timestamp, total int)', 'for insert with check (true)');
      await expect(run(table, changes)).rejects.toMatchObject({ kind: 'local' });
      expect(await ask(database, `select count(*) from ${table}`)).toEqual([['0']]);
    },
  );

  test('keeps the row that the role may not delete, and takes none beside it', async () => {
    const table = await tableOf('(id text, time timestamp, total int)', 'using (true)');
    await ask(database, `insert into ${table} values ('a', null, 7), ('b', null, 8)`);
    await ask(database, `create policy fixed on ${table} as restrictive for delete using (total <> 8)`);
    const { committed, notes } = await run(table, { upsert: true });
    expect(committed).toMatchObject([{ written: 2, known: 0, rejected: 1 }]);
    expect(notes).toMatchObject([{ id: 'b', reason: 'not-taken' }]);
    expect(await ask(database, `select id, total from ${table} order by id`)).toEqual([
      ['a', '0'],
      ['b', '8'],
      ['c', '2'],
    ]);
  });
});
