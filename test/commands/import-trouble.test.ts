/** Trouble on this side: locks, and places that cannot be written. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventRows, lines, openPlace, storedNumbers, upTo, type Place } from '../machine.ts';

async function lockCount(place: Place): Promise<number> {
  return (await readdir(join(place.directory, '.local/state/scarf-cli/locks')).catch(() => [])).length;
}

test('a second run on the same input, or a copy of it, ends at once', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(eventRows(10)));
  await place.write('copy.ndjson', lines(eventRows(10)));
  let first: ReturnType<Place['importFiles']> | undefined;
  let goOn = (): void => undefined;
  const released = new Promise<void>((resolve) => (goOn = resolve));
  const begun = new Promise<void>((resolve) => {
    // It waits before it asks what became of its import.
    const machine = { faultPoint: () => resolve(), sleep: () => released };
    first = place.importFiles(['a.ndjson'], { machine });
  });
  await begun;
  for (const name of ['a.ndjson', 'copy.ndjson']) {
    const second = await place.importFiles([name]);
    expect(second.exit).toBe(9);
    expect(second.report.errors[0]?.message).toContain(`another run is using ${name}`);
  }
  expect((await place.importFiles(['a.ndjson', '--salt', 'x'])).exit).toBe(0);
  goOn();
  expect((await first)?.exit).toBe(0);
  expect(await lockCount(place)).toBe(0);
  expect(storedNumbers(place.sandbox)).toEqual([...upTo(10), ...upTo(10)].sort((one, other) => one - other));
});

test('a run that fails before its first row has a whole report too', async () => {
  const place = await openPlace();
  const path = join(place.directory, 'report.json');
  const { exit, report, stderr } = await place.importFiles(['missing.ndjson', '--report', path]);
  expect(exit).toBe(2);
  expect(report).toMatchObject({ command: 'import', run: null, counts: { read: 0, unsent: 0 }, exit: 2 });
  expect(report.errors).toHaveLength(1);
  expect(stderr).toContain('missing.ndjson');
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(report);
});

describe('a state directory that cannot be written', () => {
  test('is named, with the way around it', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(10)));
    const { exit, report } = await place.importFiles(['a.ndjson', '--state-dir', 'a.ndjson/state']);
    expect(exit).toBe(6);
    expect(report.errors[0]?.message).toContain('a.ndjson/state');
    expect(report.errors[0]?.hint).toContain('--no-ledger');
    expect(place.sandbox.traffic.list()).toEqual([]);
  });

  test('is not needed with --no-ledger', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines([...eventRows(10), 'bad']));
    const flags = ['--state-dir', 'a.ndjson/state', '--no-ledger'];
    const { exit, report } = await place.importFiles(['a.ndjson', ...flags]);
    expect(exit).toBe(3);
    expect(report.counts).toMatchObject({ read: 11, accepted: 10, rejected: 1 });
    expect(storedNumbers(place.sandbox)).toEqual(upTo(10));
  });
});

test.each([
  ['--report', 'a.ndjson/report.json'],
  ['--report', 'missing/report.json'],
  ['--metrics', 'missing/job.prom'],
  ['--html', 'missing/page.html'],
  ['--rejects', 'a.ndjson/bad.ndjson'],
])('%s %s, which could not be written, is refused before anything is sent', async (flag, path) => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(eventRows(10)));
  const { exit, report } = await place.importFiles(['a.ndjson', flag, path]);
  expect(exit).toBe(6);
  expect(report).toMatchObject({ counts: { read: 0 }, errors: [{ kind: 'local' }], exit: 6 });
  expect(place.sandbox.traffic.list()).toEqual([]);
});

test('a report may stand in a directory that is made for rejects', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(['bad', ...eventRows(10)]));
  const { exit, report } = await place.importFiles([
    'a.ndjson',
    ...['--rejects', 'new/bad.ndjson', '--report', 'new/report.json'],
  ]);
  expect(exit).toBe(3);
  const written = await readFile(join(place.directory, 'new/report.json'), 'utf8');
  expect(JSON.parse(written)).toEqual(report);
});

test('rejects that cannot be written end the run, and nothing is lost by it', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(['bad', ...eventRows(10)]));
  const stopped = await place.importFiles(['a.ndjson', '--rejects', 'a.ndjson/bad']);
  expect(stopped.exit).toBe(6);
  const { exit, report } = await place.importFiles(['a.ndjson', '--rejects', 'bad.ndjson']);
  expect(exit).toBe(3);
  expect(report.counts).toMatchObject({ read: 11, accepted: 10, rejected: 1 });
  expect(storedNumbers(place.sandbox)).toEqual(upTo(10));
});
