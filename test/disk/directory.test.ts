import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureDirectory, makeDirectory } from '../../src/disk/directory.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'directory-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

it('makes what is missing, and says which is the topmost', async () => {
  const path = join(directory, 'a/b/c');
  expect(await ensureDirectory(path, 0o700)).toBe(join(directory, 'a'));
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect(await ensureDirectory(path, 0o700)).toBeUndefined();
});

it('lets several make the same at once', async () => {
  const path = join(directory, 'a/b/c/d');
  await Promise.all(Array.from({ length: 20 }, () => ensureDirectory(path)));
  expect((await stat(path)).isDirectory()).toBe(true);
});

it('takes a link to a directory for one, and leaves its mode', async () => {
  await mkdir(join(directory, 'real'));
  await chmod(join(directory, 'real'), 0o750);
  await symlink('real', join(directory, 'link'));
  expect(await ensureDirectory(join(directory, 'link'), 0o700)).toBeUndefined();
  expect((await stat(join(directory, 'real'))).mode & 0o777).toBe(0o750);
});

it('ends where a file or a link that leads nowhere stands in the way', async () => {
  await writeFile(join(directory, 'file'), 'bytes');
  await symlink('nowhere', join(directory, 'link'));
  for (const path of ['file', 'file/below', 'link', 'link/below']) {
    await expect(makeDirectory(join(directory, path))).rejects.toMatchObject({ kind: 'local' });
  }
  expect((await readdir(directory)).sort()).toEqual(['file', 'link']);
});

it('ends where the file system takes no directories', async () => {
  await expect(makeDirectory('/proc/scarf-cli/state')).rejects.toMatchObject({ kind: 'local' });
});
