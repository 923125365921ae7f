/** Exports into buckets, as whole runs: whole objects or none, and what is on a disk is what is in a bucket. */
import { join } from 'node:path';
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { buildCli, runProcess } from '../commands/export/cli-process.ts';
import { makeEvents } from '../commands/export/event-rows.ts';
import { startExportServer } from '../commands/export/export-server.ts';
import { runCli } from '../commands/export/run-cli.ts';
import { temporaryDirectory } from '../vendors/temporary.ts';
import { startFakeS3, type FakeS3, type SeenRequest } from './fake-s3.ts';
import { KEYS } from './store.ts';

const span = ['--from', '2026-11-01', '--to', '2026-11-05', '--window', '2d'];
const few = makeEvents({ from: '2026-11-01', to: '2026-11-05', perDay: 40 });

interface Exporting {
  s3: FakeS3;
  directory: string;
  run: (argv: readonly string[]) => ReturnType<typeof runCli>;
  environment: Record<string, string>;
  url: string;
}

async function openExporting(rows = few): Promise<Exporting> {
  const s3 = await startFakeS3();
  onTestFinished(() => s3.close());
  const directory = await temporaryDirectory();
  const { url } = await startExportServer({ rows: () => rows, duplicateEvery: 10 });
  const environment = { ...KEYS, AWS_ENDPOINT_URL: s3.endpoint };
  const run = (argv: readonly string[]) =>
    runCli(['export', 'events', ...span, ...argv], { url, directory, environment });
  return { s3, directory, run, environment, url };
}

const isPart = ({ method, path }: SeenRequest) => method === 'PUT' && path.includes('partNumber');

describe('what a disk has, a bucket has', () => {
  test.each([
    ['a file', 'ev.csv', []],
    ['a file of JSON, compressed', 'ev.ndjson.gz', []],
    ['a Parquet file', 'ev.parquet', []],
    ['a file in a directory', 'out/', ['--format', 'ndjson']],
    ['a directory by day', 'out/', ['--split', 'day', '--incremental']],
    [
      'a directory as query engines read it',
      'out/',
      ['--split', 'day', '--layout', 'hive', '--format', 'parquet'],
    ],
    ['a file that goes on', 'ev.csv', ['--incremental']],
  ])('%s', async (_, name, options) => {
    const { s3, directory, run } = await openExporting();
    for (const output of [`disk/${name}`, `s3://bucket/deep/${name}`]) {
      const { exit, stderr } = await run(['--output', output, '--manifest', ...options]);
      expect([exit, stderr]).toEqual([0, expect.not.stringContaining('warning')]);
    }
    const disk = join(directory, 'disk');
    const names = (await readdir(disk, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(disk.length + 1))
      .sort();
    expect([...s3.objects.keys()].map((path) => path.slice('bucket/deep/'.length)).sort()).toEqual(names);
    for (const file of names) {
      const here = await readFile(join(disk, file));
      expect(s3.objects.get(`bucket/deep/${file}`)?.bytes.equals(here), file).toBe(true);
    }
    // Nothing is left of the parts on this machine.
    const left = await readdir(join(directory, '.local/state/scarf-cli/exports/buckets'));
    expect(left).toEqual([]);
  });
});

test('the page of an export is in the bucket', async () => {
  const { s3, run } = await openExporting();
  const page = (name: string) => run(['--output', 'ev.csv', '--report', `s3://bucket/${name}`]);
  expect((await page('page.html')).exit).toBe(0);
  expect(s3.objects.get('bucket/page.html')?.bytes.toString('utf8', 0, 15)).toBe('<!doctype html>');
  expect([(await page('pages/')).exit, [...s3.objects.keys()]]).toEqual([2, ['bucket/page.html']]);
});

test('another run that goes on from the same state is noticed, and takes nothing back', async () => {
  const { s3, run } = await openExporting();
  const argv = ['--output', 's3://bucket/ev.csv', '--incremental'];
  await run(argv);
  const state = 'bucket/.ev.csv.scarf-cli.json';
  const later = s3.objects.get(state)?.bytes.toString() ?? '';
  s3.objects.delete('bucket/ev.csv');
  let isOthers = false;
  s3.fault = ({ method, path }) => {
    if (method === 'PUT' && path.startsWith(`/${state}`) && !isOthers) {
      isOthers = true;
      s3.put(state, later.replace('"schema"', ' "schema"'));
    }
    return undefined;
  };
  const { exit, stderr } = await run(argv);
  expect([exit, stderr]).toEqual([9, expect.stringContaining('another run')]);
  expect(s3.objects.has('bucket/ev.csv')).toBe(false);
  s3.fault = () => undefined;
  expect((await run(argv)).exit).toBe(0);
  expect(s3.objects.has('bucket/ev.csv')).toBe(true);
});

test('a server without conditional writes is asked first what is there', async () => {
  const { s3, directory, run } = await openExporting();
  s3.lacksConditions = true;
  const argv = ['--split', 'day', '--incremental', '--manifest', '--output', 's3://bucket/out/'];
  expect((await run(argv)).exit).toBe(0);
  expect((await run([...argv, '--lag', '3d'])).exit).toBe(0);
  await run(['--split', 'day', '--output', 'disk/']);
  for (const name of await readdir(join(directory, 'disk'))) {
    const here = await readFile(join(directory, 'disk', name), 'utf8');
    expect(s3.objects.get(`bucket/out/${name}`)?.bytes.toString()).toBe(here);
  }
});

describe('what cannot be written ends with a code, and what was there stays', () => {
  test.each([
    ['no right', { kind: 'status', status: 403, code: 'AccessDenied' }, 4],
    ['credentials that have expired', { kind: 'status', status: 400, code: 'ExpiredToken' }, 4],
    ['a server that is down', { kind: 'status', status: 500 }, 5],
  ] as const)('%s', async (_, fault, code) => {
    const { s3, run } = await openExporting();
    s3.put('bucket/ev.csv', 'as it was');
    s3.fault = ({ method }) => (method === 'PUT' ? fault : undefined);
    const { exit } = await run(['--output', 's3://bucket/ev.csv', '--retries', '1']);
    expect(exit).toBe(code);
    expect(s3.objects.get('bucket/ev.csv')?.bytes.toString()).toBe('as it was');
  });

  test.each([
    ['a bucket in another region', { kind: 'status', status: 301, code: 'PermanentRedirect' }],
    ['a bucket that is just made', { kind: 'status', status: 307, code: 'TemporaryRedirect' }],
    [
      'another region in the signature',
      { kind: 'status', status: 400, code: 'AuthorizationHeaderMalformed' },
    ],
  ] as const)('%s: exit 2, and what to name', async (_, fault) => {
    const { s3, run } = await openExporting();
    s3.fault = ({ method }) => (method === 'PUT' ? fault : undefined);
    const { exit, stderr } = await run(['--output', 's3://bucket/ev.csv']);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('AWS_REGION')]);
  });

  test('what came damaged is sent again, what the server does not know is not', async () => {
    const { s3, run } = await openExporting();
    const puts = () => s3.requests.filter(({ method }) => method === 'PUT').length;
    s3.fault = ({ method }) =>
      method === 'PUT' && puts() === 1 ? { kind: 'status', status: 400, code: 'BadDigest' } : undefined;
    expect((await run(['--output', 's3://bucket/ev.csv'])).exit).toBe(0);
    expect(puts()).toBe(2);
    s3.fault = ({ method }) =>
      method === 'PUT' ? { kind: 'status', status: 501, code: 'NotImplemented' } : undefined;
    expect((await run(['--output', 's3://bucket/other.csv'])).exit).toBe(6);
    expect(puts()).toBe(3);
  });

  test.each([
    's3://bucket',
    'https://example.com/ev.csv',
    's3:///ev.csv',
    's3://bucket/../other/ev.csv',
    's3://bucket/a/./ev.csv',
  ])('--output %s', async (output) => {
    const { run } = await openExporting();
    expect((await run(['--output', output])).exit).toBe(2);
  });

  test('who may not list uploads can write all the same', async () => {
    const { s3, run } = await openExporting();
    s3.fault = ({ path }) =>
      path.includes('?uploads') ? { kind: 'status', status: 403, code: 'AccessDenied' } : undefined;
    expect((await run(['--output', 's3://bucket/ev.csv'])).exit).toBe(0);
  });
});

describe('a file of several parts', () => {
  // About 12 MB.
  const many = makeEvents({ from: '2026-11-01', to: '2026-11-05', perDay: 9_000 });
  const argv = ['export', 'events', ...span, '--output', 's3://bucket/ev.csv', '--progress', 'none'];
  let cli: Awaited<ReturnType<typeof buildCli>>;
  beforeAll(async () => {
    cli = await buildCli();
  });
  afterAll(() => cli.remove());

  test('comes up through failures of each request, every byte of it', async () => {
    const { s3, directory, run } = await openExporting(many);
    let count = 0;
    s3.fault = ({ method }) =>
      method !== 'GET' && count++ % 2 === 0 ? { kind: 'status', status: 503, code: 'SlowDown' } : undefined;
    const { exit } = await run(['--output', 's3://bucket/ev.csv']);
    expect(exit).toBe(0);
    expect(s3.requests.filter(isPart).length).toBeGreaterThan(2);
    await run(['--output', 'ev.csv']);
    const here = await readFile(join(directory, 'ev.csv'));
    expect(s3.objects.get('bucket/ev.csv')?.bytes.equals(here)).toBe(true);
    expect(s3.uploads.size).toBe(0);
  });

  test('comes up where what is written is retained, and where no condition is known', async () => {
    const { s3, run } = await openExporting(many);
    s3.retains = true;
    s3.lacksConditions = true;
    const argv = ['--incremental', '--output', 's3://bucket/ev.csv'];
    expect((await run(argv)).exit).toBe(0);
    expect((await run(argv)).stderr).toContain('Nothing new');
    expect([s3.objects.size, s3.uploads.size]).toEqual([2, 0]);
  });

  test('is taken back when a part cannot be sent', async () => {
    const { s3, run } = await openExporting(many);
    s3.fault = (seen) => (isPart(seen) ? { kind: 'status', status: 403, code: 'AccessDenied' } : undefined);
    const { exit } = await run(['--output', 's3://bucket/ev.csv']);
    expect(exit).toBe(4);
    expect([s3.objects.size, s3.uploads.size]).toEqual([0, 0]);
  });

  test.each(['SIGKILL', 'SIGTERM'] as const)(
    'does not show when the run ends by %s in the middle, and leaves nothing behind the next run',
    async (signal) => {
      const { s3, directory, environment, url } = await openExporting(many);
      let wasAsked: () => void = () => undefined;
      const asked = new Promise<void>((resolve) => (wasAsked = resolve));
      // A part is taken, and the answer to it never comes.
      s3.fault = (seen) => {
        if (!isPart(seen)) return undefined;
        wasAsked();
        return { kind: 'silent' };
      };
      const account = { SCARF_API_TOKEN: 'secret', SCARF_OWNER: 'acme', SCARF_API_URL: url };
      const cliProcess = {
        command: [process.execPath, cli.path],
        argv,
        directory,
        environment: { ...environment, ...account, HOME: directory },
      };
      const running = runProcess(cliProcess, undefined, (kill) => void asked.then(() => kill(signal)));
      const { code } = await running;
      expect(code).toBe(signal === 'SIGKILL' ? null : 143);
      expect(s3.objects.has('bucket/ev.csv')).toBe(false);
      expect(s3.uploads.size).toBe(signal === 'SIGKILL' ? 1 : 0);
      s3.fault = () => undefined;
      expect((await runProcess(cliProcess)).code).toBe(0);
      expect(s3.objects.get('bucket/ev.csv')?.bytes.toString().split('\n').length).toBeGreaterThan(
        many.length,
      );
      expect([...s3.uploads]).toEqual([]);
    },
  );
});
