import { expect, it } from 'vitest';
import { copyShared } from '../../../src/shaping/slabs/copy-shared.ts';

it('copies between memory that is shared and memory that is not, at any place', () => {
  const shared = Buffer.from(new SharedArrayBuffer(16));
  copyShared(Buffer.from('a row'), shared, 3);
  const own = Buffer.alloc(8, '.');
  copyShared(shared.subarray(3, 8), own, 1);
  expect(own.toString()).toBe('.a row..');
});

it('copies nothing', () => {
  const own = Buffer.from('as it was');
  copyShared(Buffer.alloc(0), own, 2);
  copyShared(Buffer.alloc(0), own, own.length);
  expect(own.toString()).toBe('as it was');
});
