/** A check speaks as one: of rows that are valid, and of what it would take. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventRows, lines, openPlace } from '../machine.ts';

test('says how many rows are valid, how many would be rejected, and what it would take', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines([...eventRows(1_000), 'bad', 'worse', '{}']));
  const { exit, stderr, stdout } = await place.runCli([
    'check',
    'a.ndjson',
    '--chunk-size',
    '64KiB',
    '--json',
  ]);
  expect(exit).toBe(3);
  expect(stderr).toMatch(/^! 1,000 rows are valid; 3 would be rejected; it would take 3 imports, \d+ kB$/m);
  expect(stderr).not.toMatch(/run:|unsent|sent \d/);
  expect(JSON.parse(stdout)).toMatchObject({ run: null, planned: { rows: 1_000, requests: 3 } });
});

test('of one row speaks of one', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(eventRows(1)));
  const { stderr } = await place.runCli(['check', 'a.ndjson']);
  expect(stderr).toMatch(/^✓ 1 row is valid; none would be rejected; it would take 1 import, \d+ B$/m);
});

test.each([['check'], ['import', '--dry-run']])('%s puts rejects where --rejects says', async (...argv) => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(['bad', ...eventRows(2), 'worse']));
  const asked = [...argv, 'a.ndjson', '--rejects', 'bad.ndjson'];
  const { exit, stderr } = await place.runCli(asked);
  expect(exit).toBe(3);
  expect(stderr).toContain('rejects: ');
  const read = (name: string) => readFile(join(place.directory, name), 'utf8');
  expect(await read('bad.ndjson')).toBe('bad\nworse\n');
  expect((await read('bad.ndjson.meta.ndjson')).trim().split('\n')).toHaveLength(2);
  expect((await place.runCli(asked)).exit).toBe(2);
  expect((await place.runCli([...asked, '--append'])).exit).toBe(3);
  expect(await read('bad.ndjson')).toBe('bad\nworse\nbad\nworse\n');
  expect((await place.runCli([...asked, '--overwrite'])).exit).toBe(3);
  expect(await read('bad.ndjson')).toBe('bad\nworse\n');
  expect((await place.runCli([...argv, 'a.ndjson', '--rejects', '-'])).stdout).toBe('bad\nworse\n');
  expect(place.sandbox.traffic.list()).toEqual([]);
});

test('a finished import that is repeated says so as information', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(eventRows(3)));
  await place.runCli(['import', 'a.ndjson']);
  const { exit, stderr } = await place.runCli(['import', 'a.ndjson']);
  expect(exit).toBe(0);
  expect(stderr).toMatch(/^✓ Already imported on \d+ [A-Z][a-z][a-z] \d\d:\d\d; nothing to send\n/);
  expect(stderr).not.toContain('warning');
  const told = await place.runCli(['import', 'a.ndjson', '--progress', 'json']);
  const events = told.stderr
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(events).toContain('already-delivered');
  expect(events).not.toContain('warned');
});

test('a deadline that ends a wait says what was waited for', async () => {
  const place = await openPlace({ scarf: { foreignActive: 15 } });
  await place.write('a.ndjson', lines(eventRows(3)));
  const { exit, stderr, stdout } = await place.runCli(['import', 'a.ndjson', '--json', '--deadline', '30s']);
  expect(exit).toBe(5);
  const why = 'the account runs 15 imports, none of them ours';
  expect(stderr).toContain(`${why}; waiting\n`);
  expect(stderr).toContain(`Deadline reached while waiting: ${why}\n`);
  const { run, stopped } = JSON.parse(stdout) as { run: string; stopped: unknown };
  expect(stderr).toContain(`run it again to go on: ${run}\n`);
  expect(stopped).toEqual({ why: 'deadline', waiting: { why: 'slots', own: 0, others: 15 } });
});

test.each([50, 900, 1_600])(
  'a key is found in the first thousand rows, the longest of %s bytes',
  async (bytes) => {
    const place = await openPlace();
    const rows = eventRows(1_001).map((row) => row.replace('{', `{"pad":"${'x'.repeat(bytes)}",`));
    const at = (index: number) =>
      rows.map((row, each) => (each === index ? row.replace('{', '{"seldom":1,') : row));
    await place.write('last.ndjson', lines(at(999)));
    await place.write('behind.ndjson', lines(at(1_000)));
    expect((await place.runCli(['check', 'last.ndjson', '--map', 'seldom=rare'])).exit).toBe(0);
    const { exit, stderr } = await place.runCli(['check', 'behind.ndjson', '--map', 'seldom=rare']);
    expect(exit).toBe(2);
    expect(stderr).toContain('no row has "seldom"');
  },
);
