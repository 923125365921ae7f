import { execFile } from 'node:child_process';
import { chmod, chown, link, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  checkWritable,
  refuseAsDirectory,
  resolveFileOutput,
  resolveOutput,
} from '../../../src/disk/output/output-path.ts';

const execute = promisify(execFile);
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'output-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const at = (name: string) => join(directory, name);

describe('what could be written', () => {
  it.each([
    ['a free name', async () => at('free')],
    ['a file', async () => made('file')],
    ['a stream', async () => '/dev/stdout'],
  ])('%s', async (_name, make) => {
    await checkWritable(await make());
  });

  it.each([
    ['a name below a file', async () => join(await made('file'), 'below'), 'ENOTDIR'],
    ['a name in a directory that is not there', async () => at('none/below'), 'ENOENT'],
    ['a name that is too long', async () => at('a'.repeat(300)), 'ENAMETOOLONG'],
  ])('not %s', async (_name, make, code) => {
    const failure = { kind: 'local', message: expect.stringContaining(code) as unknown };
    await expect(checkWritable(await make())).rejects.toMatchObject(failure);
  });

  it('also below directories that whoever writes makes, but not below a file', async () => {
    await checkWritable(at('none/at/all'), { makesDirectory: true });
    const below = join(await made('file'), 'none/at/all');
    await expect(checkWritable(below, { makesDirectory: true })).rejects.toMatchObject({ kind: 'local' });
    expect(await readdir(directory)).not.toContain('none');
  });
});

describe('what an output stands for', () => {
  it.each([
    ['a name that is free', async () => at('free'), { kind: 'file', path: 'free', existing: undefined }],
    ['a file', async () => made('file'), { kind: 'file', path: 'file' }],
    ['a link to a file', async () => linked(await made('file')), { kind: 'file', path: 'file' }],
    ['a link to a link', async () => linked(await linked(await made('file')), 'again'), { path: 'file' }],
    ['a relative link', async () => linked('free'), { kind: 'file', path: 'free' }],
    ['a dangling link', async () => linked(at('free')), { kind: 'file', path: 'free', existing: undefined }],
    ['a directory', async () => directory, { kind: 'directory' }],
    ['a FIFO', async () => fifo('fifo'), { kind: 'stream', descriptor: undefined }],
    ['a link to a FIFO', async () => linked(await fifo('fifo')), { kind: 'stream', descriptor: undefined }],
    ['a device', async () => '/dev/null', { kind: 'stream', descriptor: undefined }],
    ['a link to a device', async () => linked('/dev/null'), { kind: 'stream', descriptor: undefined }],
    ['/dev/stdout', async () => '/dev/stdout', { kind: 'stream', descriptor: 1 }],
    ['/dev/stderr', async () => '/dev/stderr', { kind: 'stream', descriptor: 2 }],
    ['/dev/fd/7', async () => '/dev/fd/7', { kind: 'stream', descriptor: 7 }],
    ['/proc/self/fd/1', async () => '/proc/self/fd/1', { kind: 'stream', descriptor: 1 }],
    ['/proc/PID/fd/2', async () => `/proc/${process.pid}/fd/2`, { kind: 'stream', descriptor: 2 }],
    ['a link to /dev/stdout', async () => linked('/dev/stdout'), { kind: 'stream', descriptor: 1 }],
    [
      '/dev/fd/1 through a link to its directory',
      async () => join(await linked('/dev/fd'), '1'),
      { descriptor: 1 },
    ],
  ])('%s', async (_name, make, expected) => {
    const found = await resolveOutput(await make());
    const path = 'path' in expected ? { path: at(expected.path) } : {};
    expect(found).toMatchObject({ ...expected, ...path });
  });

  it('changes nothing', async () => {
    await resolveOutput(await linked(at('free')));
    expect(await readdir(directory)).toEqual(['link']);
  });
});

describe('what is refused', () => {
  it.each([
    ['a socket', 'it is a socket', () => socket('socket')],
    ['a link to a socket', 'it is a socket', async () => linked(await socket('socket'))],
    ['another process', 'it belongs to another process', async () => '/proc/1/fd/1'],
  ])('%s', async (_name, words, make) => {
    const path = await make();
    await expect(resolveOutput(path)).rejects.toMatchObject({
      kind: 'usage',
      message: `cannot write ${path}: ${words}`,
    });
  });

  it('links that lead in a circle', async () => {
    await symlink(at('two'), at('one'));
    await symlink(at('one'), at('two'));
    await expect(resolveOutput(at('one'))).rejects.toMatchObject({ kind: 'local' });
  });

  it.each(['/dev/null', '/dev/stdout', tmpdir()])('%s where only a file will do', async (path) => {
    await expect(resolveFileOutput(path)).rejects.toMatchObject({ kind: 'usage' });
  });

  it.each(['/', '//', '/../', '/dev/null'])('%s as a directory', async (path) => {
    await expect(refuseAsDirectory(path)).rejects.toMatchObject({ kind: 'usage' });
  });

  it('a file as a directory, while a directory and a free name are fine', async () => {
    await expect(refuseAsDirectory(await made('file'))).rejects.toMatchObject({ kind: 'usage' });
    await refuseAsDirectory(directory);
    await refuseAsDirectory(at('free'));
  });

  it('a link that another user planted in a shared directory', async (test) => {
    // Only root can make a link for somebody else.
    if (process.getuid?.() !== 0) return test.skip('not root');
    await mkdir(at('shared'));
    await chmod(at('shared'), 0o1777);
    const planted = join(at('shared'), 'planted');
    await symlink(await made('victim'), planted);
    expect(await resolveOutput(planted)).toMatchObject({ kind: 'file' });
    await execute('chown', ['-h', '65534', planted]);
    await expect(resolveOutput(planted)).rejects.toMatchObject({ kind: 'usage' });
    await chown(at('shared'), 65534, 65534);
    expect(await resolveOutput(planted)).toMatchObject({ kind: 'file' });
  });
});

async function made(name: string): Promise<string> {
  await writeFile(at(name), 'old');
  // Another name of the same file is no link that anybody follows.
  await link(at(name), at(`${name}-again`));
  return at(name);
}

async function linked(target: string, name = 'link'): Promise<string> {
  await symlink(target, at(name));
  return at(name);
}

async function fifo(name: string): Promise<string> {
  await execute('mkfifo', [at(name)]);
  return at(name);
}

async function socket(name: string): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(at(name), resolve));
  server.unref();
  return at(name);
}
