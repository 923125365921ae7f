/** What the manifest lists: never more than there is, and of others what they wrote. */
import { createHash } from 'node:crypto';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { OutputPlace } from '../../../src/contracts/place.ts';
import { Failure } from '../../../src/failure.ts';
import { Manifest, type KnownFile, type ManifestOptions } from '../../../src/sinks/file/manifest.ts';
import { diskPlace } from '../../../src/sinks/file/places/disk.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { day, days, readJson } from './scene.ts';

const shaOf = (text: string) => createHash('sha256').update(text).digest('hex');
const columns = ['id'];

async function scene() {
  const directory = await temporaryDirectory();
  const path = join(directory, 'manifest.json');
  const open = (more: Partial<ManifestOptions> = {}) =>
    new Manifest({ path, place: diskPlace, dataset: 'events', isWanted: true, ...more });
  /** Writes a file, and gives what an export knows of it. */
  const put = async (name: string, text: string, more: Partial<KnownFile> = {}): Promise<KnownFile> => {
    await writeFile(join(directory, name), text);
    return { path: name, bytes: text.length, columns, rows: 1, ...more };
  };
  const listed = async () => (await readJson(path))['files'] as KnownFile[];
  return { directory, path, open, put, listed };
}

describe('a manifest', () => {
  test('lists files in order, with their digests, rows and the days from first to last', async () => {
    const { open, put, path } = await scene();
    const manifest = open();
    await manifest.open([], undefined);
    const files = [await put('b', 'bb', { day: day(5), rows: 2 }), await put('a', 'a', { day: day(1) })];
    await manifest.put(files, [days(2, 3)]);
    expect(await readJson(path)).toEqual({
      ...{ schema: 1, dataset: 'events', window: days(1, 5), ranges: [days(2, 3)], rows: 3 },
      files: [
        { path: 'a', day: day(1), rows: 1, bytes: 1, columns, sha256: shaOf('a') },
        { path: 'b', day: day(5), rows: 2, bytes: 2, columns, sha256: shaOf('bb') },
      ],
    });
  });

  test('of a dataset without days has none; rows that nobody knows are null', async () => {
    const { open, put, path } = await scene();
    const manifest = open();
    const { rows: _rows, ...file } = await put('a', 'a');
    await manifest.open([file], undefined);
    const { window, rows, files } = await readJson(path);
    expect([window, rows, files]).toMatchObject([null, 0, [{ path: 'a', rows: null }]]);
  });

  test('is not written where nobody wants one and there is none', async () => {
    const { open, put, path } = await scene();
    const manifest = open({ isWanted: false });
    await manifest.open([await put('a', 'a')], []);
    await manifest.put([await put('b', 'b')], []);
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('that is there is kept up, also where nobody asks for it', async () => {
    const { open, put, listed } = await scene();
    await open().open([await put('a', 'a')], []);
    const manifest = open({ isWanted: false });
    await manifest.open([], [days(1)]);
    await manifest.put([await put('b', 'b')], [days(1, 2)]);
    expect((await listed()).map((file) => file.path)).toEqual(['a', 'b']);
    expect(manifest.ranges).toEqual([days(1, 2)]);
  });

  test('keeps its days where it is told of none', async () => {
    const { open, path } = await scene();
    await open().open([], [days(1, 3)]);
    const manifest = open();
    await manifest.open([], undefined);
    expect(manifest.ranges).toEqual([days(1, 3)]);
    expect((await readJson(path))['ranges']).toEqual([days(1, 3)]);
    await manifest.open([], []);
    expect((await readJson(path))['ranges']).toEqual([]);
  });

  test('forgets files before they are replaced, and those that are gone or of another length', async () => {
    const { open, put, listed } = await scene();
    const manifest = open();
    await manifest.open([await put('a', 'a'), await put('b', 'b'), await put('c', 'c')], []);
    await manifest.drop(['a', 'none']);
    expect((await listed()).map((file) => file.path)).toEqual(['b', 'c']);
    await put('b', 'longer');
    await open().open([], undefined);
    expect((await listed()).map((file) => file.path)).toEqual(['c']);
  });

  test('takes a digest as it was recorded, unless the file may have changed since', async () => {
    const { open, put, listed, directory } = await scene();
    await open().open([await put('a', 'a', { sha256: 'recorded' })], []);
    expect((await listed())[0]?.sha256).toBe('recorded');
    const at = (date: string) => utimes(join(directory, 'a'), new Date(date), new Date(date));
    await at('2020-01-01');
    await open().open([], undefined);
    expect((await listed())[0]?.sha256).toBe('recorded');
    await at('2999-01-01');
    await open().open([], undefined);
    expect((await listed())[0]?.sha256).toBe(shaOf('a'));
  });

  test('knows rows and digest of a file from before, unless it is of another length', async () => {
    const { open, put, listed, directory } = await scene();
    await open().open([await put('a', 'a', { rows: 7, sha256: 'recorded' })], []);
    const old = new Date('2020-01-01');
    await utimes(join(directory, 'a'), old, old);
    await open().open([{ path: 'a', bytes: 1, columns: ['new'] }], undefined);
    expect(await listed()).toEqual([{ path: 'a', bytes: 1, columns: ['new'], rows: 7, sha256: 'recorded' }]);
    await put('a', 'aa');
    await open().open([{ path: 'a', bytes: 2, columns }], undefined);
    expect(await listed()).toEqual([{ path: 'a', bytes: 2, columns, rows: null, sha256: shaOf('aa') }]);
  });
});

describe('a file in its place', () => {
  const ours = '{"schema": 1, "dataset": "events", ';

  test.each([
    ['is no JSON', `${ours}"files": [`],
    ['lists no files', `${ours}"files": {}}`],
    ['lists a file without a length', `${ours}"files": [{"path": "a"}]}`],
    ['lists a file above it', `${ours}"files": [{"path": "x/../../a", "bytes": 1}]}`],
    ['lists a file elsewhere', `${ours}"files": [{"path": "/etc/passwd", "bytes": 1}]}`],
    ['lists a file that is none', `${ours}"files": [null]}`],
    ['lists a file of no day', `${ours}"files": [{"path": "a", "bytes": 1, "day": "today"}]}`],
    ['has a range that is none', `${ours}"files": [], "ranges": [{"from": "2026-11-01"}]}`],
    ['lists a file without a name', `${ours}"files": [{"path": 7, "bytes": 1}]}`],
  ])('that was ours and %s is replaced', async (_what, text) => {
    const { open, path, put, listed } = await scene();
    await writeFile(path, text);
    await open({ isWanted: false }).open([await put('a', 'a')], []);
    expect((await listed()).map((file) => file.path)).toEqual(['a']);
  });

  test('that is of another program is left alone where nobody wants a manifest', async () => {
    const { open, path } = await scene();
    await writeFile(path, '{"files": []}');
    await open({ isWanted: false }).open([], []);
    expect(await readFile(path, 'utf8')).toBe('{"files": []}');
  });
});

describe('a manifest that several processes write', () => {
  const part = { index: 0, of: 2, has: (one: string) => Number(one.slice(-2)) % 2 === 0 };
  const other = { index: 1, of: 2, has: (one: string) => !part.has(one) };

  function shareOf(one: typeof part) {
    const steps: string[] = [];
    const lock = () => {
      steps.push('locked');
      return Promise.resolve({ release: () => Promise.resolve(void steps.push('released')) });
    };
    return { share: { part: one, lock }, steps };
  }

  test('has the files and days of all, each process its own', async () => {
    const { open, put, path, listed } = await scene();
    const mine = shareOf(part);
    const [first, second] = [open({ share: mine.share }), open({ share: shareOf(other).share })];
    await first.open([], []);
    await second.open([], []);
    await first.put([await put('2', 'b', { day: day(2) })], [days(2)]);
    await second.put([await put('1', 'a', { day: day(1) })], [days(1)]);
    await first.put([await put('4', 'd', { day: day(4) })], [days(2), days(4)]);
    expect((await listed()).map((file) => file.path)).toEqual(['1', '2', '4']);
    expect((await readJson(path))['ranges']).toEqual([days(1, 2), days(4)]);
    await first.put([], []);
    expect((await readJson(path))['ranges']).toEqual([days(1)]);
    expect(mine.steps.length % 2).toBe(0);
    expect(mine.steps.slice(0, 2)).toEqual(['locked', 'released']);
  });

  test('looks after no file of another, nor one without a day', async () => {
    const { open, put, listed } = await scene();
    const files = [
      await put('1', 'a', { day: day(1) }),
      await put('2', 'b', { day: day(2) }),
      await put('x', 'x'),
    ];
    await open().open(files, []);
    await put('1', 'changed');
    await put('2', 'changed');
    await open({ share: shareOf(part).share }).open([], undefined);
    expect((await listed()).map((file) => file.path)).toEqual(['1', 'x']);
  });

  test.each([
    ['is written anew over what another machine has just written', 'locked', 3],
    ['is not written where the place refuses', 'local', 1],
  ] as const)('%s', async (_what, kind, tries) => {
    const { open, put } = await scene();
    const { share, steps } = shareOf(part);
    let written = 0;
    const place: OutputPlace = {
      ...diskPlace,
      writeText: (...args) =>
        ++written < 3 ? Promise.reject(new Failure(kind, 'no')) : diskPlace.writeText(...args),
    };
    const opening = open({ share, place }).open([await put('2', 'b', { day: day(2) })], []);
    if (kind === 'locked') await opening;
    else await expect(opening).rejects.toMatchObject({ kind });
    expect([written, steps]).toEqual([tries, ['locked', 'released']]);
  });
});
