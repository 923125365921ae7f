import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { realMachine } from '../../../src/real-machine.ts';
import { profileStore } from '../../../src/settings/profiles/store.ts';
import { stateDirectory } from '../../../src/settings/state-directory.ts';
import { buildProgram } from '../../child.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'home-'));
});

afterEach(async () => {
  await rm(home, { recursive: true });
});

const store = () => profileStore({ ...realMachine(), environment: {}, homeDirectory: home });

const set = (profile: string, values: Record<string, unknown>) =>
  store().change((document) => document.with(profile, 'scarf', values));

const get = async (profile: string) => (await store().load()).values(profile, 'scarf');

async function write(text: string, mode = 0o600): Promise<string> {
  const { path } = store();
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode });
  return path;
}

it('reads nothing where nothing was written, and leaves nothing behind', async () => {
  expect(await get('default')).toEqual({});
  expect(await readdir(home)).toEqual([]);
});

it('gives back what was written, profile by profile, and leaves nothing but the file', async () => {
  await set('default', { owner: 'acme', maxActive: 3, map: ['a=b'] });
  await set('staging', { owner: 'acme.staging' });
  expect(await get('default')).toEqual({ owner: 'acme', maxActive: 3, map: ['a=b'] });
  expect(await get('staging')).toEqual({ owner: 'acme.staging' });
  await set('default', {});
  expect(await get('default')).toEqual({});
  expect(await get('staging')).toEqual({ owner: 'acme.staging' });
  expect(await readdir(dirname(store().path))).toEqual(['profiles.json']);
});

it('is readable by its owner only', async () => {
  await set('default', { token: 'tell-nobody' });
  expect((await stat(store().path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(store().path))).mode & 0o777).toBe(0o700);
});

it('tightens a file that others could read', async () => {
  const path = await write('{}', 0o644);
  await set('default', { token: 'tell-nobody' });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('replaces what a link leads to, and keeps the link', async () => {
  const { path } = store();
  const real = join(home, 'dotfiles.json');
  await writeFile(real, '{}', { mode: 0o600 });
  await mkdir(dirname(path), { recursive: true });
  await symlink(real, path);
  await set('default', { owner: 'acme' });
  expect(await readFile(real, 'utf8')).toContain('acme');
});

it('knows no vendor by the name of an inherited property', async () => {
  await set('default', { owner: 'acme' });
  const document = await store().load();
  expect(document.values('default', 'toString')).toEqual({});
  expect(document.values('toString', 'scarf')).toEqual({});
  expect(document.values('default', '__proto__')).toEqual({});
});

it.each([
  '{"scarf":{"token":"tell-nobody"',
  '[{"token":"tell-nobody"}]',
  '"tell-nobody"',
  '{"profiles":{"work":"tell-nobody"}}',
  '{"profiles":"tell-nobody"}',
  '{"profiles":{"__proto__":{"scarf":{"token":"tell-nobody"}}}}',
  '{"profiles":{"default":{}},"a":"tell-nobody"}',
  '{"use":{"name":"tell-nobody"}}',
  '{"use":"../tell-nobody"}',
])('explains a damaged file, and keeps it: %s', async (text) => {
  const path = await write(text);
  for (const work of [store().load(), set('work', { owner: 'acme' })]) {
    const error = await work.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'local' });
    expect(String(error)).toContain(path);
    expect(String(error)).not.toContain('tell-nobody');
  }
  expect(await readFile(path, 'utf8')).toBe(text);
});

it('replaces a text only while it is the one that was seen', async () => {
  const path = await write('{}');
  expect(await store().replaceText('{"other":{}}', '{"mine":{}}')).toBe(false);
  expect(await readFile(path, 'utf8')).toBe('{}');
  expect(await store().replaceText('{}', '{"mine":{}}')).toBe(true);
  expect(await readFile(path, 'utf8')).toBe('{"mine":{}}');
});

it('loses nothing when two processes change it side by side', async () => {
  const program = await buildProgram(
    home,
    `import { profileStore } from './src/settings/profiles/store.ts';
     import { realMachine } from './src/real-machine.ts';
     const store = profileStore({ ...realMachine(), environment: {}, homeDirectory: ${JSON.stringify(home)} });
     const [name] = process.argv.slice(2);
     for (let n = 0; n < 20; n++)
       await store.change((document) => document.with('work-' + n, name, { owner: name }));`,
  );
  const run = promisify(execFile);
  await Promise.all(['one', 'two'].map((name) => run(process.execPath, [program, name])));
  const document = await store().load();
  for (const name of ['one', 'two']) {
    for (let n = 0; n < 20; n++) expect(document.values(`work-${n}`, name)).toEqual({ owner: name });
  }
});

it.each([
  [{}, undefined, '/home/me/.local/state/scarf-cli'],
  [{ XDG_STATE_HOME: '/var/state' }, undefined, '/var/state/scarf-cli'],
  [{ XDG_STATE_HOME: 'relative' }, undefined, '/home/me/.local/state/scarf-cli'],
  [{ XDG_STATE_HOME: '/var/state' }, '/chosen', '/chosen'],
  [{}, 'here', '/elsewhere/here'],
])('%j and %j: state is in %s', (environment, chosen, directory) => {
  const machine = { environment, homeDirectory: '/home/me', workingDirectory: '/elsewhere' };
  expect(stateDirectory(machine, chosen)).toBe(directory);
});
