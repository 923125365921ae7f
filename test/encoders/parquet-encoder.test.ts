import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { expect, test } from 'vitest';
import { ParquetEncoder } from '../../src/encoders/parquet-encoder.ts';
import { encodeBytes, partitionOf, piecesOf, untold } from './encode.ts';

/** The bytes as hyparquet's reader wants them. */
function fileOf(bytes: Buffer): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

test('leaves out and counts a row that its types cannot hold; empty cells are null', async () => {
  const encoder = new ParquetEncoder(untold);
  const rows = partitionOf('csv', 'id,total\na,1\nb,many\nc,\n', ['id', 'total']);
  const file = fileOf(await encodeBytes(encoder, [rows]));
  expect(encoder.counts()).toEqual({ rows: 2, rejected: 1 });
  expect(await parquetReadObjects({ file })).toEqual([
    { id: 'a', total: 1n },
    { id: 'c', total: null },
  ]);
});

test('counts rows that are no rows, and writes the others of several partitions into one table', async () => {
  const encoder = new ParquetEncoder(untold);
  const file = fileOf(
    await encodeBytes(encoder, [
      partitionOf('csv', 'id,dnt\na,true\nb\n', ['id', 'dnt']),
      partitionOf('csv', 'dnt,id\nf,c\n', ['dnt', 'id']),
    ]),
  );
  expect(encoder.counts()).toEqual({ rows: 2, rejected: 1 });
  expect(await parquetReadObjects({ file })).toEqual([
    { id: 'a', dnt: true },
    { id: 'c', dnt: false },
  ]);
});

test('a table without rows has the published columns and no row group', async () => {
  const encoder = new ParquetEncoder(untold);
  const file = fileOf(await encodeBytes(encoder, [], [{ name: 'total', type: 'integer' }]));
  const metadata = parquetMetadata(file);
  expect(parquetSchema(metadata).children.map(({ element }) => element.name)).toEqual(['total']);
  expect(metadata.row_groups).toEqual([]);
  expect(encoder.columns()).toEqual(['total']);
});

test('rows of more than one group come back in order, no group is empty, and none waits for the end', async () => {
  const text = `total\n${Array.from({ length: 40_000 }, (_, index) => index).join('\n')}\n`;
  const encoder = new ParquetEncoder(untold);
  const parts: Uint8Array[] = [];
  const whole = {
    ...partitionOf('csv', text, ['total']),
    read: () => piecesOf(Buffer.from(text), text.length),
  };
  for await (const part of encoder.add(whole)) parts.push(part);
  expect(parts).toHaveLength(2);
  for await (const part of encoder.end([])) parts.push(part);
  const file = fileOf(Buffer.concat(parts));
  expect(parquetMetadata(file).row_groups.map(({ num_rows }) => num_rows)).toEqual([20_000n, 20_000n]);
  expect(await parquetReadObjects({ file, rowStart: 19_998, rowEnd: 20_002 })).toEqual(
    [19_998n, 19_999n, 20_000n, 20_001n].map((total) => ({ total })),
  );
});

test('nothing is adopted and no column is added later: the schema is fixed', async () => {
  const encoder = new ParquetEncoder(untold);
  const rows = partitionOf('csv', 'id\na\n', ['id']);
  expect(encoder.adopt()).toBe(false);
  await encodeBytes(encoder, [rows]);
  expect(encoder.lacks()).toEqual([]);
});
