import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPlace } from '../machine.ts';

test('sample writes files that can be imported and sent as they are', async () => {
  const { runCli, directory } = await openPlace();
  const { exit, stdout } = await runCli(['sandbox', 'sample', 'samples']);
  expect(exit).toBe(0);
  expect(stdout.trim().split('\n').sort()).toEqual(
    (await readdir(join(directory, 'samples'))).map((name) => `samples/${name}`).sort(),
  );
  const commands = [
    ['import', 'samples/events.ndjson', 'samples/more-events.gz'],
    [
      'import',
      'samples/downloads.csv',
      '--map',
      'when=$time',
      '--package',
      '970493a1-4ca0-4a4d-a085-fdce578e5a08',
    ],
    ['ingest', 'moesif', 'samples/calls.ndjson'],
    ['ingest', 'sumatra', 'samples/sumatra-signups.ndjson'],
    ['ingest', 'loginsight', 'samples/loginsight-events.ndjson'],
  ];
  for (const command of commands) {
    const run = await runCli([...command, '--progress', 'none']);
    expect([command, run.exit]).toEqual([command, 0]);
  }
});

test('what stands there is replaced only when that was said', async () => {
  const { runCli, write, directory } = await openPlace();
  await write('events.ndjson', 'mine');
  expect((await runCli(['sandbox', 'sample'])).exit).toBe(2);
  expect(await readdir(directory)).toEqual(['events.ndjson']);
  expect((await runCli(['sandbox', 'sample', '--overwrite'])).exit).toBe(0);
  expect(await readFile(join(directory, 'events.ndjson'), 'utf8')).not.toBe('mine');
});

test.each(['scarf-events.ndjson', 'sumatra-signups.ndjson', 'loginsight-events.ndjson'])(
  '%s is the fixture of this name',
  async (name) => {
    const { runCli, directory } = await openPlace();
    await runCli(['sandbox', 'sample']);
    expect(readFileSync(join(directory, name), 'utf8')).toBe(readFileSync(`fixtures/rows/${name}`, 'utf8'));
  },
);
