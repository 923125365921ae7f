import { appendFile, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  decideOutputs,
  stateOfFile,
  identifyFile,
  isOwned,
  sealFile,
  type DecideOptions,
  type LeftFiles,
} from '../../../src/delivery/outputs/owned-files.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'owned-'));
  path = join(directory, 'file');
});
afterEach(() => rm(directory, { recursive: true }));

/** What a run left that made the file as it is now. */
async function leftFiles(bytes?: number): Promise<LeftFiles> {
  return { owned: { [path]: await identifyFile(path) }, files: { [path]: bytes ?? (await stat(path)).size } };
}

const decide = async (options: Partial<DecideOptions> = {}) =>
  (
    await decideOutputs([path], {
      resumed: undefined,
      earlier: [],
      overwrite: false,
      append: false,
      ...options,
    })
  ).get(path);

/** Another file under the same name. */
async function replace(text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

describe('what becomes of a name', () => {
  test('where nothing is, or nothing in it: a new file', async () => {
    expect(await decide()).toBe('new');
    await writeFile(path, '');
    expect(await decide()).toBe('new');
  });

  test('that is no file: it is written as it is', async () => {
    const decisions = await decideOutputs(['/dev/null'], {
      ...{ resumed: undefined, earlier: [], overwrite: false, append: false },
    });
    expect(decisions.get('/dev/null')).toBe('new');
  });

  test('of the run that goes on: its own, whatever was written to it since', async () => {
    await writeFile(path, 'rows');
    const resumed = await leftFiles();
    await appendFile(path, 'more');
    expect(await decide({ resumed, overwrite: true })).toBe('own');
  });

  test('of an earlier run over the same rows: it is added to, when it is as long as that run left it', async () => {
    await writeFile(path, 'rows');
    const earlier = [{ owned: {}, files: {} }, await leftFiles()];
    expect(await decide({ earlier })).toBe('append');
    await appendFile(path, 'more');
    await expect(decide({ earlier })).rejects.toMatchObject({ kind: 'usage' });
  });

  test('of another file of the same length: somebody else’s', async () => {
    await writeFile(path, 'rows');
    const left = await leftFiles();
    await replace('ROWS');
    await expect(decide({ resumed: left, earlier: [left] })).rejects.toMatchObject({ kind: 'usage' });
  });

  test.each<[Partial<DecideOptions>, string | undefined]>([
    [{}, undefined],
    [{ append: true }, 'append'],
    [{ overwrite: true }, 'overwrite'],
    [{ append: true, overwrite: true }, 'append'],
  ])('of somebody else, with %j: %s', async (options, decision) => {
    await writeFile(path, 'theirs');
    if (decision === undefined) await expect(decide(options)).rejects.toMatchObject({ kind: 'usage' });
    else expect(await decide(options)).toBe(decision);
  });

  test('is decided for each of them', async () => {
    await writeFile(path, 'theirs');
    const free = join(directory, 'free');
    const options = { resumed: undefined, earlier: [], overwrite: true, append: false };
    expect(await decideOutputs([path, free], options)).toEqual(
      new Map([
        [path, 'overwrite'],
        [free, 'new'],
      ]),
    );
  });
});

describe('a file is a run’s own', () => {
  test('when it is the very one, and not when it is gone or another', async () => {
    expect(await isOwned(path, undefined)).toBe(false);
    await writeFile(path, 'x');
    const left = await leftFiles();
    expect(await isOwned(path, left)).toBe(true);
    expect(await isOwned(join(directory, 'other'), left)).toBe(false);
    await replace('x');
    expect(await isOwned(path, left)).toBe(false);
    await rm(path);
    expect(await isOwned(path, left)).toBe(false);
    expect(
      await isOwned(join(path, 'below'), {
        ...left,
        owned: { [join(path, 'below')]: { inode: '1', born: '1' } },
      }),
    ).toBe(false);
  });

  test('by its birth as well as by its number, which another may get', async () => {
    await writeFile(path, 'x');
    const { inode } = await identifyFile(path);
    // Changed since, so that its birth is known not to be the time of its last change.
    await appendFile(path, 'y');
    const forged = { owned: { [path]: { inode, born: '12345' } }, files: {} };
    expect(await isOwned(path, forged)).toBe(false);
  });
});

describe('what a file is told by', () => {
  test('are number and birth, and, once its run has ended, what it holds', async () => {
    await writeFile(path, 'rows');
    const { ino, birthtimeNs } = await stat(path, { bigint: true });
    const identity = { inode: String(ino), born: String(birthtimeNs) };
    expect(await identifyFile(path)).toEqual(identity);
    expect(await sealFile(path)).toEqual({ ...identity, bytes: 4, crc32: crc32('rows') });
    await expect(identifyFile(join(directory, 'none'))).rejects.toMatchObject({ kind: 'local' });
  });

  test('is the checksum of all of a large one', async () => {
    const large = Buffer.alloc(3_000_000, 'abc');
    await writeFile(path, large);
    expect(await sealFile(path)).toMatchObject({ bytes: large.length, crc32: crc32(large) });
  });
});

describe('what has become of a file since', () => {
  test('it is there as it was, changed, or gone', async () => {
    expect(await stateOfFile(path, { bytes: 4 })).toBe('gone');
    await writeFile(path, 'rows');
    const left = await sealFile(path);
    expect(await stateOfFile(path, left)).toBe('present');
    expect(await stateOfFile(path, { bytes: 4 })).toBe('present');
    await writeFile(path, 'ROWS');
    expect(await stateOfFile(path, left)).toBe('changed');
    expect(await stateOfFile(path, { bytes: 4 })).toBe('present');
    await appendFile(path, '!');
    expect(await stateOfFile(path, { bytes: 4 })).toBe('changed');
    await rm(path);
    await mkdir(path);
    expect(await stateOfFile(path, { bytes: (await stat(path)).size })).toBe('changed');
  });
});
