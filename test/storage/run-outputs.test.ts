/** Rejects, replies, reports and metrics of runs that go to a bucket. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventRows, lines, openPlace, type Place } from '../machine.ts';
import { startFakeS3, type FakeS3 } from './fake-s3.ts';
import { KEYS } from './store.ts';

async function openBucket(): Promise<{ place: Place; s3: FakeS3; environment: Record<string, string> }> {
  const place = await openPlace();
  const s3 = await startFakeS3();
  onTestFinished(() => s3.close());
  return { place, s3, environment: { ...KEYS, AWS_ENDPOINT_URL: s3.endpoint } };
}

const textOf = (s3: FakeS3, path: string) => s3.objects.get(path)?.bytes.toString();

describe('rejects', () => {
  test('are in the bucket what they are on a disk, and grow with the input', async () => {
    const { place, s3, environment } = await openBucket();
    const [first = '', second = ''] = eventRows(2);
    await place.write('odd.ndjson', lines([first, 'bad one']));
    const argv = ['odd.ndjson', '--rejects', 's3://bucket/deep/bad.ndjson'];
    expect((await place.importFiles(argv, { environment })).exit).toBe(3);
    expect(textOf(s3, 'bucket/deep/bad.ndjson')).toBe('bad one\n');
    expect(textOf(s3, 'bucket/deep/bad.ndjson.meta.ndjson')).toContain('"line":2');
    await place.write('odd.ndjson', lines([first, 'bad one', second, 'bad two']));
    expect((await place.importFiles(argv, { environment })).exit).toBe(3);
    expect(textOf(s3, 'bucket/deep/bad.ndjson')).toBe('bad one\nbad two\n');
    await place.importFiles(['odd.ndjson', '--rejects', 'here.ndjson', '--again', '--salt', 's']);
    expect(textOf(s3, 'bucket/deep/bad.ndjson')).toBe(
      await readFile(join(place.directory, 'here.ndjson'), 'utf8'),
    );
  });

  test('have their addresses in reports and summaries, whoever comes to them', async () => {
    const { place, environment } = await openBucket();
    await place.write('odd.ndjson', lines([...eventRows(1), 'bad']));
    const named = { path: 's3://bucket/deep/bad.ndjson', rows: 1 };
    const argv = ['odd.ndjson', '--rejects', named.path];
    const text = await place.runCli(['import', ...argv, '--salt', 't', '--overwrite'], { environment });
    expect(text.stdout + text.stderr).toContain(`${named.path}`);
    expect(text.stdout + text.stderr).not.toContain('/outputs/');
    for (const more of [['--overwrite'], [], ['--dry-run', '--overwrite']]) {
      const { report } = await place.importFiles([...argv, ...more], { environment });
      expect(report.rejects).toMatchObject({ ...named, files: [{ path: named.path }] });
    }
    const below = ['odd.ndjson', '--rejects', 's3://bucket/bad/', '--salt', 's'];
    const { report } = await place.importFiles(below, { environment });
    expect(report.rejects.path).toBe('s3://bucket/bad/');
  });

  test('have their addresses on the page and in what the run left', async () => {
    const { place, environment } = await openBucket();
    await place.write('odd.ndjson', 'bad\n');
    const outputs = ['--rejects', 's3://bucket/deep/bad.ndjson', '--html', 'page.html'];
    const { report } = await place.importFiles(['odd.ndjson', ...outputs], { environment });
    const page = await readFile(join(place.directory, 'page.html'), 'utf8');
    expect(page).toContain('<code>s3://bucket/deep/bad.ndjson</code>');
    expect(page).not.toContain('/outputs/');
    const shown = await place.runCli(['runs', 'show', report.run ?? '', '--json']);
    const { files } = JSON.parse(shown.stdout) as { files: Record<string, number> };
    expect(Object.keys(files).sort()).toEqual([
      's3://bucket/deep/bad.ndjson',
      's3://bucket/deep/bad.ndjson.meta.ndjson',
    ]);
  });

  test('of parts are named by the outcome of all', async () => {
    const { place, environment } = await openBucket();
    await place.write('odd.ndjson', lines(['bad one', 'bad two']));
    for (const index of [0, 1]) {
      const outputs = ['--rejects', `s3://bucket/${index}.bad`, '--report', `${index}.json`];
      await place.importFiles(['odd.ndjson', '--shard', `${index}/2`, ...outputs], { environment });
    }
    const { exit, report } = await place.runCli(['runs', 'merge', '0.json', '1.json', '--json']);
    const files = [{ path: 's3://bucket/0.bad' }, { path: 's3://bucket/1.bad' }];
    expect([exit, report?.rejects]).toMatchObject([3, { rows: 2, files }]);
  });

  test('of parts become one file, from reports in a bucket too', async () => {
    const { place, s3, environment } = await openBucket();
    await place.write('odd.csv', ['$time,$package', 'one,two', 'three,four', ''].join('\n'));
    await place.write('odd.ndjson', lines(['bad one', 'bad two']));
    for (const index of [0, 1]) {
      const outputs = [
        '--rejects',
        `s3://bucket/bad-${index}/`,
        '--report',
        `s3://bucket/report-${index}.json`,
      ];
      const argv = ['odd.csv', 'odd.ndjson', '--shard', `${index}/2`, '--shard-by', 'size', ...outputs];
      await place.importFiles(argv, { environment });
    }
    const argv = ['runs', 'merge', 's3://bucket/report-*.json', '--rejects', 'all.csv', '--json'];
    const { exit, report } = await place.runCli(argv, { environment });
    expect([exit, report?.counts.rejected]).toEqual([3, 4]);
    const files = (report?.rejects as unknown as { files: { path: string }[] }).files.map(({ path }) => path);
    const texts = await Promise.all(files.map((path) => readFile(path, 'utf8')));
    expect(texts.sort()).toEqual(['$time,$package\none,two\nthree,four\n', 'bad one\nbad two\n']);
    const described = await Promise.all(files.map((path) => readFile(`${path}.meta.ndjson`, 'utf8')));
    expect(described.join('').trimEnd().split('\n')).toHaveLength(4);

    for (const path of s3.objects.keys()) if (path.includes('/bad-0/')) s3.objects.delete(path);
    const missing = await place.runCli([...argv, '--overwrite'], { environment });
    expect([missing.exit, missing.stderr]).toEqual([6, expect.stringContaining('part 0')]);
  });

  test('of several inputs have an object each below a prefix', async () => {
    const { place, s3, environment } = await openBucket();
    await place.write('a.ndjson', 'bad a\n');
    await place.write('b.ndjson', 'bad b\n');
    await place.importFiles(['a.ndjson', 'b.ndjson', '--rejects', 's3://bucket/bad/'], { environment });
    const names = [...s3.objects.keys()].filter((path) => !path.endsWith('.meta.ndjson')).sort();
    expect(names.map((path) => textOf(s3, path))).toEqual(['bad a\n', 'bad b\n']);
  });

  test('take the place of no object of others, which is said before anything is sent', async () => {
    const { place, s3, environment } = await openBucket();
    s3.put('bucket/bad.ndjson', 'of somebody else');
    await place.write('odd.ndjson', lines([...eventRows(1), 'bad']));
    const argv = ['odd.ndjson', '--rejects', 's3://bucket/bad.ndjson'];
    expect((await place.importFiles(argv, { environment })).exit).toBe(2);
    expect(textOf(s3, 'bucket/bad.ndjson')).toBe('of somebody else');
    expect(place.sandbox.vendors.scarf.events()).toEqual([]);
    expect((await place.importFiles([...argv, '--overwrite'], { environment })).exit).toBe(3);
    expect(textOf(s3, 'bucket/bad.ndjson')).toBe('bad\n');
  });

  test('of a check are there too, and a bucket that takes nothing is a failure', async () => {
    const { place, s3, environment } = await openBucket();
    await place.write('odd.ndjson', 'bad\n');
    const argv = ['check', 'odd.ndjson', '--rejects', 's3://bucket/bad.ndjson'];
    expect((await place.runCli(argv, { environment })).exit).toBe(3);
    expect(textOf(s3, 'bucket/bad.ndjson')).toBe('bad\n');
    s3.fault = ({ method }) =>
      method === 'PUT' ? { kind: 'status', status: 403, code: 'AccessDenied' } : undefined;
    const refused = ['odd.ndjson', '--rejects', 's3://bucket/other.ndjson'];
    expect((await place.importFiles(refused, { environment })).exit).toBe(4);
    s3.fault = () => undefined;
    // The same line again puts there what is missing.
    expect((await place.importFiles(refused, { environment })).exit).toBe(3);
    expect(textOf(s3, 'bucket/other.ndjson')).toBe('bad\n');
  });
});

test('replies of a vendor are in the bucket what they are on a disk', async () => {
  const { place, s3, environment } = await openBucket();
  await place.write('e.ndjson', lines(['{"a":1}', '{"a":2}']));
  const argv = ['ingest', 'sumatra', 'e.ndjson', '--event-type', 'login'];
  const far = await place.runCli([...argv, '--output', 's3://bucket/replies.ndjson'], { environment });
  expect([far.exit, far.stderr]).toEqual([0, expect.anything()]);
  expect(textOf(s3, 'bucket/replies.ndjson')?.trim().split('\n')).toHaveLength(2);
});

test('reports, metrics and pages land in the bucket, and say the exit code', async () => {
  const { place, s3, environment } = await openBucket();
  await place.write('e.ndjson', lines(eventRows(3)));
  const outputs = [
    '--report',
    's3://bucket/r.json',
    '--metrics',
    's3://bucket/m.prom',
    '--html',
    's3://bucket/p.html',
  ];
  expect((await place.importFiles(['e.ndjson', ...outputs], { environment })).exit).toBe(0);
  expect(JSON.parse(textOf(s3, 'bucket/r.json') ?? '')).toMatchObject({ exit: 0, counts: { accepted: 3 } });
  expect(textOf(s3, 'bucket/m.prom')).toContain('scarf_cli');
  expect(textOf(s3, 'bucket/p.html')).toContain('<!doctype html>');
  s3.fault = () => ({ kind: 'status', status: 403, code: 'AccessDenied' });
  const refused = await place.importFiles(['e.ndjson', '--report', 's3://bucket/r.json'], { environment });
  expect(refused.exit).toBe(4);
});

test.each([
  ['import', 'a.ndjson', '--log-file', 's3://bucket/log'],
  ['import', 'a.ndjson', '--token-file', 's3://bucket/token'],
  ['check', 'a.ndjson', '--map-file', 'https://example.com/map.json'],
  ['report', 's3://bucket/events.csv'],
  ['sandbox', 'sample', 'gs://bucket/sample'],
])('an address is not taken for a path: %s %s %s', async (...argv) => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(eventRows(1)));
  const { exit, stderr } = await place.runCli(argv);
  expect([exit, stderr]).toEqual([2, expect.stringContaining('is an address')]);
  const names = await readdir(place.directory);
  expect(names.filter((name) => name.endsWith(':'))).toEqual([]);
});

test.each(['s3://a/report.json', 's3://bucket/../report.json'])(
  'a report that can be no object (%s) is refused before anything is sent',
  async (address) => {
    const { place, environment } = await openBucket();
    await place.write('a.ndjson', lines(eventRows(1)));
    const { exit, stderr } = await place.runCli(['import', 'a.ndjson', '--report', address], { environment });
    expect([exit, stderr]).toEqual([2, expect.stringContaining(address)]);
    expect(place.sandbox.vendors.scarf.imports()).toEqual([]);
  },
);
