/** A token that is missing or wrong is a matter of one line. */
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { openPlace } from '../machine.ts';

/** Nothing, and a note of whether anybody wanted it. */
class UntouchedInput extends PassThrough {
  wasRead = false;
  override _read(size: number): void {
    this.wasRead = true;
    super._read(size);
  }
}

test.each([
  ['import', '-', '--owner', 'sandbox'],
  ['ingest', 'sumatra', '-', '--event-type', 'x'],
  ['ingest', 'moesif', '-'],
])('%s %s: a missing one is told before anything is read', async (...argv) => {
  const place = await openPlace();
  const stdin = new UntouchedInput();
  const none = { SCARF_API_TOKEN: '', SUMATRA_API_KEY: '', MOESIF_APPLICATION_ID: '' };
  const { exit, stderr } = await place.runCli(argv, { stdin, environment: none });
  expect(exit).toBe(4);
  expect(stderr).toMatch(/^error: [^\n]* is missing[^\n]*\n$/);
  expect(stdin.wasRead).toBe(false);
  expect(place.sandbox.traffic.list()).toEqual([]);
});

test('an export without a token asks nothing', async () => {
  const place = await openPlace();
  const argv = ['export', 'events', '--package', 'npm/widget', '--output', 'out.csv'];
  const { exit, stderr } = await place.runCli(argv, { environment: { SCARF_API_TOKEN: '' } });
  expect(exit).toBe(4);
  expect(stderr).toMatch(/^error: [^\n]* is missing[^\n]*\n$/);
  expect(place.sandbox.traffic.list()).toEqual([]);
});

test.each([
  ['import', ['import', 'a.ndjson', '--progress', 'none']],
  ['imports list', ['imports', 'list']],
])('%s: a wrong one ends in one line', async (_name, argv) => {
  const place = await openPlace();
  const time = new Date().toISOString();
  await place.write('a.ndjson', `{"$package":"p","$time":"${time}"}\n`);
  const { exit, stderr } = await place.runCli(argv, { environment: { SCARF_API_TOKEN: 'wrong' } });
  expect(exit).toBe(4);
  expect(stderr).toMatch(/^error: Scarf answered 401[^\n]*SCARF_API_TOKEN[^\n]*\n$/);
});
