import { describe, expect, test } from 'vitest';
import { RowOffsetList, type RowArrays } from '../../../src/replies/readers/row-offsets.ts';

/** What a kernel would say of so many rows of ten bytes, every second of which has no id. */
function found(count: number): RowArrays {
  const numbers = (first: number) => Int32Array.from({ length: count }, (_, row) => first + 10 * row);
  const alternating = (first: number) => numbers(first).map((at, row) => (row % 2 === 0 ? at : -1));
  return {
    ...{ from: numbers(0), to: numbers(10), timeFrom: numbers(6), timeTo: numbers(9) },
    ...{ idFrom: alternating(1), idTo: alternating(5), day: numbers(20_261_101) },
    isUuid: Uint8Array.from({ length: count }, (_, row) => row % 2),
    idWords: Uint32Array.from({ length: 4 * count }, (_, index) => index),
  };
}

describe('positions of rows', () => {
  test('of a row that was just added are those of its bytes alone', () => {
    const rows = new RowOffsetList();
    rows.addAll(found(1), 1, 0);
    rows.broken[0] = 1;
    rows.clear();
    expect([rows.count, rows.consumed]).toEqual([0, 0]);
    expect(rows.add(3, 7)).toBe(0);
    const { from, to, idFrom, idTo, timeFrom, timeTo, day, isUuid, broken } = rows;
    const first = [from, to, idFrom, idTo, timeFrom, timeTo, day, isUuid, broken].map((array) => array[0]);
    expect(first).toEqual([3, 7, -1, -1, -1, -1, -1, 0, 0]);
  });

  test.each([1, 5_000])('of %i rows of a kernel follow those before, as far on as they are', (count) => {
    const rows = new RowOffsetList();
    rows.add(0, 100);
    rows.broken.fill(1);
    rows.addAll(found(count), count, 100);
    expect(rows.count).toBe(count + 1);
    const last = rows.count - 1;
    const expected = found(count);
    const isEven = (count - 1) % 2 === 0;
    expect(rows.from[last]).toBe((expected.from[count - 1] ?? 0) + 100);
    expect(rows.idFrom[last]).toBe(isEven ? (expected.idFrom[count - 1] ?? 0) + 100 : -1);
    expect(rows.timeTo[last]).toBe((expected.timeTo[count - 1] ?? 0) + 100);
    expect([...rows.day.subarray(1, rows.count)]).toEqual([...expected.day]);
    expect([...rows.isUuid.subarray(1, rows.count)]).toEqual([...expected.isUuid]);
    expect([...rows.idWords.subarray(4, 4 * rows.count)]).toEqual([...expected.idWords]);
    expect(rows.broken.subarray(0, rows.count).indexOf(1, 1)).toBe(-1);
    expect(rows.broken[0]).toBe(1);
  });

  test('grow without losing one', () => {
    const rows = new RowOffsetList();
    rows.addAll(found(4_000), 4_000, 0);
    for (let row = 4_000; row < 9_000; row++) rows.add(10 * row, 10 * row + 10);
    expect(rows.from.subarray(0, 9_000).every((from, row) => from === 10 * row)).toBe(true);
    expect([rows.idFrom[0], rows.idFrom[1], rows.idFrom[8_999]]).toEqual([1, -1, -1]);
    expect([rows.idWords[4], rows.isUuid[3_999], rows.isUuid[8_999]]).toEqual([4, 1, 0]);
  });
});
