/** What becomes of the answers to one window. */
import { describe, expect, test } from 'vitest';
import { day, header, row, rowsOf, sceneOf, window, type Answer, useDirectory } from './scene.ts';

useDirectory();

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
      dataset: { windows: { maxDays: 2, align: 'day' } },
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
  ])('and no header is due: %s', async (_name, acceptsEmptyAnswers, marked, isBelieved) => {
    const { run, committed } = sceneOf({
      ...window(1),
      dataset: { encoding: 'ndjson' },
      answer: () => rowsOf([], { marked }),
      sink: { hasRows: async () => true, acceptsEmptyAnswers },
    });
    if (isBelieved) await run();
    else await expect(run()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(committed).toHaveLength(isBelieved ? 1 : 0);
  });
});

describe('a last row that is short and speaks of an error', () => {
  const table = 'id,time,type\n';
  const first = 'a,2026-11-01T12:00:00Z,view\n';
  const short = 'b,2026-11-01T12:00:00Z_error\n';

  test('is rejected where three answers end in it: what else came is committed', async () => {
    const { run, asked, committed, rejected, of } = sceneOf({
      ...window(1),
      answer: () => rowsOf([table, first, short]),
    });
    await run();
    expect(asked).toHaveLength(3);
    expect(committed).toMatchObject([{ texts: [table + first] }]);
    expect(rejected).toContain(table + short);
    expect(rejected.join('')).toContain('"id":"b","column":null,"reason":"damaged-end"');
    expect(of('warned')).toMatchObject([{ code: 'damaged-end' }]);
    expect(of('window-received')).toMatchObject([{ counts: { received: 2, kept: 1, rejected: 1 } }]);
  });

  test.each<[string, Answer]>([
    ['another each time', (_, attempt) => rowsOf([table, first, `b,2026-11-0${attempt}_error\n`])],
    ['where nothing marks the end', () => rowsOf([table, first, short], { framed: false })],
    ['a sentence', () => rowsOf([table, first, 'Internal server error\n'])],
    ['a document', () => rowsOf([table, first, '{"error":"internal","code":500}\n'])],
  ])('is an error for ever: %s', async (_name, answer) => {
    const { run, committed, rejected } = sceneOf({ ...window(1), retries: 5, answer });
    await expect(run()).rejects.toMatchObject({ kind: 'unavailable' });
    expect([...committed, ...rejected]).toEqual([]);
  });

  test('is a matter of more retries where they are too few', async () => {
    const answer = () => rowsOf([table, first, short]);
    const { run } = sceneOf({ ...window(1), retries: 1, answer });
    await expect(run()).rejects.toMatchObject({ hint: expect.stringContaining('--retries 2') as string });
  });

  test('is none once rows come behind it', async () => {
    const { run, asked, committed, of } = sceneOf({
      ...window(1),
      answer: (_, attempt) => rowsOf([table, short, ...(attempt < 2 ? [] : [first])]),
    });
    await run();
    expect(asked).toHaveLength(3);
    expect(committed).toMatchObject([{ texts: [table + short + first] }]);
    expect(of('warned').filter(({ code }) => code === 'damaged-end')).toEqual([]);
  });
});
