/** What a run did, as a page: --html of import, ingest and runs show. */
import { rmSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Machine } from '../../src/machine.ts';
import { hastyClock } from '../hasty.ts';
import { barsOf, compact } from '../page/page-text.ts';
import { eventRows, lines, openPlace, PACKAGE, type Place } from '../machine.ts';

const rawPage = (place: Place, name: string) => readFile(join(place.directory, name), 'utf8');
const pageOf = async (place: Place, name = 'run.html') => compact(await rawPage(place, name));
const row = (time: string) => `{"$package":"${PACKAGE}","$time":"${time}"}`;
const bad = ['{bad', '{"n":1}', '{worse'];

test('an import leaves a page with its counts, imports, rejects and days', async () => {
  const place = await openPlace();
  const times = ['2126-11-21T23:59:59Z', '2126-11-21T23:30:00-01:00', '2126-11-23T00:00:00Z'];
  await place.write('a.ndjson', lines([...times.map(row), ...bad]));
  const { exit, report } = await place.importFiles([
    'a.ndjson',
    '--html',
    'run.html',
    '--fill-id',
    'position',
  ]);
  expect(exit).toBe(3);
  const page = await pageOf(place);
  expect(page).toContain('read 6 = accepted 3 + rejected 3');
  expect(page).toContain('Exit code 3');
  expect(page).toContain(report.jobs[0]?.id);
  expect(barsOf(page)).toEqual(
    expect.arrayContaining(['2126-11-21: 1 event', '2126-11-22: 1 event', '2126-11-23: 1 event']),
  );
  for (const text of ['a.ndjson:4', 'a.ndjson:5', '<code>{bad</code>', '3 rows got an id'])
    expect(page).toContain(text);
});

test('events that the vendor refused are of no day', async () => {
  const place = await openPlace({ scarf: { oldEvents: 'reject-line' } });
  const now = new Date().toISOString();
  await place.write('a.ndjson', lines([row('2020-01-01T00:00:00Z'), row(now)]));
  expect((await place.importFiles(['a.ndjson', '--html', 'run.html'])).exit).toBe(3);
  expect(barsOf(await pageOf(place)).filter((title) => title.includes('event'))).toEqual([
    `${now.slice(0, 10)}: 1 event`,
  ]);
});

test('runs show makes the same page later, of a run that was resumed, too', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(eventRows(500)));
  const small = ['--chunk-size', '4KiB', '--retries', '0'];
  place.sandbox.faults.append([{ kind: 'status', status: 500, route: 'import', skip: 2 }]);
  expect((await place.importFiles(['a.ndjson', ...small])).exit).toBe(5);
  place.sandbox.faults.clear();
  const { report } = await place.importFiles(['a.ndjson', ...small, '--html', 'run.html']);
  const page = await pageOf(place);
  expect(page).toContain('read 500 = accepted 500');
  // Those of which some were not sent at first, once.
  expect(page).toContain('500 rows got an id');
  expect(page).toMatch(/Not in the chart: \d+ rows of which it was not counted/);
  const { exit, stdout } = await place.runCli(['runs', 'show', report.run, '--html', 'later.html']);
  expect(exit).toBe(0);
  expect(stdout).toContain(`run:      ${report.run} (finished)`);
  const later = await pageOf(place, 'later.html');
  const without = (text: string) => text.replace(/<dt>the last process<\/dt><dd>[^<]*<\/dd>/, '');
  expect(without(later)).toBe(without(page));
});

test('a run that is not finished says how it goes on', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(eventRows(300)));
  place.sandbox.faults.append([{ kind: 'status', status: 500, route: 'import', skip: 2 }]);
  const failed = ['--chunk-size', '4KiB', '--retries', '0', '--html', 'run.html'];
  const { report } = await place.importFiles(['a.ndjson', ...failed]);
  expect(await pageOf(place)).toContain('Exit code 5');
  expect(await pageOf(place)).toContain('<h2 id="errors">');
  await place.runCli(['runs', 'show', report.run, '--html', 'later.html']);
  expect(await pageOf(place, 'later.html')).toContain(`scarf-cli runs resume ${report.run}`);
});

describe('a page is written', () => {
  test('without a ledger, too', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines([...eventRows(20, { ids: true })]));
    const flags = ['--no-ledger', '--html', 'run.html', '--chunk-size', '1KiB'];
    expect((await place.importFiles(['a.ndjson', ...flags])).exit).toBe(0);
    const page = await pageOf(place);
    expect(page).toContain('read 20 = accepted 20');
    expect(barsOf(page)).toContain('2126-11-21: 20 events');
    expect(page).toContain('<h2 id="throughput">');
  });

  test('again, when a finished import is repeated', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(3)));
    for (const _time of [1, 2])
      expect((await place.importFiles(['a.ndjson', '--html', 'run.html'])).exit).toBe(0);
    expect(barsOf(await pageOf(place))).toContain('2126-11-21: 3 events');
  });

  test('of a run that did not come to its first row', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(3)));
    const environment = { SCARF_API_TOKEN: 'wrong' };
    expect((await place.importFiles(['a.ndjson', '--html', 'run.html'], { environment })).exit).toBe(4);
    const page = await pageOf(place);
    expect(page).toContain('Exit code 4');
    expect(page).not.toContain('wrong');
  });

  test('of each vendor that events are ingested into', async () => {
    const place = await openPlace();
    await place.write(
      'a.ndjson',
      lines(['{"text":"a","timestamp":1795651200000}', '{"text":"b","timestamp":1795651200000}']),
    );
    const { exit } = await place.runCli(['ingest', 'loginsight', 'a.ndjson', '--html', 'run.html']);
    expect(exit).toBe(0);
    expect(barsOf(await pageOf(place))).toContain('2026-11-26: 2 events');
  });

  test('to standard output', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(3)));
    await place.importFiles(['a.ndjson']);
    const { report } = await place.importFiles(['a.ndjson']);
    const run = report.alreadyDelivered?.run ?? '';
    expect((await place.runCli(['runs', 'show', run, '--html', './x.html'])).exit).toBe(0);
    expect((await stat(join(place.directory, 'x.html'))).size).toBeGreaterThan(1_000);
  });
});

describe('a page on standard output', () => {
  test('is alone there: what else is said goes to standard error', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(2)));
    const run = await place.runCli(['import', 'a.ndjson', '--html', '-', '--json']);
    expect(run.exit).toBe(0);
    expect(run.stdout).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
    const report = JSON.parse(run.stderr.trim().split('\n').at(-1) ?? '') as { run: string };
    const shown = await place.runCli(['runs', 'show', report.run, '--html', '-', '--json']);
    expect(shown.stdout).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
    expect(JSON.parse(shown.stderr)).toMatchObject({ run: report.run });
    const exported = await place.runCli([
      'export',
      'companies',
      '--output',
      'c.csv',
      '--report',
      '-',
      '--json',
    ]);
    expect(exported.stdout).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
    expect(JSON.parse(exported.stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ exit: 0 });
  });

  test.each([
    ['rejects', ['import', 'a.ndjson', '--html', '-', '--rejects', '-']],
    ['rows of an export', ['export', 'companies', '--report', '-']],
  ])('is refused beside %s', async (_what, argv) => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(2)));
    const { exit, stderr } = await place.runCli(argv);
    expect(exit).toBe(2);
    expect(stderr).toContain('cannot share standard output');
  });
});

describe('no other file is replaced by a page', () => {
  test.each([
    ['an input', ['a.ndjson', '--html', 'a.ndjson']],
    ['an input, whatever is said', ['a.ndjson', '--html', 'a.ndjson', '--overwrite']],
    ['a page of somebody else', ['a.ndjson', '--html', 'other.html', '--overwrite']],
    ['the report', ['a.ndjson', '--html', 'r', '--report', 'r']],
  ])('%s', async (_name, argv) => {
    const place = await openPlace();
    const text = lines(eventRows(2));
    await place.write('a.ndjson', text);
    await place.write('other.html', '<!doctype html><p>mine');
    expect((await place.runCli(['import', ...argv, '--json'])).exit).toBe(2);
    expect(await rawPage(place, 'a.ndjson')).toBe(text);
    expect(await rawPage(place, 'other.html')).toBe('<!doctype html><p>mine');
  });

  test('of runs show', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(2)));
    const { report } = await place.importFiles(['a.ndjson']);
    const { exit } = await place.runCli(['runs', 'show', report.run, '--html', 'a.ndjson']);
    expect(exit).toBe(2);
    expect(await rawPage(place, 'a.ndjson')).toBe(lines(eventRows(2)));
  });
});

test('a page that cannot be written is a failure of the run, and the report says so', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(eventRows(2)));
  await mkdir(join(place.directory, 'gone'));
  // While the import waits for the vendor.
  const sleep: Machine['sleep'] = (ms, signal) => {
    rmSync(join(place.directory, 'gone'), { recursive: true, force: true });
    return hastyClock.sleep(ms, signal);
  };
  const { exit, report } = await place.importFiles(['a.ndjson', '--html', 'gone/run.html'], {
    machine: { sleep },
  });
  expect(exit).toBe(6);
  expect(report).toMatchObject({ exit: 6, counts: { accepted: 2 }, errors: [{ kind: 'local' }] });
  const again = await place.runCli(['runs', 'show', report.run, '--html', 'missing/below/run.html']);
  expect(again.exit).toBe(6);
});

test('rejects that were changed since are not shown as if they were those', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines([...eventRows(1), ...bad]));
  const { report } = await place.importFiles(['a.ndjson', '--rejects', 'bad.ndjson']);
  await writeFile(join(place.directory, 'bad.ndjson'), 'mine by now\n');
  await place.runCli(['runs', 'show', report.run, '--html', 'later.html']);
  const page = await pageOf(place, 'later.html');
  expect(page).toContain('a.ndjson:2');
  expect(page).not.toContain('mine by now');
});
