import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { headText, watchBlock, watchDocument, watchLine } from '../../../src/report/imports/watch-text.ts';
import { WatchedImports, type SeenImport } from '../../../src/report/imports/watched.ts';
import { loadWidths } from '../../../src/report/terminal/width.ts';

const nowMs = Date.parse('2026-11-26T10:00:00Z');
const account = { owner: 'acme', maxActive: 15 };
const id = (nth: number) => `8f14e45f-ceea-467f-a830-1f2d3c4b5a${String(nth).padStart(2, '0')}`;

function seen(nth: number, more: Partial<SeenImport> = {}): SeenImport {
  return {
    ...{ id: id(nth), status: 'importing', isActive: true, total: 1_000, imported: 0, failed: 0 },
    createdAt: '2026-11-26T09:59:00Z',
    ...more,
  };
}

function watching(...looks: readonly (readonly SeenImport[])[]): WatchedImports {
  const watched = new WatchedImports();
  looks.forEach((look, nth) => {
    watched.see(look, { nowMs: nowMs + nth * 10_000, elapsedMs: nth * 10_000 });
  });
  return watched;
}

const leftOf = (...looks: readonly (readonly SeenImport[])[]) =>
  watching(...looks).moment().imports[0]?.leftMs;

describe('the time left of an import', () => {
  test.each<[string, SeenImport[], number | undefined]>([
    [
      'follows from its pace while it is watched',
      [seen(1, { imported: 100 }), seen(1, { imported: 200 })],
      80_000,
    ],
    [
      'counts what failed as done',
      [seen(1, { imported: 100 }), seen(1, { imported: 150, failed: 50 })],
      80_000,
    ],
    ['follows from its age before it moves', [seen(1, { imported: 500 })], 60_000],
    ['is not known before anything is done', [seen(1)], undefined],
    ['is not known without counts', [seen(1, { total: undefined, imported: 5 })], undefined],
    ['is not known when its age is not', [seen(1, { imported: 5, createdAt: undefined })], undefined],
    ['is nothing once all is done', [seen(1, { imported: 400 }), seen(1, { imported: 1_200 })], 0],
    ['is not told of one that ended', [seen(1, { imported: 9, isActive: false, status: 'done' })], undefined],
  ])('%s', (_name, looks, leftMs) => {
    expect(leftOf(...looks.map((one) => [one]))).toBe(leftMs);
  });

  test('of all is that of the slowest', () => {
    const { leftMs } = watching([seen(1, { imported: 500 }), seen(2, { imported: 100 }), seen(3)]).moment();
    expect(leftMs).toBe(540_000);
  });
});

describe('what ended', () => {
  test('stays below what is active', () => {
    const watched = watching([seen(1), seen(2)], [seen(2), seen(1, { isActive: false, status: 'done' })]);
    expect(watched.moment().imports.map((one) => [one.id, one.status])).toEqual([
      [id(2), 'importing'],
      [id(1), 'done'],
    ]);
    expect(watched.activeIds).toEqual([id(2)]);
  });

  test('is forgotten when it is much', () => {
    const watched = new WatchedImports();
    for (let nth = 0; nth < 99; nth++)
      watched.see([seen(nth, { isActive: false })], { nowMs, elapsedMs: nth });
    expect(watched.moment().imports).toHaveLength(50);
    expect(watched.moment().imports[0]?.id).toBe(id(49));
  });
});

describe('a watch shows', () => {
  const moment = watching([seen(1, { imported: 500 }), seen(2, { imported: 999, failed: 0 })]).moment();

  test('slots, events and the time left in one line', () => {
    expect(headText(account, moment)).toBe(
      'acme: 2 of 15 slots taken · 1,499 of 2,000 events · 60 to 80 s left',
    );
  });

  test('a line an import in a log', () => {
    expect(moment.imports.map(watchLine)).toEqual([
      `${id(1)}  importing  500 of 1,000 imported, 0 failed · 60 to 80 s left`,
      `${id(2)}  importing  999 of 1,000 imported, 0 failed · about 1 s left`,
    ]);
  });

  test('a document for programs, without rounding anything to be known', () => {
    const one = { ...watching([seen(1, { total: undefined })]).moment(), unreachable: undefined };
    expect(watchDocument(account, one, nowMs)).toMatchObject({
      schema: 1,
      unreachableSince: null,
      slots: { active: 1, limit: 15 },
      watched: [{ id: id(1), total: null, leftMs: null }],
    });
  });

  test.each([20, 40, 80, 200])('a table that fits %i columns', async (columns) => {
    const widths = await loadWidths();
    const look = { columns, rows: 24, nowMs, colors: new Chalk({ level: 0 }), widths };
    const [, header, ...rows] = watchBlock(account, moment, look);
    for (const line of [header, ...rows]) expect(line?.length).toBeLessThanOrEqual(columns);
    expect(header).toMatch(/^IMPORT +STATUS/);
    expect(rows[0]).toContain(columns >= 80 ? '50 %' : 'import');
    expect(rows[1]).not.toContain('100 %');
  });

  test('no more than the terminal has rows, and says so', async () => {
    const many = watching([...Array(40).keys()].map((nth) => seen(nth))).moment();
    const look = {
      columns: 80,
      rows: 10,
      nowMs,
      colors: new Chalk({ level: 0 }),
      widths: await loadWidths(),
    };
    const block = watchBlock(account, many, look);
    expect(block.length).toBeLessThanOrEqual(8);
    expect(block.at(-1)).toBe('and 35 more imports');
    expect(watchBlock(account, many, { ...look, rows: undefined })).toHaveLength(42);
  });
});
