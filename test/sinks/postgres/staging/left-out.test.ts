/** Rows that a trigger or a rule leaves out without an error: none of them counts as a duplicate. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Partition } from '../../../../src/contracts/window.ts';
import { presenceQuery } from '../../../../src/sinks/postgres/staging/merge-staged.ts';
import { piecesOf, readAll } from '../../../encoders/encode.ts';
import { withClient } from '../../../postgres-server.ts';
import { findPostgres, usePostgres } from '../../../use-postgres.ts';
import { ask, rowsOf, runOf, sinkOf, windowOf, type SinkChanges } from '../scene.ts';

const programs = findPostgres();
const header = 'id,time,total';
const time = '2026-11-01T08:00:00Z';
/** Rows with these totals; the trigger and the rules leave out those above 5. */
const rows = (totals: Record<string, number>) =>
  Object.entries(totals).map(([id, total]) => `${id},${time},${total}`);
const withKey = '(id text primary key, time timestamp, total int)';
const withoutKey = '(id text, time timestamp, total int)';
/** A trigger in front of each row. */
const trigger = (table: string, body: string) =>
  `create function ${table}_row() returns trigger language plpgsql as $$ begin ${body} end $$;
   create trigger before_row before insert on ${table} for each row execute function ${table}_row()`;
const skip = (table: string) => trigger(table, 'if new.total > 5 then return null; end if; return new;');
const rule = (table: string) =>
  `create rule above_5 as on insert to ${table} where new.total > 5 do instead nothing`;

const text = (bytes?: Uint8Array) => Buffer.from(bytes ?? []).toString();

/** The rows many at once, as they are read from a disk. */
function inPieces(partition: Partition): Partition {
  const pieceBytes = 20_000;
  return {
    ...partition,
    read: async function* (from, to) {
      yield* piecesOf(await readAll(partition.read(from, to)), pieceBytes);
    },
  };
}

describe.skipIf(programs === undefined)('a row that a table leaves out', () => {
  const server = usePostgres();
  let database = '';
  let made = 0;
  beforeAll(async () => {
    database = await server.createDatabase();
  });

  const change = (sql: string) => withClient(database, (client) => client.query(sql));

  async function tableOf(definition: string, more: (table: string) => string = () => ''): Promise<string> {
    const name = `t${++made}`;
    await ask(database, `create table ${name} ${definition}`);
    await change(more(name));
    return name;
  }

  const valuesOf = async (table: string) =>
    (await ask(database, `select id, total from ${table} order by 1, 2`)).map((cells) => cells.join(''));

  /** One run; what it counts, and the ids and reasons of what it keeps. */
  async function run(table: string, lines: readonly string[], changes: SinkChanges = {}) {
    const { sink, rejected } = await sinkOf(database, table, changes);
    const { committed } = await runOf(sink, windowOf([inPieces(rowsOf(header, ...lines))]));
    const kept = rejected.map((each) => {
      const { id, reason } = JSON.parse(text(each.notes)) as Record<string, string | null>;
      return [id, reason, text(each.rows).trimEnd()];
    });
    const [{ written, known, rejected: refused } = { written: 0, known: 0, rejected: 0 }] = committed;
    return { counts: [written, known, refused], kept };
  }

  test.each<[string, string, (table: string) => string, SinkChanges]>([
    ['by a trigger, with a key', withKey, skip, {}],
    ['by a trigger, without a key', withoutKey, skip, {}],
    ['by a rule', withoutKey, rule, {}],
    ['by a trigger, where rows are updated by a key', withKey, skip, { upsert: true }],
    ['by a trigger, where ids may come twice', withKey, skip, { mayRepeat: true }],
  ])('%s is rejected, and told from duplicates', async (_, definition, more, changes) => {
    const table = await tableOf(definition, more);
    await ask(database, `insert into ${table} values ('b', null, 2), ('e', null, 5)`);
    const lines = rows({ a: 1, b: 2, c: 7, d: 4, e: 5, f: 8 });
    const { counts, kept } = await run(table, lines, changes);
    expect(counts).toEqual(changes.upsert === true ? [4, 0, 2] : [2, 2, 2]);
    expect(kept).toEqual([
      ['c', 'not-taken', lines[2]],
      ['f', 'not-taken', lines[5]],
    ]);
    expect(await valuesOf(table)).toEqual(['a1', 'b2', 'd4', 'e5']);
  });

  test('is the only one that is rejected of many', async () => {
    const table = await tableOf(withKey, skip);
    await ask(
      database,
      `insert into ${table} select 'x' || n, null, 1 from generate_series(0, 2999, 5) as n`,
    );
    const totals = Array.from({ length: 3000 }, (_, n) => [`x${n}`, n % 7 === 3 ? 6 : 1] as const);
    const { counts, kept } = await run(table, rows(Object.fromEntries(totals)));
    const isKnown = (n: number) => n % 5 === 0;
    const leftOut = [...totals.keys()].filter((n) => n % 7 === 3 && !isKnown(n));
    expect(kept.map(([id]) => id)).toEqual(leftOut.map((n) => `x${n}`));
    expect(counts).toEqual([2400 - leftOut.length, 600, leftOut.length]);
  });

  test('leaves the row that is there, where rows are replaced by their ids', async () => {
    const table = await tableOf(withoutKey);
    await ask(database, `insert into ${table} values ('a', null, 0), ('c', null, 3)`);
    await change(skip(table));
    const { counts, kept } = await run(table, rows({ a: 1, b: 2, c: 7, d: 8 }), { upsert: true });
    expect(counts).toEqual([2, 0, 2]);
    expect(kept.map(([id]) => id)).toEqual(['c', 'd']);
    expect(await valuesOf(table)).toEqual(['a1', 'b2', 'c3']);
  });

  test.each([
    ['some', { a: 1, b: 7, c: 3, d: 9 }, ['b', 'd']],
    ['all', { a: 6, b: 7 }, ['a', 'b']],
  ])('is found by its number alone where rows have no ids: %s', async (_, totals: object, ids) => {
    const table = await tableOf(withoutKey, skip);
    const lines = rows(totals as Record<string, number>);
    const changes = { idColumn: undefined, dayColumn: 'time' };
    const { counts, kept } = await run(table, lines, changes);
    expect(counts).toEqual([lines.length - ids.length, 0, ids.length]);
    expect(kept.map(([, reason, row]) => [row?.slice(0, 1), reason])).toEqual(
      ids.map((id) => [id, 'not-taken']),
    );
  });

  test('is none where a trigger stores it in a partition: it is written once, then a duplicate', async () => {
    const table = await tableOf(withKey, (parent) => `create table ${parent}_child () inherits (${parent})`);
    const store = `insert into ${table}_child select new.*; return null;`;
    await change(trigger(table, `if new.total > 5 then return null; end if; ${store}`));
    await ask(database, `alter table ${table}_child add primary key (id)`);
    expect(await run(table, rows({ a: 1, b: 2 }))).toEqual({ counts: [2, 0, 0], kept: [] });
    await ask(database, `delete from ${table} where id = 'a'`);
    await ask(
      database,
      `create or replace function ${table}_row() returns trigger language plpgsql as $$ begin
         if new.total > 5 or exists (select 1 from ${table} where id = new.id) then return null; end if;
         ${store} end $$`,
    );
    const { counts, kept } = await run(table, rows({ a: 1, b: 2, c: 7, d: 4 }));
    expect(counts).toEqual([2, 1, 1]);
    expect(kept.map(([id]) => id)).toEqual(['c']);
    expect(await valuesOf(table)).toEqual(['a1', 'b2', 'd4']);
  });

  test('is none where a trigger stores rows without ids in a partition', async () => {
    const table = await tableOf(
      withoutKey,
      (parent) => `create table ${parent}_child () inherits (${parent})`,
    );
    await change(trigger(table, `insert into ${table}_child select new.*; return null;`));
    const changes = { idColumn: undefined, dayColumn: 'time' };
    for (let runs = 0; runs < 2; runs++) {
      expect(await run(table, rows({ a: 1, b: 2 }), changes)).toEqual({ counts: [2, 0, 0], kept: [] });
    }
    expect(await valuesOf(table)).toEqual(['a1', 'b2']);
  });

  test('is rejected, and what the trigger did with it stays', async () => {
    await ask(database, 'create table set_aside (id text)');
    const table = await tableOf(withKey, (name) =>
      trigger(
        name,
        'if new.total > 5 then insert into set_aside values (new.id); return null; end if; return new;',
      ),
    );
    const { counts } = await run(table, rows({ a: 1, b: 7 }));
    expect(counts).toEqual([1, 0, 1]);
    expect(await ask(database, 'select id from set_aside')).toEqual([['b']]);
  });

  test('is not one whose id the table changes', async () => {
    const table = await tableOf(withKey, (name) =>
      trigger(name, 'if new.total > 5 then return null; end if; new.id = upper(new.id); return new;'),
    );
    await ask(database, `insert into ${table} values ('B', null, 2)`);
    const { counts, kept } = await run(table, rows({ a: 1, c: 7, d: 4 }));
    expect(counts).toEqual([2, 0, 1]);
    expect(kept.map(([id]) => id)).toEqual(['c']);
    expect(await valuesOf(table)).toEqual(['A1', 'B2', 'D4']);
  });

  test('is told from one without an id, which a table without a key takes', async () => {
    const table = await tableOf(withoutKey, skip);
    const lines = [...rows({ a: 1, b: 7 }), `,${time},3`, `,${time},4`];
    const { counts, kept } = await run(table, lines);
    expect(counts).toEqual([3, 0, 1]);
    expect(kept.map(([id]) => id)).toEqual(['b']);
  });

  test.each([
    ['in front of an insertion', 'before insert'],
    ['in front of an update', 'before update'],
    ['in front of both', 'before insert or update'],
  ])('is rejected where an older row with its id stays, by a trigger %s', async (_, when) => {
    const table = await tableOf(withKey);
    await ask(
      database,
      `insert into ${table} values ('a', '${time}', 1), ('b', null, 2), ('c', '${time}', 9)`,
    );
    // Rows that are taken have other values than those that came: they are told by where they are.
    const body = 'if new.total > 5 then return null; end if; new.total = -new.total; return new;';
    await change(trigger(table, body).replace('before insert', when));
    const { counts, kept } = await run(table, rows({ a: 1, b: 7, c: 9, d: 4 }), { upsert: true });
    expect(counts).toEqual([2, 1, 1]);
    expect(kept.map(([id, reason]) => [id, reason])).toEqual([['b', 'not-taken']]);
    const [first, ...others] = await valuesOf(table);
    expect(first).toMatch(/^a-?1$/);
    expect(others).toEqual(['b2', 'c9', expect.stringMatching(/^d-?4$/)]);
  });

  describe('because it would be what is there', () => {
    /** Totals become positive, and an update that changes nothing is none. */
    const redundant = (table: string) =>
      `${trigger(
        table,
        'if new.total < -5 then return null; end if; new.total = abs(new.total); return new;',
      ).replace('before insert', 'before insert or update')};
       create trigger last_of_all before update on ${table} for each row
       execute function suppress_redundant_updates_trigger()`;
    const lines = rows({ a: -1, b: -2 });

    test('is a duplicate, where rows are updated', async () => {
      const table = await tableOf(withKey, redundant);
      expect(await run(table, lines, { upsert: true })).toEqual({ counts: [2, 0, 0], kept: [] });
      expect(await run(table, lines, { upsert: true })).toEqual({ counts: [0, 2, 0], kept: [] });
      const { counts, kept } = await run(table, rows({ a: -1, b: -3, c: -7, d: 4 }), { upsert: true });
      expect(counts).toEqual([2, 1, 1]);
      expect(kept.map(([id]) => id)).toEqual(['c']);
      expect(await valuesOf(table)).toEqual(['a1', 'b3', 'd4']);
    });

    test('is rejected as any other where the role may not find that out', async () => {
      const table = await tableOf(withKey, redundant);
      await run(table, lines, { upsert: true });
      const keep = `create function ${table}_keep() returns trigger language plpgsql as
        $$ begin raise exception 'no row is deleted'; end $$;
        create trigger keep before delete on ${table} for each row execute function ${table}_keep()`;
      await change(keep);
      const { counts, kept } = await run(table, lines, { upsert: true });
      expect([counts, kept.map(([id]) => id)]).toEqual([
        [0, 0, 2],
        ['a', 'b'],
      ]);
      expect(await valuesOf(table)).toEqual(['a1', 'b2']);
    });
  });

  test('is told from a duplicate whose id the table changes', async () => {
    const table = await tableOf(withKey, (name) =>
      trigger(name, 'if new.total > 5 then return null; end if; new.id = upper(new.id); return new;'),
    );
    const lines = rows({ a: 1, b: 2, c: 7, d: 4 });
    expect((await run(table, lines)).counts).toEqual([3, 0, 1]);
    const { counts, kept } = await run(table, [...lines, ...rows({ e: 5 })]);
    expect(counts).toEqual([1, 3, 1]);
    expect(kept.map(([id]) => id)).toEqual(['c']);
    expect(await valuesOf(table)).toEqual(['A1', 'B2', 'D4', 'E5']);
  });

  test('is no excuse to write rows that nothing would tell from those of the next run', async () => {
    const table = await tableOf(withoutKey, (name) => trigger(name, 'new.id = upper(new.id); return new;'));
    await expect(run(table, [...rows({ A: 1, b: 2 }), `,${time},3`])).rejects.toMatchObject({
      kind: 'local',
    });
    expect(await valuesOf(table)).toEqual([]);
    expect((await run(table, [...rows({ A: 1, B: 2 }), `,${time},3`])).counts).toEqual([3, 0, 0]);
  });

  test('is looked for by a join of all rows, and not row by row', async () => {
    const table = { schema: undefined, table: await tableOf(withoutKey) };
    const query = presenceQuery({ table, idColumn: 'id', dayColumn: undefined });
    const plan = await withClient(database, async (client) => {
      await client.query(`create temporary table scarf_cli_staging ${withoutKey}`);
      const { rows: lines } = await client.query<Record<string, string>>(`explain ${query}`);
      return lines.flatMap((line) => Object.values(line)).join('\n');
    });
    expect(plan).toContain('Anti Join');
    expect(plan).not.toContain('SubPlan');
  });

  describe('for one that it keeps', () => {
    const keep = (table: string) =>
      trigger(table, 'if old.total > 5 then return null; end if; return old;').replace(
        'before insert',
        'before delete',
      );

    test('is rejected where rows are replaced by their ids', async () => {
      const table = await tableOf(withoutKey, keep);
      await ask(database, `insert into ${table} values ('a', null, 0), ('b', null, 6)`);
      const { counts, kept } = await run(table, rows({ a: 1, b: 2, c: 3 }), { upsert: true });
      expect(counts).toEqual([2, 0, 1]);
      expect(kept.map(([id, reason]) => [id, reason])).toEqual([['b', 'not-taken']]);
      expect(await valuesOf(table)).toEqual(['a1', 'b6', 'c3']);
    });

    test.each([
      ['', '1'],
      [', and another row is refused', 'x'],
    ])('ends the run where days are replaced%s', async (_, total) => {
      const table = await tableOf(withoutKey, keep);
      await ask(database, `insert into ${table} values ('a', '${time}', 6)`);
      const changes = { idColumn: undefined, dayColumn: 'time' };
      const lines = [...rows({ a: 1 }), `b,${time},${total}`];
      await expect(run(table, lines, changes)).rejects.toMatchObject({ kind: 'local' });
      expect(await valuesOf(table)).toEqual(['a6']);
    });
  });
});
