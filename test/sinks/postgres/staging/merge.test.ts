import { describe, expect, test } from 'vitest';
import { noInterference } from '../../../../src/sinks/postgres/table/table.ts';
import { mergeStatements, type Merge } from '../../../../src/sinks/postgres/staging/merge.ts';

const staged = 'pg_temp.scarf_cli_staging';
const days = { from: '2026-11-01', to: '2026-11-07' };
const merge: Merge = {
  table: { schema: 'public', table: 'events' },
  columns: ['id', 'day', 'n"x'],
  idColumn: 'id',
  dayColumn: 'day',
  hasUniqueId: true,
  types: new Map(),
  interference: noInterference,
  upsert: false,
  mayRepeat: false,
  days,
};
const into = 'insert into "public"."events" ("id", "day", "n""x")';
const all = `"id", "day", "n""x" from ${staged}`;
const kept = `kept."id" = ${staged}."id"`;

describe('the rows of a window become rows of the table', () => {
  test.each<[string, Partial<Merge>, string[]]>([
    [
      'by their key: rows that are there stay, rows without an id are left out',
      {},
      [`${into} select ${all} where "id" is not null on conflict ("id") do nothing`],
    ],
    [
      'by their key: rows that are there take the new values',
      { upsert: true },
      [
        `${into} select ${all} where "id" is not null on conflict ("id") do update set "day" = excluded."day", "n""x" = excluded."n""x"`,
      ],
    ],
    [
      'by their key: where nothing but the id is there, there is nothing to take',
      { upsert: true, columns: ['id'] },
      [
        `insert into "public"."events" ("id") select "id" from ${staged} where "id" is not null on conflict ("id") do nothing`,
      ],
    ],
    [
      'by their key: an id that comes twice is taken once',
      { mayRepeat: true },
      [`${into} select distinct on ("id") ${all} where "id" is not null on conflict ("id") do nothing`],
    ],
    [
      'without a key: those that are not there',
      { hasUniqueId: false },
      [`${into} select ${all} where not exists (select 1 from "public"."events" as kept where ${kept})`],
    ],
    [
      'without a key: in the place of those that are there',
      { hasUniqueId: false, upsert: true, mayRepeat: true },
      [
        `delete from "public"."events" as kept using ${staged} where ${kept}`,
        `${into} select distinct on ("id") ${all}`,
      ],
    ],
    [
      'without ids: the days of the window are replaced, and buckets that begin before it',
      { idColumn: undefined, mayRepeat: true },
      [
        `delete from "public"."events" where ("day" >= $1::date and "day" < $2::date + 1) or "day" in (select "day" from ${staged})`,
        `${into} select ${all}`,
      ],
    ],
    [
      'without ids, and no rows came: the days of the window are emptied',
      { idColumn: undefined, columns: [] },
      ['delete from "public"."events" where ("day" >= $1::date and "day" < $2::date + 1)'],
    ],
    [
      'without ids and without a day: everything is replaced',
      { idColumn: undefined, dayColumn: undefined },
      ['delete from "public"."events"', `${into} select ${all}`],
    ],
    [
      'without ids and without days: everything is replaced',
      { idColumn: undefined, days: undefined },
      ['delete from "public"."events"', `${into} select ${all}`],
    ],
  ])('%s', (_name, more, statements) => {
    expect(mergeStatements({ ...merge, ...more }).map(({ text }) => text)).toEqual(statements);
  });

  test('those that bring the rows are told from those that make room', () => {
    const brings = (more: Partial<Merge>) =>
      mergeStatements({ ...merge, ...more }).map(({ inserts }) => inserts);
    expect(brings({})).toEqual([true]);
    expect(brings({ hasUniqueId: false })).toEqual([true]);
    expect(brings({ hasUniqueId: false, upsert: true })).toEqual([false, true]);
    expect(brings({ idColumn: undefined })).toEqual([false, true]);
    expect(brings({ idColumn: undefined, days: undefined })).toEqual([false, true]);
  });

  test('the days are values of the statement, never its text', () => {
    const values = (more: Partial<Merge>) =>
      mergeStatements({ ...merge, ...more }).map(({ values: given }) => given);
    expect(values({ idColumn: undefined })).toEqual([['2026-11-01', '2026-11-07'], []]);
    expect(values({ idColumn: undefined, days: undefined })).toEqual([[], []]);
    expect(values({ hasUniqueId: false, upsert: true })).toEqual([[], []]);
  });

  test('a table without a schema is named by itself', () => {
    const [first] = mergeStatements({ ...merge, table: { schema: undefined, table: 'events' } });
    expect(first?.text).toContain('insert into "events" (');
  });
});
