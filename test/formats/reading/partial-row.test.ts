/** The beginning of a row that slabs cut: what is in it, and when it is worth reading once more. */
import { expect, test } from 'vitest';
import { PartialRow } from '../../../src/formats/reading/partial-row.ts';

/** So many bytes that were read without finding an end, and more behind them. */
function rowOf({ seen, more }: { seen: number; more: number }): PartialRow {
  const row = new PartialRow();
  row.restart(Buffer.alloc(seen, 's'));
  row.append(Buffer.alloc(more, 'm'));
  return row;
}

const textOf = (row: PartialRow) => row.bytes.toString();

test('it has nothing at first, then what is appended', () => {
  const row = new PartialRow();
  expect([row.length, textOf(row), row.hasNew, row.wanted]).toEqual([0, '', false, 0]);
  for (const piece of ['a', 'bc', '', 'def']) row.append(Buffer.from(piece));
  expect([row.length, textOf(row), row.hasNew]).toEqual([6, 'abcdef', true]);
});

test('it begins anew with a copy of what was read already', () => {
  const bytes = Buffer.from('abc');
  const row = rowOf({ seen: 10, more: 5 });
  row.restart(bytes);
  bytes.fill('x');
  expect([row.length, textOf(row), row.hasNew]).toEqual([3, 'abc', false]);
  row.append(Buffer.from('d'));
  expect([row.length, textOf(row), row.hasNew]).toEqual([4, 'abcd', true]);
});

test('bytes that were handed out stay as they are', () => {
  const row = new PartialRow();
  row.append(Buffer.from('abcdefgh'));
  const early = row.bytes;
  row.append(Buffer.from('i'));
  const later = row.bytes;
  row.append(Buffer.from('j'));
  row.keepFrom(3);
  row.append(Buffer.from('k'));
  expect([early.toString(), later.toString(), textOf(row)]).toEqual(['abcdefgh', 'abcdefghi', 'defghijk']);
});

test.each([
  [0, 'abcdef'],
  [1, 'bcdef'],
  [4, 'ef'],
  [6, ''],
])('from %d on it keeps "%s", all of it read', (at, kept) => {
  const row = new PartialRow();
  row.append(Buffer.from('abcdef'));
  row.keepFrom(at);
  expect([row.length, textOf(row), row.hasNew]).toEqual([kept.length, kept, false]);
});

test.each([
  ['a short row is read whenever bytes come', 65_535, 0, 0],
  ['a long one when it is twice as long', 65_536, 0, 65_536],
  ['what came counts', 65_536, 65_000, 536],
  ['then it is', 65_536, 65_536, 0],
  ['longer than that', 65_536, 70_000, 0],
  ['each time twice as long', 131_072, 1, 131_071],
])('%s: %d bytes read and %d more want %d', (_, seen, more, wanted) => {
  expect(rowOf({ seen, more }).wanted).toBe(wanted);
});

test('read without an end, it wants to be twice as long again', () => {
  const row = rowOf({ seen: 65_536, more: 65_536 });
  row.keepFrom(0);
  expect([row.wanted, row.hasNew]).toEqual([131_072, false]);
});

test('it grows by half at least, so that it is not copied for each piece', () => {
  const row = new PartialRow();
  row.append(Buffer.alloc(1_000));
  const memories = new Set<ArrayBufferLike>();
  for (let count = 0; count < 1_000; count++) {
    row.append(Buffer.from('x'));
    memories.add(row.bytes.buffer);
  }
  expect(row.length).toBe(2_000);
  expect(memories.size).toBe(2);
});
