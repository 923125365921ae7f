import { mkdtempSync } from 'node:fs';
import { link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { guardPaths, streamRole, type PathClaim } from '../../../src/disk/output/path-claims.ts';

const directory = mkdtempSync(join(tmpdir(), 'claims-'));

beforeEach(async () => {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'file'), 'bytes');
  await link(join(directory, 'file'), join(directory, 'hard'));
  await symlink('file', join(directory, 'soft'));
  await symlink('nothing', join(directory, 'dangling'));
  await mkdir(join(directory, 'dir'));
  await symlink('dir', join(directory, 'dirlink'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const claim = (role: string, name: string, use: PathClaim['use']): PathClaim => ({
  role,
  label: `${role} ${name}`,
  path: name.startsWith('/') ? name : join(directory, name),
  use,
});
const reads = (role: string, name: string) => claim(role, name, 'reads');
const writes = (role: string, name: string) => claim(role, name, 'writes');
const owns = (role: string, name: string) => claim(role, name, 'owns');

test('a file that is written at the end is no directory', async () => {
  const replaces = { name: 'a report', beginning: /^x/, hint: 'give another name' };
  await expect(guardPaths([{ ...writes('--report', 'dirlink'), replaces }])).rejects.toMatchObject({
    kind: 'usage',
  });
  await guardPaths([writes('--rejects', 'dir')]);
});

describe('one file has one role', () => {
  it.each([
    ['the same name', reads('input', 'file'), writes('--report', 'file')],
    ['a hard link', reads('input', 'hard'), writes('--report', 'file')],
    ['a symbolic link', reads('input', 'file'), writes('--report', 'soft')],
    ['a link to the directory', writes('--rejects', 'dirlink/new'), writes('--report', 'dir/new')],
    [
      'a link that leads to what is not there yet',
      writes('--rejects', 'dangling'),
      writes('--report', 'nothing'),
    ],
    ['a way round', writes('--rejects', 'dir/../new'), writes('--report', 'new')],
    ['directories that are not there yet', writes('--rejects', 'a/b/new'), writes('--report', 'a/b/new')],
    ['two outputs of one role', writes('--rejects', 'new'), writes('--rejects', 'new')],
    ['a secret that is read as rows', reads('--token-file', 'file'), reads('input', 'file')],
    ['an output in what is kept', owns('the state', 'dir'), writes('--report', 'dir/report')],
    ['an output in the place of what is kept', owns('the state', 'new'), writes('--report', 'new')],
    ['an output in the place of a directory', writes('--report', 'new'), writes('--rejects', 'new/bad')],
    ['state below an output', writes('--report', 'new'), owns('the state', 'new/state/runs')],
    ['standard output led to an output', writes(streamRole, 'file'), writes('--report', 'file')],
    ['standard output led to an input', writes(streamRole, 'file'), reads('input', 'soft')],
  ])('%s', async (_case, one, other) => {
    for (const claims of [
      [one, other],
      [other, one],
    ]) {
      const failure = await guardPaths(claims).catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'usage' });
      expect(String(failure)).toContain(one.label);
      expect(String(failure)).toContain(other.label);
      expect(String(failure)).toContain(directory);
    }
  });

  it.each([
    ['an input given twice', reads('input', 'file'), reads('input', 'hard')],
    ['files with equal bytes', reads('input', 'file'), writes('--report', 'other')],
    ['an input out of what is kept', owns('the state', 'dir'), reads('input', 'dir/rejects')],
    ['a directory that is shared', writes('--rejects', 'dir/a'), writes('--report', 'dir/b')],
    ['/dev/null', writes('--rejects', '/dev/null'), writes('--report', '/dev/null')],
    [
      'names that differ in case, where that tells them apart',
      writes('--rejects', 'New'),
      writes('--report', 'new'),
    ],
    ['a path below an input', reads('input', 'file'), writes('--rejects', 'file/bad')],
    ['both standard streams led to one file', writes(streamRole, 'file'), writes(streamRole, 'file')],
    ['a name that begins alike', writes('--report', 'new'), writes('--rejects', 'newer')],
  ])('%s is peace', async (_case, one, other) => {
    await guardPaths([one, other]);
    await guardPaths([other, one]);
  });
});

describe('an output that replaces only its own kind', () => {
  const report = (name: string): PathClaim => ({
    ...writes('--report', name),
    replaces: { name: 'a report', beginning: /^\{"schema"/, hint: 'say --overwrite' },
  });

  it('leaves the file of somebody else, unless told otherwise', async () => {
    await expect(guardPaths([report('file')])).rejects.toMatchObject({
      kind: 'usage',
      hint: 'say --overwrite',
    });
    await expect(guardPaths([report('soft')])).rejects.toMatchObject({ kind: 'usage' });
    await guardPaths([report('file')], { overwrite: true });
  });

  it.each([['{"schema":1}'], ['']])('replaces what holds %j', async (text) => {
    await writeFile(join(directory, 'file'), text);
    for (const name of ['file', 'soft', 'dangling', 'nothing-here']) await guardPaths([report(name)]);
  });
});

it('takes thousands of inputs', async () => {
  const many = Array.from({ length: 5000 }, () => reads('input', 'file'));
  await guardPaths([...many, writes('--report', 'new')]);
  await expect(guardPaths([...many, writes('--report', 'hard')])).rejects.toMatchObject({ kind: 'usage' });
});
