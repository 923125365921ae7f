import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openOutputFiles, type OutputFilesOptions } from '../../../src/delivery/outputs/output-files.ts';
import type { OutputDecision } from '../../../src/delivery/outputs/owned-files.ts';
import { realMachine } from '../../../src/real-machine.ts';
import { fileJournal } from '../../disk/file-journal.ts';
import { writtenTo } from '../../written-to.ts';

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'outputs-'))));
afterEach(() => rm(directory, { recursive: true }));

const at = (name: string) => join(directory, name);
const bytes = (text: string) => Buffer.from(text);
const read = (name: string) => readFile(at(name), 'utf8');

/** The files of a run: what they are by the ledger, and what was decided about the user's names. */
function filesOf(
  recorded: Record<string, number> = {},
  decisions: Record<string, OutputDecision> = {},
  more: Partial<OutputFilesOptions> = {},
) {
  const stdout = new PassThrough();
  const made: string[] = [];
  const byPath = <Value>(values: Record<string, Value>) =>
    Object.entries(values).map(([name, value]) => [at(name), value] as const);
  const files = openOutputFiles(Object.fromEntries(byPath(recorded)), {
    machine: { ...realMachine(), stdout, isStdoutClosed: () => false },
    signal: new AbortController().signal,
    decisions: new Map(byPath(decisions)),
    onMade: async (path, { inode }) => void made.push(`${path} ${inode}`),
    ...more,
  });
  return { files, stdout, made };
}

describe('a file of a run', () => {
  test('begins empty, in a directory that is made for it, for its owner only', async () => {
    const { files } = filesOf();
    expect(files.isEmpty(at('a/b/file'))).toBe(true);
    await files.append(at('a/b/file'), bytes('one\n'));
    await files.append(at('a/b/file'), bytes('two\n'));
    expect(await read('a/b/file')).toBe('one\ntwo\n');
    expect((await stat(at('a/b/file'))).mode & 0o777).toBe(0o600);
    expect(files.isEmpty(at('a/b/file'))).toBe(false);
    expect(files.lengths()).toEqual({ [at('a/b/file')]: 8 });
    await files.close();
  });

  test('that the ledger does not name begins empty, whatever is in it', async () => {
    await writeFile(at('file'), 'of a run that died');
    const { files } = filesOf();
    await files.append(at('file'), bytes('new'));
    expect(await read('file')).toBe('new');
    await files.close();
  });

  test('is cut back to what the ledger vouches for, and goes on there', async () => {
    await writeFile(at('file'), 'known and torn');
    const { files } = filesOf({ file: 5 });
    expect(files.isEmpty(at('file'))).toBe(false);
    expect(await files.lengthOf(at('file'))).toBe(5);
    await files.append(at('file'), bytes('!'));
    expect(await read('file')).toBe('known!');
    expect(files.lengths()).toEqual({ [at('file')]: 6 });
    await files.close();
  });

  test.each([false, true])(
    'has no half of what a full disk took a part of (which it cannot shorten: %s)',
    async (isStuck) => {
      const full = () => Promise.reject(new Error('the disk is full'));
      const { files } = filesOf(
        {},
        {},
        {
          openFile: async (...how) => {
            const handle = await open(...how);
            let appends = 0;
            return new Proxy(handle, {
              get: (target, key) => {
                if (key === 'truncate' && isStuck && appends > 0) return full;
                if (key === 'appendFile')
                  return async (text: Uint8Array) => {
                    await target.appendFile(++appends === 2 ? text.subarray(0, 3) : text);
                    if (appends === 2) await full();
                  };
                const value: unknown = Reflect.get(target, key, target);
                return typeof value === 'function' ? (value.bind(target) as unknown) : value;
              },
            });
          },
        },
      );
      await files.append(at('file'), bytes('one\n'));
      await expect(files.append(at('file'), bytes('two\n'))).rejects.toThrow('full');
      expect(files.lengths()).toEqual({ [at('file')]: 4 });
      const more = files.append(at('file'), bytes('three\n'));
      if (isStuck) await expect(more).rejects.toThrow('written in part');
      else await more;
      expect(await read('file')).toBe(isStuck ? 'one\ntwo' : 'one\nthree\n');
      await files.takeBack(at('file'), 2);
      expect(files.lengths()).toEqual({ [at('file')]: 2 });
      await files.close();
    },
  );

  test('is closed, whatever other file could not be opened', async () => {
    const opened: FileHandle[] = [];
    const { files } = filesOf(
      {},
      {},
      {
        openFile: async (path, ...how) => {
          const handle = await open(path, ...how);
          opened.push(handle);
          return handle;
        },
      },
    );
    await mkdir(at('a-directory'));
    await expect(files.append(at('a-directory'), bytes('x'))).rejects.toThrow();
    await files.append(at('file'), bytes('one\n'));
    await files.close();
    // What is closed has no descriptor.
    expect(opened.map(({ fd }) => fd)).toEqual([-1]);
  });

  test('is as short as somebody made it: what is gone is gone', async () => {
    await writeFile(at('file'), 'abc');
    const { files } = filesOf({ file: 100 });
    expect(await files.lengthOf(at('file'))).toBe(3);
    expect(files.lengths()).toEqual({ [at('file')]: 3 });
    await files.close();
  });

  test('is cut back though nothing is put into it', async () => {
    await writeFile(at('one'), 'known and torn');
    await writeFile(at('two'), 'left alone');
    const { files } = filesOf({ one: 5 });
    await files.cutBack();
    expect([await read('one'), await read('two')]).toEqual(['known', 'left alone']);
    await files.close();
  });

  test('is shortened when asked for, and never made longer', async () => {
    const { files } = filesOf();
    await files.append(at('file'), bytes('123456'));
    await files.cut(at('file'), 6);
    await files.cut(at('file'), 9);
    expect(await read('file')).toBe('123456');
    await files.cut(at('file'), 2);
    expect(files.lengths()).toEqual({ [at('file')]: 2 });
    await files.append(at('file'), bytes('!'));
    expect(await read('file')).toBe('12!');
    expect(files.lengths()).toEqual({ [at('file')]: 3 });
    await files.close();
  });

  test('keeps the lengths that it is asked for as they were then', async () => {
    const { files } = filesOf({ other: 7 });
    const before = files.lengths();
    await files.append(at('file'), bytes('x'));
    expect(before).toEqual({ [at('other')]: 7 });
    await files.close();
  });

  test('says what is wrong with its place', async () => {
    await writeFile(at('in-the-way'), '');
    const { files } = filesOf();
    await expect(files.append(at('in-the-way/file'), bytes('x'))).rejects.toMatchObject({ kind: 'local' });
  });
});

describe('a name that the user gave', () => {
  test.each<[OutputDecision, string, boolean]>([
    ['new', 'new', true],
    ['own', 'old', false],
    ['append', 'old', false],
    ['overwrite', 'new', true],
  ])('%s: the file is put on record as the run’s own: %#', async (decision, begins, isMade) => {
    if (decision !== 'new') await writeFile(at('file'), 'old');
    const { files, made } = filesOf(decision === 'own' || decision === 'append' ? { file: 3 } : {}, {
      file: decision,
    });
    await files.append(at('file'), bytes('!'));
    expect(await read('file')).toBe(begins === 'old' ? 'old!' : '!');
    expect(made).toEqual(isMade ? [`${at('file')} ${(await stat(at('file'))).ino}`] : []);
    await files.close();
  });

  test('is not touched before there is something to put into it', async () => {
    await writeFile(at('file'), 'old');
    const { files } = filesOf({}, { file: 'overwrite' });
    await files.flush();
    expect(await read('file')).toBe('old');
    await files.close();
  });

  test('that came to be while the run was under way is somebody else’s', async () => {
    const { files, made } = filesOf({}, { file: 'new' });
    await writeFile(at('file'), 'theirs');
    await expect(files.append(at('file'), bytes('ours'))).rejects.toMatchObject({ kind: 'local' });
    expect(await read('file')).toBe('theirs');
    expect(made).toEqual([]);
  });

  test('of which the file is replaced leaves its other names what they had', async () => {
    await writeFile(at('file'), 'old');
    await mkdir(at('elsewhere'));
    const { link } = await import('node:fs/promises');
    await link(at('file'), at('elsewhere/other'));
    const { files } = filesOf({}, { file: 'overwrite' });
    await files.append(at('file'), bytes('new'));
    expect([await read('file'), await read('elsewhere/other')]).toEqual(['new', 'old']);
    await files.close();
  });

  test('to be replaced is removed where nothing was put into it; others stay', async () => {
    for (const name of ['replaced', 'used', 'added', 'target']) await writeFile(at(name), 'old');
    const { files } = filesOf(
      { added: 3 },
      { replaced: 'overwrite', used: 'overwrite', added: 'append', never: 'overwrite' },
    );
    await files.append(at('used'), bytes('x'));
    await files.removeReplaced();
    expect((await readdir(directory)).sort()).toEqual(['added', 'target', 'used']);
    await files.close();
  });

  test('that is a link is followed to its file', async () => {
    await writeFile(at('target'), 'old');
    await symlink(at('target'), at('link'));
    const { files } = filesOf({}, { link: 'overwrite' });
    await files.append(at('link'), bytes('new'));
    expect(await read('target')).toBe('new');
    await files.close();
  });
});

describe('what is no file', () => {
  test('takes the same bytes, and nothing about it is on record', async () => {
    const { files, stdout } = filesOf();
    const path = '/dev/stdout';
    expect(files.isEmpty(path)).toBe(true);
    expect(await files.lengthOf(path)).toBe(0);
    await files.append(path, bytes('one\n'));
    expect(await files.lengthOf(path)).toBe(4);
    await files.cut(path, 0);
    await files.flush();
    await files.append(path, bytes('two\n'));
    expect(files.isEmpty(path)).toBe(false);
    expect(files.lengths()).toEqual({});
    await files.close();
    expect(writtenTo(stdout)).toBe('one\ntwo\n');
  });

  test('is no longer on record where a run before had a file there', async () => {
    const { files } = filesOf();
    const streamed = openOutputFiles(
      { '/dev/stdout': 7 },
      {
        ...{ machine: { ...realMachine(), stdout: new PassThrough(), isStdoutClosed: () => false } },
        ...{ signal: new AbortController().signal, decisions: new Map(), onMade: async () => undefined },
      },
    );
    await streamed.cutBack();
    expect(streamed.lengths()).toEqual({});
    await Promise.all([files.close(), streamed.close()]);
  });
});

describe('what was put down', () => {
  test('is on disk after a flush: each file that has changed since the last', async () => {
    const { openFile, steps } = fileJournal();
    const { files } = filesOf({}, {}, { openFile });
    await files.append(at('one'), bytes('x'));
    await files.append(at('two'), bytes('x'));
    await files.flush();
    await files.append(at('two'), bytes('y'));
    await files.flush();
    await files.flush();
    expect(steps.filter((step) => step.startsWith('datasync'))).toEqual([
      'datasync one',
      'datasync two',
      'datasync two',
    ]);
    await files.cut(at('one'), 0);
    await files.flush();
    expect(steps.at(-1)).toBe('datasync one');
    await files.close();
    expect(steps.slice(-2)).toEqual(['close one', 'close two']);
  });

  test('is cut back for good before anything follows', async () => {
    await writeFile(at('file'), 'known and torn');
    const { openFile, steps } = fileJournal();
    const { files } = filesOf({ file: 5 }, {}, { openFile });
    await files.cutBack();
    await files.flush();
    expect(steps).toEqual(['truncate file', 'datasync file']);
    await files.close();
  });

  test('that cannot be synced fails, and is tried again', async () => {
    const { openFile, breakStep } = fileJournal();
    const { files } = filesOf({}, {}, { openFile });
    await files.append(at('file'), bytes('x'));
    breakStep('datasync');
    for (let tries = 0; tries < 2; tries++)
      await expect(files.flush()).rejects.toMatchObject({ kind: 'local' });
    await files.close();
  });
});
