/** What is left of the answer to one request: all of its rows, or none. */
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { DatasetReply } from '../../src/contracts/dataset.ts';
import { Failure } from '../../src/failure.ts';
import {
  directory,
  header,
  numberOf,
  one,
  row,
  rowsOf,
  sceneOf,
  window,
  type Answer,
  useDirectory,
} from './scene.ts';

useDirectory();

describe('rows', () => {
  test('that repeat are kept once, in all windows together; or each time', async () => {
    const answer: Answer = (request) =>
      rowsOf([header, row('same', numberOf(request)), row('same', numberOf(request))]);
    const { run, of } = sceneOf({ answer });
    await run();
    const counted = of('window-received').map(({ counts }) => [counts.kept, counts.duplicates]);
    expect(counted.sort()).toEqual([
      [0, 2],
      [0, 2],
      [1, 1],
    ]);
    const keeping = sceneOf({ answer, keepDuplicates: true });
    await keeping.run();
    expect(keeping.of('window-received').map(({ counts }) => counts.kept)).toEqual([2, 2, 2]);
  });

  test('of other days than those asked for are left out, and counted', async () => {
    const { run, of, committed } = sceneOf({
      ...window(2),
      answer: () => rowsOf([header, row('a', 1), row('b', 2), row('c', 3)]),
    });
    await run();
    expect(committed[0]?.texts).toEqual([header + row('b', 2)]);
    expect(of('window-received')[0]?.counts).toMatchObject({ received: 3, kept: 1, outside: 2, rejected: 0 });
  });

  test('without a time that can be read are kept with the first day, and told', async () => {
    const { run, of, committed } = sceneOf({ ...window(2), answer: () => rowsOf([header, 'a,never\n']) });
    await run();
    expect(committed[0]).toMatchObject({ texts: [`${header}a,never\n`], newest: undefined });
    expect(of('warned')).toMatchObject([{ code: 'time-unreadable' }]);
  });

  test('come in any pieces', async () => {
    const text = header + row('a', 1) + row('b', 1);
    for (let at = 0; at <= text.length; at += 7) {
      const { run, committed } = sceneOf({
        ...window(1),
        answer: () => rowsOf([text.slice(0, at), text.slice(at)]),
      });
      await run();
      expect(committed[0]?.texts).toEqual([text]);
    }
  });

  test('by the megabyte arrive as they came', async () => {
    const text = header + Array.from({ length: 80_000 }, (_, number) => row(`id-${number}`, 1)).join('');
    const { run, committed, of } = sceneOf({
      ...window(1),
      answer: () => rowsOf([text.slice(0, 1_500_001), text.slice(1_500_001)]),
    });
    await run();
    expect(committed[0]?.texts[0] === text).toBe(true);
    expect(of('window-received')[0]?.counts).toMatchObject({
      received: 80_000,
      kept: 80_000,
      bytes: text.length,
    });
    expect(of('rows-received').reduce((sum, { bytes }) => sum + bytes, 0)).toBe(text.length);
  });

  test('that are broken are rejects: on disk before the window, under their header, each with a note', async () => {
    const { run, committed, rejected } = sceneOf({
      ...window(1),
      answer: () => rowsOf([header, row('a', 1), 'broken\n', row('b', 1)]),
    });
    await run();
    expect(committed[0]?.texts).toEqual([header + row('a', 1) + row('b', 1)]);
    expect(rejected[0]).toBe('expect 3');
    expect(JSON.parse(rejected[1] ?? '')).toMatchObject({ id: 'broken', source: 'local' });
    expect(rejected.slice(2)).toEqual([`${header}broken\n`, 'count 1', 'flushed']);
  });

  test('that are broken are rejects no more when their window is not committed', async () => {
    const { run, rejected } = sceneOf({
      ...window(1),
      answer: () => rowsOf([header, 'broken\n', row('a', 1)]),
      sink: {
        commit: async () => {
          throw new Failure('local', 'the disk is full');
        },
      },
    });
    await expect(run()).rejects.toMatchObject({ kind: 'local' });
    expect(rejected).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('an attempt that fails', () => {
  test.each<[string, () => DatasetReply]>([
    ['in the middle of a row', () => rowsOf([header, row('a', 1), 'b,20'])],
    ['with an error', () => rowsOf([header, row('a', 1), new Error('reset')])],
    ['before its header', () => rowsOf(['id,ti'])],
    ['with nothing, unmarked', () => rowsOf([], { framed: false })],
    [
      'with an error in place of its last row',
      () => rowsOf([header, row('a', 1), 'Internal server error\n']),
    ],
    ['with an error alone behind its header', () => rowsOf([header, '{"error":"internal"}\r\n'])],
    ['with a page of a proxy', () => rowsOf(['<html>\n<p>sorry\n'])],
    ['with a word of its own', () => ({ kind: 'retry', taken: 'no', why: 'transient', message: '503' })],
  ])('%s is taken back and made again', async (_name, failing) => {
    const { run, committed, of, clock } = sceneOf({
      ...window(1),
      answer: (_request, attempt) => (attempt < 2 ? failing() : rowsOf([header, row('a', 1), row('b', 1)])),
    });
    await run();
    expect(committed.map(({ texts }) => texts)).toEqual([[header + row('a', 1) + row('b', 1)]]);
    expect(of('request-failed')).toHaveLength(2);
    expect(of('window-received')[0]?.counts).toMatchObject({ received: 2, kept: 2, duplicates: 0 });
    expect(clock.elapsedMs()).toBe(500);
    const sum = (events: readonly { rows: number }[]) => events.reduce((total, { rows }) => total + rows, 0);
    expect(sum(of('rows-received')) - sum(of('rows-withdrawn'))).toBe(2);
  });

  test('is made again when the vendor says', async () => {
    const { run, clock } = sceneOf({
      ...window(1),
      answer: (request, attempt) =>
        attempt === 0
          ? { kind: 'retry', taken: 'no', why: 'busy', message: '429', waitMs: 7_000 }
          : one(request),
    });
    await run();
    expect(clock.elapsedMs()).toBe(7_000);
  });

  test('as often as is allowed ends the export', async () => {
    const { run, asked, committed } = sceneOf({ ...window(1), answer: () => rowsOf([header, 'torn']) });
    await expect(run()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(asked).toHaveLength(3);
    expect(committed).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });

  test('with a table that has lost a column without which nothing can be told ends it at once', async () => {
    const { run, asked } = sceneOf({ ...window(1), answer: () => rowsOf(['id,when\n', 'a,b\n']) });
    await expect(run()).rejects.toMatchObject({ kind: 'rejected' });
    expect(asked).toHaveLength(1);
  });
});
