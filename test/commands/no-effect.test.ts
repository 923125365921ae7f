/** What is typed has an effect, or is refused; what is saved or in the environment may be meant for other commands. */
import { describe, expect, test } from 'vitest';
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

test('the format of inputs that is saved for imports is not that of an export, nor of a policy', async () => {
  const { runCli } = await openPlace();
  expect((await runCli(['config', 'set', 'scarf', 'format', 'tsv'])).exit).toBe(0);
  expect((await runCli(['schedule', 'policy', '--s3-bucket', 'bucket/prefix'])).exit).toBe(0);
  expect((await runCli(['export', 'scores', '--output', 'scores.csv'])).exit).toBe(0);
});
