import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installCommand, openHome, type Keyring } from './keyring-place.ts';

let command: Awaited<ReturnType<typeof installCommand>>;

beforeAll(async () => {
  command = await installCommand();
});
afterAll(() => command.remove());

const entry = 'scarf-cli default/scarf/token';

describe('a keyring that works', () => {
  test('keeps the token, and the file does not', async () => {
    const { entries, profiles, run, token } = await openHome(command, 'works');
    const { exit, stderr } = await run(['login', '--token-stdin'], token);
    expect(exit).toBe(0);
    expect(stderr).toContain('in the keychain');
    expect(await entries()).toEqual({ [entry]: token });
    expect(await profiles()).not.toContain(token);
    const who = JSON.parse((await run(['whoami', '--json'])).stdout) as object;
    expect(who).toMatchObject({ secret: { option: 'token', origin: 'keychain' }, checked: true });
    expect((await run(['config', 'list'])).stdout).toBe('scarf token (set)\n');
    const { stdout } = await run(['config', 'list', '--show-origin']);
    expect(stdout).toMatch(/^scarf +token +\(set\) +keychain +default/m);
  });

  test('may be an older one, without asynchronous entries', async () => {
    const { entries, run, token } = await openHome(command, 'sync');
    await run(['login', '--token-stdin'], token);
    expect(await entries()).toEqual({ [entry]: token });
    expect((await run(['imports', 'list'])).exit).toBe(0);
  });

  test('keeps the tokens of two profiles apart, and forgets the one that logs out', async () => {
    const { entries, run, token } = await openHome(command, 'works');
    await run(['login', '--token-stdin', '--no-check'], 'another-token');
    await run(['login', '--token-stdin', '--profile', 'work'], token);
    expect(Object.keys(await entries())).toEqual([entry, 'scarf-cli work/scarf/token']);
    expect((await run(['logout'])).stderr).toContain('from the keychain');
    expect(Object.keys(await entries())).toEqual(['scarf-cli work/scarf/token']);
    expect((await run(['imports', 'list', '--profile', 'work'])).exit).toBe(0);
  });

  test('gives up a token that config set replaces', async () => {
    const { entries, profiles, run, token } = await openHome(command, 'works');
    await run(['login', '--token-stdin', '--no-check'], 'another-token');
    await run(['config', 'set', 'scarf', 'token'], token);
    expect(await entries()).toEqual({});
    expect(JSON.parse(await profiles())).toEqual({ scarf: { token } });
  });

  test('gives up a token that config unset removes', async () => {
    const { entries, profiles, run } = await openHome(command, 'works');
    await run(['login', '--token-stdin', '--no-check'], 'another-token');
    await run(['config', 'unset', 'scarf', 'token']);
    expect(await entries()).toEqual({});
    expect(JSON.parse(await profiles())).toEqual({});
  });
});

describe('a keyring that does not', () => {
  test.each<Keyring>(['broken', 'locked', 'forgetful'])(
    'leaves the token to the file, which is said: %s',
    async (keyring) => {
      const { home, profiles, run, token } = await openHome(command, keyring);
      const { exit, stderr } = await run(['login', '--token-stdin'], token);
      expect(exit).toBe(0);
      expect(stderr).toContain(`${home}/.config/scarf-cli/profiles.json`);
      expect(await profiles()).toContain(token);
    },
  );

  test('is named, with what to do, when it has the token', async () => {
    const { profiles, run, token, use } = await openHome(command, 'works');
    await run(['login', '--token-stdin'], token);
    for (const keyring of ['missing', 'locked'] as const) {
      use(keyring);
      const { exit, stderr } = await run(['imports', 'list']);
      expect({ keyring, exit }).toEqual({ keyring, exit: 6 });
      expect(stderr).toContain('scarf-cli login scarf --profile default');
    }
    // The profile forgets; that the keychain does not is said once.
    expect((await run(['logout'])).exit).toBe(6);
    expect(await profiles()).not.toContain('keychain');
    expect((await run(['logout'])).exit).toBe(0);
  });

  test('has lost the token: a login is what helps', async () => {
    const { home, run, token } = await openHome(command, 'works');
    await run(['login', '--token-stdin'], token);
    await rm(join(home, 'keyring.json'));
    const { exit, stderr } = await run(['imports', 'list']);
    expect(exit).toBe(4);
    expect(stderr).toContain('scarf-cli login scarf');
  });
});
