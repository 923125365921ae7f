/** What is typed has an effect, or is refused; what is saved or in the environment may be meant for other commands. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXPORT_OPTIONS } from '../../src/application/options/export.ts';
import { optionName, savedOptionsOf } from '../../src/commands/config/options.ts';
import { kindOf } from '../../src/settings/kinds.ts';
import type { OptionSpec } from '../../src/settings/option-spec.ts';
import { openPlace } from '../machine.ts';

const row = `${JSON.stringify({ $package: 'p', $time: new Date().toISOString() })}\n`;

describe('options of a format that no input has', () => {
  test('are refused before anything is sent', async () => {
    const { write, runCli, sandbox } = await openPlace();
    await write('a.ndjson', row);
    const { exit, stderr } = await runCli(['import', 'a.ndjson', '--delimiter', ';']);
    expect(stderr).toContain('--delimiter has no effect: no input is csv or tsv');
    expect(exit).toBe(2);
    expect(sandbox.vendors.scarf.counts()).toMatchObject({ received: 0 });
  });

  test('are taken when one of the inputs has it, or when there is nothing to tell it by', async () => {
    const { write, runCli } = await openPlace();
    await write('a.ndjson', row);
    await write('b.csv', '$package;$time\n');
    expect((await runCli(['check', 'a.ndjson', 'b.csv', '--delimiter', ';'])).exit).toBe(0);
    expect((await runCli(['check', '-', '--delimiter', ';'], { stdin: '' })).exit).toBe(0);
  });

  test('are silent when they are saved', async () => {
    const { write, runCli } = await openPlace();
    await write('a.ndjson', row);
    for (const [name, value] of [
      ['delimiter', ';'],
      ['only', 'x'],
      ['multiline-start', '^x'],
    ] as const)
      expect((await runCli(['config', 'set', 'scarf', name, value])).exit).toBe(0);
    const { exit, stderr } = await runCli(['check', 'a.ndjson']);
    expect([exit, stderr]).toEqual([0, expect.not.stringContaining('no effect')]);
  });
});

test.each([
  [['check', '--target', 'moesif', '--package', 'p', 'a'], '--package has no effect for Moesif'],
  [['whoami', 'moesif', '--owner', 'o'], '--owner has no effect for Moesif'],
  [['doctor', 'scarf', '--api', 'v2'], '--api has no effect for Scarf'],
  [['login', 'scarf', '--password-file', 'f'], '--password-file has no effect for Scarf'],
])('%o: what another vendor has is refused', async (argv, message) => {
  const { runCli } = await openPlace();
  const { exit, stderr } = await runCli(argv);
  expect([exit, stderr]).toEqual([2, expect.stringContaining(message)]);
});

describe('the server of a bucket', () => {
  const s3 = ['--s3-endpoint', 'http://127.0.0.1:9'];

  test.each([
    ['an import', ['import', 'a.ndjson', ...s3]],
    ['a check', ['check', 'gs://bucket/a.ndjson', ...s3]],
    ['an export', ['export', 'scores', '--output', 'scores.csv', ...s3]],
    ['a merge', ['runs', 'merge', 'report.json', ...s3]],
  ])('is refused where %s has none', async (_name, argv) => {
    const { write, runCli } = await openPlace();
    await write('a.ndjson', row);
    const { exit, stderr } = await runCli(argv);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('--s3-endpoint has no effect')]);
  });

  test.each([
    ['an input', ['check', 's3://bucket/a.ndjson', ...s3]],
    ['an output', ['import', 'a.ndjson', '--rejects', 'S3://bucket/bad.ndjson', ...s3]],
    ['a list', ['check', '--files-from', 'list', ...s3]],
  ])('is taken for %s', async (_name, argv) => {
    const { write, runCli } = await openPlace();
    await write('a.ndjson', row);
    await write('list', 'a.ndjson\n');
    const { stderr } = await runCli([...argv, '--deadline', '2s']);
    expect(stderr).not.toContain('no effect');
  });

  test('is silent in the environment', async () => {
    const { write, runCli } = await openPlace();
    await write('a.ndjson', row);
    const environment = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' };
    expect((await runCli(['import', 'a.ndjson'], { environment })).exit).toBe(0);
  });

  test.each([
    ['localhost:4566', 'localhost:4566'],
    ['http://somebody:hidden-9@127.0.0.1:9', 'hidden-9'],
    ['http://127.0.0.1:9/?token=hidden-9', 'hidden-9'],
    ['somebody:hidden-9@127.0.0.1:9', 'hidden-9'],
  ])('that is none (%s) is refused where there is a bucket, and not shown', async (server, hidden) => {
    const { write, runCli } = await openPlace();
    await write('a.ndjson', row);
    await write('list', 's3://bucket/a.ndjson\n');
    const environment = { AWS_ENDPOINT_URL: server };
    for (const argv of [
      ['check', 's3://bucket/a.ndjson', '--s3-endpoint', server],
      ['check', 's3://bucket/a.ndjson'],
      ['check', 'a.ndjson', '--report', 's3://bucket/report.json'],
      ['check', '--files-from', 'list'],
    ]) {
      const { exit, stdout, stderr } = await runCli(
        argv,
        argv.includes('--s3-endpoint') ? {} : { environment },
      );
      expect([exit, stderr], argv.join(' ')).toEqual([
        2,
        expect.stringMatching(/--s3-endpoint|AWS_ENDPOINT_URL/),
      ]);
      expect(stdout + stderr).not.toContain(hidden);
    }
    expect((await runCli(['check', 'a.ndjson'], { environment })).exit).toBe(0);
  });
});

test('the format of inputs that is saved for imports is not that of an export, nor of a policy', async () => {
  const { runCli } = await openPlace();
  expect((await runCli(['config', 'set', 'scarf', 'format', 'tsv'])).exit).toBe(0);
  expect((await runCli(['schedule', 'policy', '--s3-bucket', 'bucket/prefix'])).exit).toBe(0);
  expect((await runCli(['export', 'scores', '--output', 'scores.csv'])).exit).toBe(0);
});

/** Values of options that a profile may hold, by name, else by kind. */
const samples: Readonly<Record<string, string>> = {
  ...{ shard: '0/2', package: 'npm/widget', pixel: 'banner', s3Endpoint: 'http://127.0.0.1:1' },
  ...{ text: 'x', flag: 'true', count: '2', duration: '1h', share: '10', path: 'rejects.x' },
};

describe('what is saved for imports takes no row from an export, nor its exit code', () => {
  test.each(
    Object.entries({
      events: ['--from', '2026-11-20', '--to', '2026-11-20'],
      'company-events': ['acme.example', '--from', '2026-11-20', '--to', '2026-11-20'],
      companies: [],
      scores: [],
      aggregates: ['--query', '*', '--from', '2026-11-20', '--to', '2026-11-20'],
    }),
  )('%s', async (name, words) => {
    const { directory, runCli } = await openPlace();
    const run = async (to: string) => {
      const { exit, stderr } = await runCli(['export', name, ...words, '--output', to]);
      expect([exit, exit === 0 ? '' : stderr]).toEqual([0, '']);
      return readFile(join(directory, to), 'utf8');
    };
    const plain = await run('before.csv');
    const specs: readonly OptionSpec[] = EXPORT_OPTIONS[name as keyof typeof EXPORT_OPTIONS];
    const ofAccount = ['owner', 'token', 'tokenCommand', 'apiUrl', 'stateDir'];
    // `overwrite` contradicts it.
    ofAccount.push('append');
    const shared = savedOptionsOf('scarf').filter(
      (saved) => specs.some((spec) => spec.name === saved.name) && !ofAccount.includes(saved.name),
    );
    expect(shared.length).toBeGreaterThan(10);
    for (const spec of shared) {
      const value = samples[spec.name] ?? spec.choices?.at(-1) ?? samples[kindOf(spec)] ?? '';
      const { exit, stderr } = await runCli(['config', 'set', 'scarf', optionName(spec), value]);
      expect([exit, stderr]).toEqual([0, expect.any(String)]);
    }
    expect(await run('after.csv')).toBe(plain);
  });
});

test('a list of inputs is not saved, since it would be refused beside inputs that are named', async () => {
  const { runCli } = await openPlace();
  expect((await runCli(['config', 'set', 'scarf', 'files-from', 'list'])).exit).toBe(2);
});
