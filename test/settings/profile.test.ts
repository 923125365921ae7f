import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { profileStore } from '../../src/settings/profile.ts';
import { stateDirectory } from '../../src/settings/state-directory.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'home-'));
});

afterEach(async () => {
  await rm(home, { recursive: true });
});

const store = () => profileStore({ environment: {}, homeDirectory: home });

it('reads nothing where nothing was written, and leaves nothing behind', async () => {
  expect(await store().read('default')).toEqual({});
  expect(await readdir(home)).toEqual([]);
});

it('gives back what was written, profile by profile', async () => {
  await store().write('default', { owner: 'acme', maxActive: 3, map: ['a=b'] });
  await store().write('staging', { owner: 'acme.staging' });
  expect(await store().read('default')).toEqual({ owner: 'acme', maxActive: 3, map: ['a=b'] });
  expect(await store().read('staging')).toEqual({ owner: 'acme.staging' });
  await store().write('default', {});
  expect(await store().read('default')).toEqual({});
  expect(await store().read('staging')).toEqual({ owner: 'acme.staging' });
});

it('is readable by its owner only', async () => {
  await store().write('default', { token: 'tell-nobody' });
  expect((await stat(store().path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(store().path))).mode & 0o777).toBe(0o700);
});

it('tightens a file that others could read', async () => {
  const profiles = store();
  const { path } = profiles;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '{}', { mode: 0o644 });
  await profiles.write('default', { token: 'tell-nobody' });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('knows no profile by the name of an inherited property', async () => {
  await store().write('default', { owner: 'acme' });
  expect(await store().read('toString')).toEqual({});
});

it.each(['{"default":{"token":"tell-nobody"', '{"default":3}'])(
  'explains a damaged file: %s',
  async (text) => {
    const profiles = store();
    const { path } = profiles;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    const error = await profiles.read('default').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'local' });
    expect(String(error)).toContain(path);
    expect(String(error)).not.toContain('tell-nobody');
    expect(await readFile(path, 'utf8')).toBe(text);
  },
);

it.each([
  [{}, undefined, '/home/me/.local/state/scarf-cli'],
  [{ XDG_STATE_HOME: '/var/state' }, undefined, '/var/state/scarf-cli'],
  [{ XDG_STATE_HOME: 'relative' }, undefined, '/home/me/.local/state/scarf-cli'],
  [{ XDG_STATE_HOME: '/var/state' }, '/chosen', '/chosen'],
  [{}, 'here', '/work-here/here'],
])('%j and %j: state is in %s', (environment, chosen, directory) => {
  const machine = { environment, homeDirectory: '/home/me', workingDirectory: '/work-here' };
  expect(stateDirectory(machine, chosen)).toBe(directory);
});
