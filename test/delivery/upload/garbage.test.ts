import { expect, test } from 'vitest';
import { collectNowAndThen } from '../../../src/delivery/upload/garbage.ts';
import type { Piece } from '../../../src/records.ts';

test('old objects are collected each time a gigabyte of rows was packed', () => {
  let collections = 0;
  const collect = collectNowAndThen({ collectGarbage: () => void (collections += 1) });
  const piece = { bytes: 150_000_000 } as Piece;
  const seen = Array.from({ length: 9 }, () => {
    collect({ pieces: [piece, piece] });
    return collections;
  });
  expect(seen).toEqual([0, 0, 0, 1, 1, 1, 1, 2, 2]);
});
