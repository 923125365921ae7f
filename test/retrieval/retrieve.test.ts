/** The pull loop over a vendor by script and a destination in memory; the spool and its files are real. */
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import {
  columns,
  directory,
  header,
  numberOf,
  one,
  row,
  rowsOf,
  sceneOf,
  window,
  useDirectory,
} from './scene.ts';

useDirectory();

describe('windows', () => {
  test('are committed in their order, whatever the order in which they come', async () => {
    let release: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (release = resolve));
    const { run, committed, of } = sceneOf({
      answer: async (request) => {
        if (numberOf(request) === 1) await first;
        else release();
        return one(request);
      },
    });
    await run();
    expect(committed.map(({ days, texts }) => [days?.from, texts])).toEqual([
      ['2026-11-01', [header + row('id-1', 1)]],
      ['2026-11-02', [header + row('id-2', 2)]],
      ['2026-11-03', [header + row('id-3', 3)]],
    ]);
    expect(committed.map(({ newest }) => newest)).toEqual(['2026-11-01', '2026-11-02', '2026-11-03']);
    expect(of('window-committed').map(({ window: number }) => number)).toEqual([0, 1, 2]);
    expect(of('export-ended')).toHaveLength(1);
    expect(await readdir(directory)).toEqual([]);
  });

  test('are asked for so many at once, and no more', async () => {
    let open = 0;
    let most = 0;
    const { run } = sceneOf({
      answer: async (request) => {
        most = Math.max(most, (open += 1));
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
        return one(request);
      },
    });
    await run();
    expect(most).toBe(2);
  });

  test('that were committed before a failure stay; what is behind it is not committed, and nothing is left', async () => {
    const { run, committed } = sceneOf({
      answer: (request) => {
        if (numberOf(request) === 2) throw new Failure('credentials', 'no');
        return one(request);
      },
    });
    await expect(run()).rejects.toMatchObject({ kind: 'credentials' });
    expect(committed).toHaveLength(1);
    expect(await readdir(directory)).toEqual([]);
  });

  test('of several sources have the rows of all', async () => {
    const { run, committed, asked } = sceneOf({
      ...window(1),
      dataset: { sources: ['x', 'y'] },
      answer: ({ source }) => rowsOf([header, row(source, 1)]),
    });
    await run();
    expect(asked).toEqual(['x 2026-11-01..2026-11-01', 'y 2026-11-01..2026-11-01']);
    expect(committed[0]?.texts).toEqual([header + row('x', 1) + row('y', 1)]);
  });

  test('split by day have a partition for each, rows or none', async () => {
    const days = { from: '2026-11-01', to: '2026-11-03' };
    const { run, committed } = sceneOf({
      ranges: [{ days, windows: [days] }],
      sink: { splitByDay: true },
      answer: () => rowsOf([header, row('c', 3), row('a', 1), row('b', 3)]),
    });
    await run();
    expect(committed[0]?.texts).toEqual([header + row('a', 1), header, header + row('c', 3) + row('b', 3)]);
  });

  test('split by day whose halves are asked for have rows without a time with the first day of each half', async () => {
    const days = { from: '2026-11-01', to: '2026-11-02' };
    const { run, committed } = sceneOf({
      ranges: [{ days, windows: [days] }],
      dataset: { windows: { maxDays: 1, align: 'day' } },
      sink: { splitByDay: true },
      answer: (request) => rowsOf([header, `never-${numberOf(request)},\n`]),
    });
    await run();
    expect(committed[0]?.texts).toEqual([`${header}never-1,\n`, `${header}never-2,\n`]);
  });

  test('without days are one partition, also where days would be split', async () => {
    const { run, committed } = sceneOf({
      ranges: [{ days: undefined, windows: [undefined] }],
      sink: { splitByDay: true },
      answer: () => rowsOf([header, row('a', 1), row('b', 9)]),
    });
    await run();
    expect(committed.map(({ texts }) => texts)).toEqual([[header + row('a', 1) + row('b', 9)]]);
  });

  test('are read ahead where the destination can, and committed with what that gave', async () => {
    const steps: unknown[] = [];
    const { run } = sceneOf({
      answer: one,
      sink: {
        async prefetch(growing) {
          for (let step = await growing.next(); ; step = await growing.next()) {
            steps.push(step.kind);
            if (step.kind !== 'rows') return { kind: 'staged' };
          }
        },
        commit: async ({ days }, prefetched) => {
          steps.push([days?.from, prefetched?.kind]);
          return { files: [], written: 1, known: 0, rejected: 0 };
        },
      },
    });
    await run();
    const eachWindow = (from: string) => ['rows', 'whole', [from, 'staged']];
    expect(steps).toEqual(['2026-11-01', '2026-11-02', '2026-11-03'].flatMap(eachWindow));
  });

  test('of which no table came are not read ahead', async () => {
    const starts: unknown[] = [];
    const { run } = sceneOf({
      ...window(1),
      answer: () => rowsOf([]),
      sink: {
        prefetch: async () => ({ kind: 'staged' }),
        commit: async (_window, prefetched) => {
          starts.push(prefetched);
          return { files: [], written: 0, known: 0, rejected: 0 };
        },
      },
    });
    await run();
    expect(starts).toEqual([undefined]);
  });

  test('without days take whatever comes', async () => {
    const { run, committed } = sceneOf({
      ranges: [{ days: undefined, windows: [undefined] }],
      answer: () => rowsOf([header, row('a', 1), row('b', 9)]),
    });
    await run();
    expect(committed).toMatchObject([{ days: undefined, texts: [header + row('a', 1) + row('b', 9)] }]);
  });
});

describe('what else is told', () => {
  test('are windows that begin and end, and files as they are written and named', async () => {
    const fileOf = (path: string) => ({ path, rows: 1, bytes: 2, columns: [] });
    const { run, of } = sceneOf({
      concurrency: 1,
      answer: one,
      sink: {
        commit: async ({ days }) => {
          const files = [fileOf(days?.from ?? '')];
          return { files, written: 3, known: 2, rejected: 1 };
        },
        finish: async () => [fileOf('whole')],
      },
    });
    await run();
    expect(of('window-started').map(({ window: number, days }) => [number, days?.to])).toEqual([
      [0, '2026-11-01'],
      [1, '2026-11-02'],
      [2, '2026-11-03'],
    ]);
    expect(of('window-committed')[0]).toMatchObject({ written: 3, known: 2, rejected: 1 });
    expect(of('file-written').map(({ file }) => file.path)).toEqual([
      ...['2026-11-01', '2026-11-02', '2026-11-03'],
      'whole',
    ]);
  });

  test.each([
    ['the share of a window that has come, where the answer says it', () => 0.5, 0.5],
    ['no share where the answer does not', undefined, undefined],
  ])('is %s', async (_what, shareRead, share) => {
    const { run, of } = sceneOf({ ...window(1), answer: () => rowsOf([header, row('a', 1)], { shareRead }) });
    await run();
    expect(of('rows-received').map((event) => event.share)).toEqual([share]);
  });

  test('are notes of the answer, and columns that are new or gone', async () => {
    const { run, of } = sceneOf({
      ...window(1),
      checkpoint: { ranges: [], first: undefined, columns: ['id', 'old'] },
      answer: () => rowsOf([header, row('a', 1)], { notes: [{ code: 'noted', message: 'so' }] }),
    });
    await run();
    expect(of('warned').map(({ code, columns: names }) => [code, names])).toEqual([
      ['noted', undefined],
      ['column-new', ['time']],
      ['column-gone', ['old']],
    ]);
  });

  test('is that the ids of one day do not fit into the memory for them', async () => {
    const many = Array.from({ length: 40_000 }, (_, number) => row(`id-${number}`, 1));
    const { run } = sceneOf({ ...window(1), dedupeBytes: 400_000, answer: () => rowsOf([header, ...many]) });
    await expect(run()).rejects.toMatchObject({ kind: 'local' });
  });
});

describe('rows of an earlier run', () => {
  test('stay where their days are not fetched again, before and behind them, and repeat under no id', async () => {
    const before = header + row('old-1', 1) + row('old-2', 2) + row('old-3', 3);
    const { run, committed } = sceneOf({
      ...window(2),
      earlier: {
        ...{ path: 'events.csv', encoding: 'csv', columns, idColumn: 'id', timeColumn: 'time' },
        async *open() {
          yield Buffer.from(before);
        },
      },
      answer: () => rowsOf([header, row('new', 2), row('old-1', 2)]),
    });
    await run();
    expect(committed.map(({ texts }) => texts)).toEqual([
      [header + row('old-1', 1)],
      [header + row('new', 2)],
      [header + row('old-3', 3)],
    ]);
    expect(await readdir(directory)).toEqual([]);
  });

  test('that are none leave an output that is replaced', async () => {
    const { run, committed } = sceneOf({
      ...window(2),
      earlier: {
        ...{ path: 'events.csv', encoding: 'csv', columns, idColumn: 'id', timeColumn: 'time' },
        async *open() {
          yield Buffer.from(header + row('old-2', 2));
        },
      },
      answer: () => rowsOf([header, row('new', 2)]),
    });
    await run();
    expect(committed.map(({ texts }) => texts)).toEqual([[header + row('new', 2)]]);
    expect(await readdir(directory)).toEqual([]);
  });

  test('that are torn end the export before anything is fetched', async () => {
    const { run, asked } = sceneOf({
      ...window(2),
      earlier: {
        ...{ path: 'events.csv', encoding: 'csv', columns, idColumn: 'id', timeColumn: 'time' },
        async *open() {
          yield Buffer.from(`${header}torn`);
        },
      },
      answer: one,
    });
    await expect(run()).rejects.toMatchObject({ kind: 'local' });
    expect(asked).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('requests that wait for their answer', () => {
  /** Waits until nobody wants the answer any more. */
  const waiting = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });

  test('are given up when the export is stopped', async () => {
    const stopping = new AbortController();
    const { run } = sceneOf({
      ...window(1),
      signal: stopping.signal,
      answer: (_request, _attempt, signal) => {
        setImmediate(() => stopping.abort(new Failure('interrupt', 'stopped')));
        return waiting(signal);
      },
    });
    await expect(run()).rejects.toMatchObject({ kind: 'interrupt' });
    expect(await readdir(directory)).toEqual([]);
  });

  test('are given up when another window fails', async () => {
    const { run, asked } = sceneOf({
      answer: (request, _attempt, signal) => {
        if (numberOf(request) === 1) throw new Failure('credentials', 'no');
        return waiting(signal);
      },
    });
    await expect(run()).rejects.toMatchObject({ kind: 'credentials' });
    expect(asked).toHaveLength(2);
    expect(await readdir(directory)).toEqual([]);
  });
});

test('an export that is stopped commits nothing more', async () => {
  const stopping = new AbortController();
  const { run, committed } = sceneOf({
    signal: stopping.signal,
    concurrency: 1,
    answer: (request) => {
      if (numberOf(request) === 2) stopping.abort(new Failure('interrupt', 'stopped'));
      return one(request);
    },
  });
  await expect(run()).rejects.toMatchObject({ kind: 'interrupt' });
  expect(committed.length).toBeLessThan(2);
  expect(await readdir(directory)).toEqual([]);
});
