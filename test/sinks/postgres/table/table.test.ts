/** What is known of a table: its columns, those that must be given, and whether its id is one of a kind. */
import type { Client } from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  addColumn,
  createTable,
  inspectTable,
  isTable,
  leftOutText,
  missingColumn,
  missingTable,
  noInterference,
  otherTable,
  tablesDifferingInCase,
} from '../../../../src/sinks/postgres/table/table.ts';
import { withClient } from '../../../postgres-server.ts';
import { findPostgres, usePostgres } from '../../../use-postgres.ts';

const table = { schema: undefined, table: 'rows' };

describe.skipIf(findPostgres() === undefined)('a table', () => {
  const server = usePostgres();
  let database = '';
  beforeAll(async () => {
    database = await server.createDatabase();
  });

  /** Asks after these statements; nothing of them stays. */
  async function after<Result>(sql: string, question: (client: Client) => Promise<Result>): Promise<Result> {
    return withClient(database, async (client) => {
      await client.query('begin');
      try {
        await client.query(sql);
        return await question(client);
      } finally {
        await client.query('rollback');
      }
    });
  }

  test.each<[string, boolean]>([
    ['create table rows (id text, n int); alter table rows add primary key (id)', true],
    ['create table rows (id text unique, n int)', true],
    ['create table rows (id text, n int); create unique index on rows (id) include (n)', true],
    ['create table rows (id text, n int)', false],
    ['create table rows (id text, n int unique)', false],
    ['create table rows (id text, n int); create index on rows (id)', false],
    ['create table rows (id text, n int, unique (id, n))', false],
    ['create table rows (id text unique deferrable, n int)', false],
    ['create table rows (id text, n int); create unique index on rows (id) where n > 0', false],
    ['create table rows (id text, n int); create unique index on rows (lower(id))', false],
  ])('%s: its id is unique: %j', async (sql, hasUniqueId) => {
    const shape = await after(sql, (client) => inspectTable(client, table, 'id'));
    expect(shape?.hasUniqueId).toBe(hasUniqueId);
    expect(shape?.required).toEqual(new Set(hasUniqueId ? ['id'] : []));
  });

  const body = `create function skip() returns trigger language plpgsql as 'begin return null; end'`;
  test.each<[string, string[]]>([
    ['create trigger skip before insert on rows for each row execute function skip()', ['inserts']],
    [
      'create trigger skip before insert or update on rows for each row execute function skip()',
      ['inserts', 'updates'],
    ],
    ['create rule skip as on insert to rows do instead nothing', ['inserts']],
    ['create trigger skip after insert on rows for each row execute function skip()', []],
    ['create trigger skip before insert on rows for each statement execute function skip()', []],
    ['create trigger skip before update on rows for each row execute function skip()', ['updates']],
    ['create trigger skip before delete on rows for each row execute function skip()', ['deletes']],
    [
      `create trigger skip before insert on rows for each row execute function skip();
       alter table rows disable trigger skip`,
      [],
    ],
    ['create rule also as on insert to rows do also notify rows', []],
    [
      `drop table rows; create table rows (id text) partition by list (id);
       create table part partition of rows default;
       create trigger skip before insert on part for each row execute function skip()`,
      ['inserts'],
    ],
    ['alter table rows enable row level security', []],
    ['alter table rows enable row level security, force row level security', ['deletes', 'hides']],
  ])('%s: it may do something else with %j', async (sql, interfering) => {
    const made = `create role nobody_special; create table rows (id text); ${body}; ${sql};
      alter table rows owner to nobody_special; set local role nobody_special`;
    const shape = await after(made, (client) => inspectTable(client, table, 'id'));
    const found = Object.entries(shape?.interference ?? {}).filter(([, is]) => is);
    expect(found.map(([what]) => what)).toEqual(interfering);
  });

  test('has the columns that are left, with their types, and requires those that may not be null', async () => {
    const sql = `create table rows (a text not null, gone int not null, id varchar(9) unique, "B c" timestamp, d numeric(9,2));
      alter table rows drop column gone`;
    expect(await after(sql, (client) => inspectTable(client, table, undefined))).toEqual({
      columns: new Map([
        ['a', 'text'],
        ['id', 'character varying(9)'],
        ['B c', 'timestamp without time zone'],
        ['d', 'numeric(9,2)'],
      ]),
      required: new Set(['a']),
      hasUniqueId: false,
      interference: noInterference,
    });
    const withId = await after(sql, (client) => inspectTable(client, table, 'id'));
    expect(withId?.required).toEqual(new Set(['a', 'id']));
  });

  test('is made with the types of its columns and the id as its key, and grows', async () => {
    const columns = [
      { name: 'id', type: 'text' },
      { name: 'count of', type: 'integer' },
      { name: 'share', type: 'number' },
    ] as const;
    const shapes = await after('create schema own', async (client) => {
      const owned = { schema: 'own', table: 'My rows' };
      await createTable(client, owned, { columns, idColumn: 'id' });
      await createTable(client, table, { columns, idColumn: undefined });
      await addColumn(client, table, { name: 'day', type: 'date' });
      return [await inspectTable(client, owned, 'id'), await inspectTable(client, table, 'id')];
    });
    const types: [string, string][] = [
      ['id', 'text'],
      ['count of', 'bigint'],
      ['share', 'numeric'],
    ];
    expect(shapes).toEqual([
      { columns: new Map(types), required: new Set(['id']), hasUniqueId: true, interference: noInterference },
      {
        columns: new Map([...types, ['day', 'date']]),
        required: new Set(),
        hasUniqueId: false,
        interference: noInterference,
      },
    ]);
  });

  test('that is not there has no shape', async () => {
    expect(await after('', (client) => inspectTable(client, table, 'id'))).toBeUndefined();
    expect(await after('', (client) => isTable(client, table))).toBe(false);
    expect(await after('create table rows ()', (client) => isTable(client, table))).toBe(true);
  });

  test('of a name that differs in case is found, in any schema', async () => {
    const sql = `create schema own; create table own."ROWS" (); create table "Rows" (); create table rows ();
      create view "rOWS" as select 1; create table rowse (); create sequence "ROWs"`;
    expect(await after(sql, (client) => tablesDifferingInCase(client, table))).toEqual([
      { schema: 'own', table: 'ROWS' },
      { schema: 'public', table: 'Rows' },
      { schema: 'public', table: 'rOWS' },
    ]);
  });
});

test('what a table lacks is said of one column or of several', () => {
  const one = { name: 'a', type: 'text' } as const;
  expect(leftOutText([one])).toBe('the table has no column "a": it is left out (--evolve adds it)');
  expect(leftOutText([one, { name: 'b c', type: 'text' }])).toBe(
    'the table has no columns "a", "b c": they are left out (--evolve adds them)',
  );
});

test('a table that cannot be used is named', () => {
  const own = { schema: 'own', table: 'rows' };
  expect([missingColumn(own, 'n'), otherTable(own), missingTable(own)]).toMatchObject([
    { kind: 'local', message: 'the table "own"."rows" has no column "n"' },
    { kind: 'local', message: 'the table "own"."rows" has no column in common with the rows' },
    { kind: 'local', message: 'no such table: "own"."rows"' },
  ]);
});
