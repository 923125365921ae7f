/** The pull loop over a vendor by script and a destination in memory; the spool and its files are real. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Column, Dataset, DatasetReply, DatasetRequest, Days } from '../../src/contracts/dataset.ts';
import type { Checkpoint, Sink } from '../../src/contracts/sink.ts';
import type { Partition, RejectStore } from '../../src/contracts/window.ts';
import type { ExportEvent } from '../../src/events.ts';
import { Failure } from '../../src/failure.ts';
import { createRowReader } from '../../src/replies/readers/readers.ts';
import type { RetrievalOptions, RetrievalWork } from '../../src/retrieval/retrieval.ts';
import { retrieve } from '../../src/retrieval/retrieve.ts';
import { virtualClock } from '../virtual-clock.ts';

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'retrieve-'))));
afterEach(() => rm(directory, { recursive: true }));

const columns: Column[] = [
  { name: 'id', type: 'text' },
  { name: 'time', type: 'timestamp' },
];
const header = 'id,time\n';
const day = (number: number): Days => ({ from: `2026-11-0${number}`, to: `2026-11-0${number}` });
const row = (id: string, number: number) => `${id},2026-11-0${number}T12:00:00Z\n`;

/** A reply with these texts as they come; an error among them breaks it off. */
function rowsOf(
  parts: readonly (string | Error)[],
  more: Partial<Extract<DatasetReply, { kind: 'rows' }>> = {},
): DatasetReply {
  const body = (async function* () {
    for (const part of parts) {
      if (part instanceof Error) throw part;
      yield Buffer.from(part);
    }
  })();
  return {
    ...{ kind: 'rows', shareRead: undefined, framed: true, marked: true, notes: [] },
    body: Object.assign(body, { destroy: () => undefined }),
    ...more,
  };
}

type Answer = (request: DatasetRequest, attempt: number) => DatasetReply | Promise<DatasetReply>;

interface SceneOptions extends Partial<RetrievalOptions & RetrievalWork> {
  answer: Answer;
  signal?: AbortSignal;
  dataset?: Partial<Dataset>;
  sink?: Partial<Sink>;
  checkpoint?: Checkpoint;
}

async function textOf(partition: Partition): Promise<string> {
  let text = '';
  for await (const bytes of partition.read(0)) text += Buffer.from(bytes).toString();
  return text;
}

const threeDays = {
  days: { from: '2026-11-01', to: '2026-11-03' },
  windows: [1, 2, 3].map(day),
};

function sceneOf({ answer, dataset: more, sink: given, checkpoint, ...options }: SceneOptions) {
  const { ranges = [threeDays], earlier, signal = new AbortController().signal, ...chosen } = options;
  const clock = virtualClock();
  const events: ExportEvent[] = [];
  const asked: string[] = [];
  const attempts = new Map<string, number>();
  const committed: { days: Days | undefined; texts: string[]; newest: string | undefined }[] = [];
  const rejected: string[] = [];
  const dataset: Dataset = {
    ...{ name: 'events', identity: {}, encoding: 'csv', columns, idColumn: 'id', timeColumn: 'time' },
    ...{ sources: ['all'], windows: { longestDays: 366, align: 'day' } },
    async open(request) {
      const key = `${request.source} ${request.days?.from ?? ''}..${request.days?.to ?? ''}`;
      const attempt = attempts.get(key) ?? 0;
      attempts.set(key, attempt + 1);
      asked.push(key);
      return answer(request, attempt);
    },
    ...more,
  };
  const sink: Sink = {
    ...{ destination: 'memory', splitByDay: false, takesBareAnswers: false },
    spool: { directory, named: true },
    open: async () => ({ checkpoint: { ranges: [], first: undefined }, lost: [], keepsRows: false }),
    checkpoint: () => checkpoint ?? { ranges: [], first: undefined },
    async commit({ days, partitions, newest }) {
      const texts = [];
      for (const partition of partitions) texts.push(await textOf(partition));
      committed.push({ days, texts, newest });
      return { files: [], written: texts.length, known: 0, rejected: 0 };
    },
    hasRows: async () => false,
    finish: async () => [],
    close: async () => undefined,
    ...given,
  };
  const rejects: RejectStore = {
    expect: (received) => void rejected.push(`expect ${received}`),
    async append({ header: head, rows, notes, count }) {
      if (rows) rejected.push(`${Buffer.from(head).toString()}${Buffer.from(rows).toString()}`);
      if (notes) rejected.push(Buffer.from(notes).toString());
      if (count > 0) rejected.push(`count ${count}`);
    },
    mark: () => ({ lengths: {}, rows: rejected.length, received: 0 }),
    cutTo: async ({ rows }) => void rejected.splice(rows),
    flush: async () => void rejected.push('flushed'),
  };
  const run = async (): Promise<void> => {
    const stopClock = clock.run();
    await retrieve({
      work: { ranges, earlier },
      reading: { dataset, createReader: createRowReader, required: ['id', 'time'] },
      sink,
      rejects,
      options: { retries: 2, concurrency: 2, keepDuplicates: false, dedupeBytes: 1e9, ...chosen },
      context: {
        machine: { ...clock, random: () => 0, faultPoint: () => undefined },
        signal,
        emit: (event) => void events.push(event),
      },
    }).finally(stopClock);
  };
  const of = <Type extends ExportEvent['type']>(type: Type) =>
    events.filter((event): event is Extract<ExportEvent, { type: Type }> => event.type === type);
  return { run, of, asked, committed, rejected, clock };
}

const numberOf = ({ days }: DatasetRequest) => Number(days?.from.slice(-1));
const one: Answer = (request) => rowsOf([header, row(`id-${numberOf(request)}`, numberOf(request))]);
const window = (number: number) => ({ ranges: [{ days: day(number), windows: [day(number)] }] });

describe('windows', () => {
  test('are committed in their order, whatever the order in which they come', async () => {
    let release: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (release = resolve));
    const { run, committed, of } = sceneOf({
      answer: async (request, attempt) => {
        if (numberOf(request) === 1) await first;
        else release();
        return one(request, attempt);
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
      answer: async (request, attempt) => {
        most = Math.max(most, (open += 1));
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
        return one(request, attempt);
      },
    });
    await run();
    expect(most).toBe(2);
  });

  test('that were committed before a failure stay; what is behind it is not committed, and nothing is left', async () => {
    const { run, committed } = sceneOf({
      answer: (request, attempt) => {
        if (numberOf(request) === 2) throw new Failure('credentials', 'no');
        return one(request, attempt);
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

  test('without days take whatever comes', async () => {
    const { run, committed } = sceneOf({
      ranges: [{ days: undefined, windows: [undefined] }],
      answer: () => rowsOf([header, row('a', 1), row('b', 9)]),
    });
    await run();
    expect(committed).toMatchObject([{ days: undefined, texts: [header + row('a', 1) + row('b', 9)] }]);
  });
});

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
      answer: () => rowsOf([header, 'broken\n']),
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
          : one(request, attempt),
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

describe('a range that is too long for the vendor', () => {
  const days = { from: '2026-11-01', to: '2026-11-04' };
  const range = { ranges: [{ days, windows: [days] }] };
  const upTo =
    (most: number): Answer =>
    ({ days: asked = days }) => {
      const [from, to] = [Number(asked.from.slice(-1)), Number(asked.to.slice(-1))];
      if (to - from + 1 > most) return { kind: 'shorter', message: 'too long' };
      return rowsOf([
        header,
        ...[1, 2, 3, 4].filter((n) => n >= from && n <= to).map((n) => row(`id-${n}`, n)),
      ]);
    };

  test('is asked for in halves, and remembered for what follows', async () => {
    const { run, asked, committed, of } = sceneOf({ ...range, answer: upTo(1) });
    await run();
    expect(asked.map((key) => key.replace(/all |2026-11-/g, ''))).toEqual([
      '01..04',
      '01..02',
      '01..01',
      '02..02',
      '03..03',
      '04..04',
    ]);
    expect(committed[0]?.texts).toEqual([header + [1, 2, 3, 4].map((n) => row(`id-${n}`, n)).join('')]);
    expect(of('window-shortened')).toHaveLength(2);
  });

  test('is never asked for where the vendor has said how long one may be', async () => {
    const { run, asked } = sceneOf({
      ...range,
      dataset: { windows: { longestDays: 2, align: 'day' } },
      answer: upTo(2),
    });
    await run();
    expect(asked).toHaveLength(2);
  });

  test('though it is a single day ends the export', async () => {
    const { run } = sceneOf({ ...range, answer: upTo(0) });
    await expect(run()).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('or without days ends the export', async () => {
    const { run } = sceneOf({
      ranges: [{ days: undefined, windows: [undefined] }],
      answer: () => ({ kind: 'shorter', message: 'no' }),
    });
    await expect(run()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('an answer that says nothing', () => {
  const silent: Answer = () => rowsOf([]);

  test('is asked for again, then told, where the destination has no rows', async () => {
    const { run, asked, committed, of } = sceneOf({ ...window(1), answer: silent });
    await run();
    expect(asked).toHaveLength(3);
    expect(committed).toMatchObject([{ texts: [] }]);
    expect(of('warned')).toMatchObject([{ code: 'empty-answer' }]);
  });

  test('empties no day that has rows', async () => {
    const looked: unknown[] = [];
    const { run, committed } = sceneOf({
      ...window(1),
      answer: silent,
      sink: { hasRows: async (days) => looked.push(days) > 0 },
    });
    await expect(run()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(committed).toEqual([]);
    expect(looked).toEqual([[day(1)]]);
  });

  test.each([
    ['is believed where rows can be fetched again', true, false, true],
    ['is not believed else', false, false, false],
    ['is believed where it shows whose it is', false, true, true],
  ])('and no header is due: %s', async (_name, takesBareAnswers, marked, isBelieved) => {
    const { run, committed } = sceneOf({
      ...window(1),
      dataset: { encoding: 'ndjson' },
      answer: () => rowsOf([], { marked }),
      sink: { hasRows: async () => true, takesBareAnswers },
    });
    if (isBelieved) await run();
    else await expect(run()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(committed).toHaveLength(isBelieved ? 1 : 0);
  });
});

describe('what else is told', () => {
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

test('an export that is stopped commits nothing more', async () => {
  const stopping = new AbortController();
  const { run, committed } = sceneOf({
    signal: stopping.signal,
    concurrency: 1,
    answer: (request, attempt) => {
      if (numberOf(request) === 2) stopping.abort(new Failure('interrupt', 'stopped'));
      return one(request, attempt);
    },
  });
  await expect(run()).rejects.toMatchObject({ kind: 'interrupt' });
  expect(committed.length).toBeLessThan(2);
  expect(await readdir(directory)).toEqual([]);
});
