import { expect, test } from 'vitest';
import type { Slab } from '../../src/contracts/input.ts';
import { readSlabs, SlabPool } from '../../src/sources/slabs.ts';

const slabBytes = 2 * 1024 * 1024;

/** A source whose fills end when the test says so, in any order. */
function heldSource(slabs: number) {
  const begun: (() => void)[] = [];
  const source = {
    fill: (buffer: Buffer): Promise<number> => {
      const number = begun.length;
      return new Promise((resolve) =>
        begun.push(() => resolve(number < slabs ? buffer.fill(number).length : 0)),
      );
    },
    canFillAhead: () => begun.length < slabs,
    stop: () => undefined,
  };
  return { begun, source };
}

test('slabs that are read at once come in order, whichever is there first', async () => {
  const { begun, source } = heldSource(3);
  const reader = readSlabs(new SlabPool(2), 0, source);
  const slabs: Slab[] = [];
  const first = reader.next();
  begun[0]?.();
  slabs.push((await first).value as Slab);
  expect(begun).toHaveLength(3);
  for (const end of begun.slice(1).toReversed()) end();
  for (let count = 1; count < 3; count++) slabs.push((await reader.next()).value as Slab);
  expect(slabs.map(({ offset, bytes }) => [offset, bytes[0]])).toEqual(
    [0, 1, 2].map((number) => [number * slabBytes, number]),
  );
  slabs.forEach((slab) => slab.release());
  const last = reader.next();
  begun[3]?.();
  expect((await last).done).toBe(true);
});

test('what is read ahead counts as lent, and a reader that waits for room can stop', async () => {
  const pool = new SlabPool();
  const { begun, source } = heldSource(20);
  const reader = readSlabs(pool, 0, source);
  const held: Slab[] = [];
  while (held.length < pool.lent) {
    const next = reader.next();
    begun.forEach((end) => end());
    held.push((await next).value as Slab);
  }
  expect(begun).toHaveLength(pool.lent);
  await reader.return(undefined);
});
