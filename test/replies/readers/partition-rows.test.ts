import { expect, test } from 'vitest';
import { readPartitionRows } from '../../../src/replies/readers/partition-rows.ts';
import { partitionOf } from '../../encoders/encode.ts';

async function read(...[encoding, text, names, wanted]: [...Parameters<typeof partitionOf>, string[]]) {
  const rows: unknown[][] = [];
  let rejected = 0;
  for await (const batch of readPartitionRows(partitionOf(encoding, text, names), wanted)) {
    rows.push(...batch.rows);
    rejected += batch.rejected;
  }
  return { rows, rejected };
}

test('cells of a table come in the order that is wanted; empty and unknown ones are null', async () => {
  const text = 'id,b\n1,"x,\ny"\n\n2,\n3\n4,x,y\n';
  expect(await read('csv', text, ['id', 'b'], ['b', 'none', 'id'])).toEqual({
    rows: [
      ['x,\ny', null, '1'],
      [null, null, '2'],
    ],
    rejected: 2,
  });
});

test('values of objects come in the order that is wanted; missing ones are null', async () => {
  const text = '{"id":"a","b":{"c":false}}\n\n{"b":null}\n[]\n{"id":0}\n';
  expect(await read('ndjson', text, ['id', 'b'], ['b', 'id'])).toEqual({
    rows: [
      [{ c: false }, 'a'],
      [null, null],
      [null, 0],
    ],
    rejected: 1,
  });
});
