import { describe, expect, test } from 'vitest';
import type { Encoder } from '../../src/contracts/encoder.ts';
import { fullColumnsFormat } from '../../src/encoders/full-columns.ts';
import { createOutputFormat, outputKindNamed, type OutputKind } from '../../src/encoders/outputs.ts';
import { encode, encodeBytes, partitionOf, piecesOf, untold } from './encode.ts';

const csv = createOutputFormat(outputKindNamed('csv') as OutputKind, {
  excelSafe: false,
  byteOrderMark: false,
  ...untold,
});

function open(): Encoder {
  return fullColumnsFormat(csv).open();
}

describe('CSV for a terminal', () => {
  test('leaves out columns that are empty in every row, however many partitions there are', async () => {
    const encoder = open();
    const first = partitionOf('csv', 'id,b,c\n1,,\n2,,\n', ['id', 'b', 'c']);
    const second = partitionOf('csv', 'c,d,id\nz,,3\n', ['c', 'd', 'id']);
    expect(await encode(encoder, first, second)).toBe('id,c\n1,\n2,\n3,z\n');
    expect(encoder.counts()).toEqual({ rows: 3, rejected: 0 });
    expect(encoder.columns()).toEqual(['id', 'b', 'c', 'd']);
  });

  test('counts rows that are no rows', async () => {
    const encoder = open();
    expect(await encode(encoder, partitionOf('csv', 'id,b\n1,x\n2\n', ['id', 'b']))).toBe('id,b\n1,x\n');
    expect(encoder.counts()).toEqual({ rows: 1, rejected: 1 });
  });

  test('has every column when there are no rows: the published ones when nothing came at all', async () => {
    expect(await encode(open(), partitionOf('csv', 'id,b\n', ['id', 'b']))).toBe('id,b\n');
    const bytes = await encodeBytes(open(), [], [{ name: 'time', type: 'timestamp' }]);
    expect(bytes.toString()).toBe('time\n');
  });

  test('of more cells than anybody reads has all columns, each row once and one header', async () => {
    const wide = Array.from({ length: 1_000 }, (_, index) => `c${index}`);
    const text = `${wide.join(',')}\n${`1${','.repeat(999)}\n`.repeat(501)}`;
    const rows = { ...partitionOf('csv', text, wide), read: () => piecesOf(Buffer.from(text), text.length) };
    const last = partitionOf('csv', 'new,c1,c0\nz,y,x\n', ['new', 'c1', 'c0']);
    expect(await encode(open(), rows, last)).toBe(`${text}x,y${','.repeat(998)}\n`);
  });

  test('adopts nothing and lacks nothing', () => {
    const rows = partitionOf('csv', 'id\n1\n', ['id']);
    expect([open().adopt(rows), open().lacks(rows)]).toEqual([false, []]);
  });

  test('is the format CSV in all else', () => {
    expect(fullColumnsFormat(csv)).toMatchObject({ name: 'csv', suffix: '.csv', chosen: undefined });
  });
});
