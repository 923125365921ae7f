/** Tables read as they are at one moment, as the server writes them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { readAddress } from '../../../src/sinks/postgres/conninfo/address.ts';
import { readTables, type ReadTablesOptions } from '../../../src/sinks/postgres/read-tables.ts';
import { parseTableName } from '../../../src/sinks/postgres/table/table-name.ts';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { conninfoContext } from './conninfo/context.ts';
import { ask } from './scene.ts';

const programs = findPostgres();

describe.skipIf(programs === undefined)('tables', () => {
  const server = usePostgres();
  let database = '';
  beforeAll(async () => {
    database = await server.createDatabase();
    await ask(database, `create table one (id text, at timestamptz, "No 3" int)`);
    await ask(database, `insert into one values ('a,"b"', '2026-11-01 10:00+02', null), ('', null, 7)`);
    await ask(database, 'create schema own');
    await ask(database, 'create table own."Two" (id text)');
    const alter = `alter database "${new URL(database).pathname.slice(1)}"`;
    await ask(database, `${alter} set timezone to 'Asia/Tokyo'`);
    await ask(database, `${alter} set datestyle to 'German'`);
  });

  /** What is read, each table with its name. */
  async function read(names: readonly string[], more: Partial<ReadTablesOptions> = {}) {
    const found: [string, string][] = [];
    const address = await readAddress(database, conninfoContext());
    await readTables(address, {
      tables: names.map(parseTableName),
      areRequired: false,
      signal: new AbortController().signal,
      onTable: async (name, pieces) => {
        const bytes: Uint8Array[] = [];
        for await (const piece of pieces) bytes.push(piece);
        found.push([name.replace(address.shown, 'DB'), Buffer.concat(bytes).toString()]);
      },
      ...more,
    });
    return found;
  }

  const one = ['DB "one"', 'id,at,No 3\n"a,""b""",2026-11-01 08:00:00+00,\n"",,7\n'];
  const two = ['DB "own"."Two"', 'id\n'];

  test('are read in their order, in UTC and ISO 8601, whatever the database is set to', async () => {
    expect(await read(['own."Two"', 'one'], { areRequired: true })).toEqual([two, one]);
  });

  test('that are not there are left out, or an error where they were named', async () => {
    expect(await read(['none', 'one', 'own.two', 'nowhere.one'])).toEqual([one]);
    await expect(read(['one', 'none'], { areRequired: true })).rejects.toMatchObject({
      kind: 'local',
      message: expect.stringMatching(/^cannot read from .*: relation "none" does not exist$/) as string,
    });
  });

  test('must be one at least', async () => {
    await expect(read(['none', 'own.none'])).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(/ has no table of an export$/) as string,
      hint: '--table names one; exports write "none", "own"."none"',
    });
    expect(await read(['own."Two"'])).toEqual([two]);
  });

  test('are those of one moment, and the connection is closed behind them', async () => {
    const sessions = `select count(*) from pg_stat_activity
      where application_name = 'scarf-cli' and datname = current_database()`;
    const found: string[] = [];
    await read(['own."Two"', 'own."Two"'], {
      onTable: async (_name, pieces) => {
        for await (const piece of pieces) found.push(Buffer.from(piece).toString());
        await ask(database, `insert into own."Two" values ('later')`);
      },
    });
    await ask(database, 'delete from own."Two"');
    expect(found.join('')).toBe('id\nid\n');
    await expect.poll(() => ask(database, sessions)).toEqual([['0']]);
  });

  test('that nobody wants any more end with what the signal says', async () => {
    const ending = new AbortController();
    const stopped = read(['one'], {
      signal: ending.signal,
      onTable: async (_name, pieces) => {
        for await (const _piece of pieces);
        ending.abort(new Error('stop'));
        throw new Error('something else');
      },
    });
    await expect(stopped).rejects.toThrow('stop');
  });

  test('of which one cannot be taken in end with that', async () => {
    const failing = read(['one'], {
      onTable: async (_name, pieces) => {
        for await (const _piece of pieces) throw new Error('disk full');
      },
    });
    await expect(failing).rejects.toMatchObject({
      kind: 'local',
      message: expect.stringMatching(/: disk full$/) as string,
    });
  });
});
