import { stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { openPlace } from '../../machine.ts';

describe('config', () => {
  test('a saved value stands behind the environment, and the environment behind the flag', async () => {
    const { runCli, sandbox } = await openPlace();
    const { SCARF_API_TOKEN } = sandbox.environment;
    const environment = { SCARF_API_TOKEN: '', SCARF_OWNER: '' };
    expect((await runCli(['config', 'set', 'scarf', 'owner', 'sandbox'], { environment })).exit).toBe(0);
    expect(
      (await runCli(['config', 'set', 'scarf', 'token'], { environment, stdin: `${SCARF_API_TOKEN}\n` }))
        .exit,
    ).toBe(0);
    expect((await runCli(['imports', 'list'], { environment })).exit).toBe(0);
    const other = { ...environment, SCARF_OWNER: 'nobody' };
    expect((await runCli(['imports', 'list'], { environment: other })).exit).toBe(2);
    expect((await runCli(['imports', 'list', '--owner', 'sandbox'], { environment: other })).exit).toBe(0);
  });

  test('a secret is neither taken from the command line nor shown, and the file is the owner’s alone', async () => {
    const { runCli } = await openPlace();
    expect((await runCli(['config', 'set', 'scarf', 'token', 'secret-text'])).exit).toBe(2);
    await runCli(['config', 'set', 'scarf', 'token'], { stdin: 'secret-text' });
    const { stdout } = await runCli(['config', 'list']);
    expect(stdout).toBe('scarf token (set)\n');
    const path = (await runCli(['config', 'path'])).stdout.trim();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('unset forgets, and what does not exist is a usage error', async () => {
    const { runCli } = await openPlace();
    await runCli(['config', 'set', 'scarf', 'max-active', '7']);
    expect((await runCli(['config', 'list'])).stdout).toBe('scarf max-active "7"\n');
    await runCli(['config', 'unset', 'scarf', 'max-active']);
    expect((await runCli(['config', 'list'])).stdout).toBe('');
    expect((await runCli(['config', 'set', 'scarf', 'max-active', 'many'])).exit).toBe(2);
    expect((await runCli(['config', 'set', 'scarf', 'colour', 'red'])).exit).toBe(2);
    expect((await runCli(['config', 'set', 'nobody', 'owner', 'x'])).exit).toBe(2);
  });
});
