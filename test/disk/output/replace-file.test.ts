import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../../src/disk/directory.ts';
import { replaceFile, writeWhole } from '../../../src/disk/output/replace-file.ts';
import { buildProgram, run } from '../../child.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'replace-'));
  path = join(directory, 'target');
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const names = () => readdir(directory);

describe('a replacement', () => {
  it('has the final name only once it is whole', async () => {
    await writeFile(path, 'old');
    const replacement = await replaceFile(path);
    await replacement.write('new ');
    await replacement.write(Buffer.from('content'));
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(replacement.length).toBe(11);
    await replacement.commit();
    expect(await readFile(path, 'utf8')).toBe('new content');
    expect(await names()).toEqual(['target']);
  });

  it('leaves nothing when it is aborted', async () => {
    const replacement = await replaceFile(path);
    await replacement.write('new');
    expect(await names()).toEqual([expect.stringMatching(/^\.target\..+\.part$/)]);
    await replacement.abort();
    await replacement.abort();
    expect(await names()).toEqual([]);
  });

  it('cannot be written or committed twice', async () => {
    const replacement = await replaceFile(path);
    await replacement.commit();
    await expect(replacement.write('late')).rejects.toMatchObject({ kind: 'bug' });
    await expect(replacement.commit()).rejects.toMatchObject({ kind: 'bug' });
    await replacement.abort();
    expect(await names()).toEqual(['target']);
  });

  it('never follows what was planted under the name of a part', async () => {
    const victim = join(directory, 'victim');
    await writeFile(victim, 'precious');
    await symlink(victim, `${path}.part`);
    await writeWhole(path, 'new');
    expect(await readFile(victim, 'utf8')).toBe('precious');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await names()).sort()).toEqual(['target', 'target.part', 'victim']);
  });

  it('removes the part of a process that was killed, and no part of another or of one that runs', async () => {
    const dead = await partOfDeadProcess(directory);
    const running = await replaceFile(path);
    await writeWhole(path, 'new');
    expect(await names()).not.toContain(dead);
    expect((await names()).filter((name) => name.endsWith('.part'))).toHaveLength(1);
    await running.abort();
    const others = [`.target.elsewhere-1-1.${'0'.repeat(16)}.part`, '.target.mine.part', '.targets.x.part'];
    for (const name of others) await writeFile(join(directory, name), '');
    await writeWhole(path, 'new');
    expect((await names()).sort()).toEqual([...others, 'target'].sort());
    const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
    for (const name of others) await utimes(join(directory, name), yesterday, yesterday);
    await writeWhole(path, 'new');
    expect((await names()).sort()).toEqual([...others.slice(1), 'target'].sort());
  });

  it('keeps the mode of what it replaces, and follows a link', async () => {
    await writeFile(path, 'old');
    await chmod(path, 0o640);
    await symlink(path, join(directory, 'link'));
    await writeWhole(join(directory, 'link'), 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect((await names()).sort()).toEqual(['link', 'target']);
  });

  it('makes the file that a dangling link names', async () => {
    await symlink(path, join(directory, 'link'));
    await writeWhole(join(directory, 'link'), 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await lstat(join(directory, 'link'))).isSymbolicLink()).toBe(true);
  });

  it('refuses a file that this user may not write', async () => {
    await writeFile(path, 'old');
    await chmod(path, 0o444);
    await buildProgram(
      directory,
      `import { writeWhole } from './src/disk/output/replace-file.ts';
       if (process.getuid() === 0) process.setuid(65534);
       await writeWhole('target', 'new').catch((error) => console.log(error.kind, error.message));`,
    );
    await chmod(directory, 0o777);
    const { lines } = await run([process.execPath, 'program.mjs'], directory);
    expect(lines).toEqual(['local cannot write target: permission denied (EACCES)']);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  it('can be made for its owner only', async () => {
    await writeWhole(path, 'new', 0o600);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

describe('trouble', () => {
  it('names a directory that is not there', async () => {
    await expect(replaceFile(join(directory, 'missing', 'target'))).rejects.toMatchObject({
      kind: 'local',
      message: expect.stringContaining('no such file or directory (ENOENT)') as string,
    });
  });

  it('refuses to replace a directory', async () => {
    await mkdir(path);
    await expect(replaceFile(path)).rejects.toMatchObject({ kind: 'usage' });
    expect(await names()).toEqual(['target']);
  });

  it('leaves the target alone and no part when the disk does not take the bytes', async () => {
    await writeFile(path, 'old');
    await buildProgram(
      directory,
      `import { writeWhole } from './src/disk/output/replace-file.ts';
       await writeWhole('target', 'x'.repeat(100_000)).catch((error) => console.log(error.kind, error.message));`,
    );
    const { lines } = await run(
      ['sh', '-c', `ulimit -f 20; exec "${process.execPath}" program.mjs`],
      directory,
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^local cannot write target: the file would be too large \(EFBIG\)$/);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect((await names()).sort()).toEqual(['program.mjs', 'target']);
  });
});

/** The name of a part that a process left when it was killed. */
async function partOfDeadProcess(place: string): Promise<string> {
  await buildProgram(
    place,
    `import { replaceFile } from './src/disk/output/replace-file.ts';
     await replaceFile('target');
     process.kill(process.pid, 'SIGKILL');`,
  );
  await run([process.execPath, 'program.mjs'], place);
  await rm(join(place, 'program.mjs'));
  const [part = ''] = (await readdir(place)).filter((name) => name.endsWith('.part'));
  expect(part).toMatch(/^\.target\./);
  return part;
}

it('makes directories for their owner only', async () => {
  const deep = join(directory, 'a', 'b');
  await makeDirectory(deep);
  await makeDirectory(deep);
  expect((await stat(deep)).mode & 0o777).toBe(0o700);
  await writeFile(path, 'a file');
  await expect(makeDirectory(join(path, 'below'))).rejects.toMatchObject({ kind: 'local' });
});
