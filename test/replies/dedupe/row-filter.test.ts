import { describe, expect, test } from 'vitest';
import type { RowOffsets } from '../../../src/contracts/reader.ts';
import {
  dropped,
  partitionsAround,
  partitionsWithin,
  RowFilter,
  type RowFilterOptions,
} from '../../../src/replies/dedupe/row-filter.ts';
import { SeenIds } from '../../../src/replies/dedupe/seen-ids.ts';

interface Row {
  id?: string;
  time?: string;
  isBroken?: boolean;
}

/** Rows as a reader would say where they stand. */
function offsetsOf(rows: readonly Row[]): { bytes: Buffer; offsets: RowOffsets } {
  const offsets: RowOffsets = {
    count: rows.length,
    consumed: 0,
    from: new Int32Array(rows.length),
    to: new Int32Array(rows.length),
    idFrom: new Int32Array(rows.length).fill(-1),
    idTo: new Int32Array(rows.length).fill(-1),
    timeFrom: new Int32Array(rows.length).fill(-1),
    timeTo: new Int32Array(rows.length).fill(-1),
    day: new Int32Array(rows.length).fill(-1),
    isUuid: new Uint8Array(rows.length),
    idWords: new Uint32Array(4 * rows.length),
    broken: Uint8Array.from(rows, ({ isBroken }) => (isBroken ? 1 : 0)),
  };
  let text = '';
  rows.forEach(({ id, time }, row) => {
    if (id !== undefined) {
      offsets.idFrom[row] = text.length;
      text += id;
      offsets.idTo[row] = text.length;
    }
    if (time !== undefined) {
      offsets.timeFrom[row] = text.length;
      text += time;
      offsets.timeTo[row] = text.length;
    }
    text += '\n';
  });
  return { bytes: Buffer.from(text), offsets };
}

function judge(rows: readonly Row[], options: Partial<RowFilterOptions> = {}) {
  const { bytes, offsets } = offsetsOf(rows);
  const filter = new RowFilter({
    partitionOfDay: undefined,
    undatedPartition: 0,
    seen: undefined,
    tag: 1,
    ...options,
  });
  return { partitions: [...filter.judge(bytes, offsets)].slice(0, rows.length), filter };
}

const day = (number: number) => ({ time: `2026-11-0${number}T12:00:00Z` });

describe('the partition of a day', () => {
  test.each([
    [20261101, dropped],
    [20261102, 0],
    [20261104, 0],
    [20261105, dropped],
  ])('of a range, %i: %i', (number, partition) => {
    expect(partitionsWithin({ from: '2026-11-02', to: '2026-11-04' }, undefined)(number)).toBe(partition);
  });

  test('is its own where days are split', () => {
    const partitions = new Map([
      [20261102, 0],
      [20261103, 1],
    ]);
    const within = partitionsWithin({ from: '2026-11-02', to: '2026-11-04' }, partitions);
    expect([20261102, 20261103, 20261104, 20261105].map(within)).toEqual([0, 1, 0, dropped]);
  });

  test.each([
    [20261101, 0],
    [20261102, dropped],
    [20261103, dropped],
    [20261104, 1],
    [20261106, dropped],
    [20261107, 2],
    [20270101, 2],
  ])('around ranges that are fetched, %i: %i', (number, partition) => {
    const around = partitionsAround([
      { from: '2026-11-02', to: '2026-11-03' },
      { from: '2026-11-05', to: '2026-11-06' },
    ]);
    expect(around(number)).toBe(partition);
  });

  test('is the only one where nothing is fetched', () => {
    expect(partitionsAround([])(20261101)).toBe(0);
  });
});

describe('a row is kept', () => {
  const within = partitionsWithin({ from: '2026-11-02', to: '2026-11-04' }, undefined);

  test('whatever its time says, where rows have no day', () => {
    const { partitions, filter } = judge([day(1), {}, { time: 'never' }]);
    expect(partitions).toEqual([0, 0, 0]);
    expect(filter.counts).toMatchObject({ received: 3, kept: 3, outside: 0, undated: 0 });
    expect(filter.newestDay).toBe(0);
  });

  test('when its day is wanted', () => {
    const { partitions, filter } = judge([day(1), day(2), day(2), day(4), day(5), day(5)], {
      partitionOfDay: within,
    });
    expect(partitions).toEqual([dropped, 0, 0, 0, dropped, dropped]);
    expect(filter.counts).toEqual({
      received: 6,
      kept: 3,
      duplicates: 0,
      outside: 3,
      rejected: 0,
      undated: 0,
    });
    expect(filter.newestDay).toBe(20261104);
  });

  test('in the partition of the first day when it has no time that can be read', () => {
    const { partitions, filter } = judge([{ time: 'never' }, {}, day(3)], {
      partitionOfDay: within,
      undatedPartition: 2,
    });
    expect(partitions).toEqual([2, 2, 0]);
    expect(filter.counts).toMatchObject({ kept: 3, undated: 2 });
  });

  test('not when it is broken, whatever its day', () => {
    const { partitions, filter } = judge(
      [
        { ...day(3), isBroken: true },
        { ...day(1), isBroken: true },
      ],
      { partitionOfDay: within },
    );
    expect(partitions).toEqual([dropped, dropped]);
    expect(filter.counts).toMatchObject({ received: 2, kept: 0, rejected: 2, outside: 0 });
  });

  test('once for each id', () => {
    const { partitions, filter } = judge(
      [{ id: 'a' }, { id: 'b' }, { id: 'a' }, {}, {}, { id: '' }, { id: '' }],
      {
        seen: new SeenIds(1e9),
      },
    );
    expect(partitions).toEqual([0, 0, dropped, 0, 0, 0, 0]);
    expect(filter.counts).toMatchObject({ received: 7, kept: 6, duplicates: 1 });
  });

  test('though a row with its id was not wanted, or broken', () => {
    const rows = [
      { id: 'a', ...day(1) },
      { id: 'a', ...day(3), isBroken: true },
      { id: 'a', ...day(3) },
    ];
    const { partitions } = judge(rows, { partitionOfDay: within, seen: new SeenIds(1e9) });
    expect(partitions).toEqual([dropped, dropped, 0]);
  });

  test('not when an earlier answer had its id', () => {
    const seen = new SeenIds(1e9);
    const first = seen.begin();
    judge([{ id: 'a' }], { seen, tag: first });
    seen.settle(first);
    expect(judge([{ id: 'a' }, { id: 'b' }], { seen, tag: seen.begin() }).partitions).toEqual([dropped, 0]);
  });

  test('twice where duplicates stay', () => {
    expect(judge([{ id: 'a' }, { id: 'a' }]).partitions).toEqual([0, 0]);
  });
});

test('one filter judges piece after piece, and adds up', () => {
  const filter = new RowFilter({
    partitionOfDay: partitionsWithin({ from: '2026-11-02', to: '2026-11-09' }, undefined),
    undatedPartition: 0,
    seen: new SeenIds(1e9),
    tag: 1,
  });
  const sizes: number[] = [];
  for (const rows of [
    [{ id: 'a', ...day(5) }],
    [
      { id: 'a', ...day(4) },
      { id: 'b', ...day(3) },
      { id: 'c', ...day(1) },
    ],
    [],
  ]) {
    const { bytes, offsets } = offsetsOf(rows);
    sizes.push(
      [...filter.judge(bytes, offsets)].slice(0, rows.length).filter((partition) => partition === dropped)
        .length,
    );
  }
  expect(sizes).toEqual([0, 2, 0]);
  expect(filter.counts).toEqual({ received: 4, kept: 2, duplicates: 1, outside: 1, rejected: 0, undated: 0 });
  expect(filter.newestDay).toBe(20261105);
});
