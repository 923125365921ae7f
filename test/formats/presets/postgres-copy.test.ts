/** What COPY of a real PostgreSQL writes is read back, cell by cell. */
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { describe, expect, test } from 'vitest';
import { openPlace } from '../../machine.ts';
import { findPostgres, usePostgres } from '../../use-postgres.ts';

/** What COPY escapes, what looks as if it did, and what a line or a quote could end. */
const piece = fc.constantFrom(
  ...['\\', '\t', '\n', '\r', '\b', '\f', '\v', '\\N', '\\.', '\\t', '\\x41', '\\101', '"', "'", ','],
  ...[' ', '', 'a', '0', 'é', '€', '\u{1f600}', '\u0001', '\u007f', '\u2028', '\ufeff', 'null'],
);
const cell = fc.option(
  fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join('')),
  { freq: 8 },
);
const table = fc.array(fc.tuple(cell, cell), { minLength: 1_000, maxLength: 1_000 });

const programs = findPostgres();

describe.skipIf(programs === undefined)('postgres-copy', () => {
  const { createDatabase } = usePostgres();

  test('reads what PostgreSQL wrote of 1,000 random rows', async () => {
    const [rows = []] = fc.sample(table, 1);
    const client = new Client({ connectionString: await createDatabase() });
    await client.connect();
    const parts: Buffer[] = [];
    try {
      await client.query('create table cells (number serial, one text, other text)');
      const columns = [rows.map(([one]) => one), rows.map(([, other]) => other)];
      await client.query(
        'insert into cells (one, other) select * from unnest($1::text[], $2::text[])',
        columns,
      );
      const copy = client.query(copyTo('copy (select * from cells order by number) to stdout'));
      await pipeline(copy, async (bytes: AsyncIterable<Buffer>) => {
        for await (const part of bytes) parts.push(part);
      });
    } finally {
      await client.end();
    }
    const place = await openPlace();
    await place.write('cells.txt', Buffer.concat(parts));
    const options = ['--preset', 'postgres-copy', '--header', 'number,one,other', '--empty', 'string'];
    const set = ['--set', '$package=p', '--set', '$time=2026-11-25T12:00:00Z', '--fill-id', 'off'];
    const argv = ['check', 'cells.txt', ...options, ...set, '--show', '1000', '--quiet'];
    const { exit, stdout } = await place.runCli(argv);
    expect(exit).toBe(0);
    const shown = stdout.trimEnd().split('\n');
    const cells = shown.map((line) => JSON.parse(line) as { one?: string; other?: string });
    expect(cells.map(({ one = null, other = null }) => [one, other])).toEqual(rows);
  });
});
