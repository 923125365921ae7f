import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { BegunFile } from '../../src/contracts/encoder.ts';
import { CsvEncoder } from '../../src/encoders/csv-encoder.ts';
import { GzipEncoder } from '../../src/encoders/gzip-encoder.ts';
import { encodeBytes, partitionOf, piecesOf, untold } from './encode.ts';

function open(begun?: BegunFile): GzipEncoder {
  return new GzipEncoder(new CsvEncoder({ excelSafe: false, byteOrderMark: false, ...untold }, begun));
}

test('the file is what the format inside writes, compressed, with its counts and columns', async () => {
  const encoder = open();
  const rows = partitionOf('csv', 'id,b\n1,x\n2,y\n', ['id', 'b']);
  const bytes = await encodeBytes(encoder, [rows]);
  expect(gunzipSync(bytes).toString()).toBe('id,b\n1,x\n2,y\n');
  expect(encoder.counts()).toEqual({ rows: 2, rejected: 0 });
  expect(encoder.columns()).toEqual(['id', 'b']);
});

test('a partition of plain bytes is not adopted, although the format inside would', () => {
  expect(open().adopt()).toBe(false);
});

test('a file without rows is compressed too', async () => {
  const bytes = await encodeBytes(open(), [], [{ name: 'id', type: 'text' }]);
  expect(gunzipSync(bytes).toString()).toBe('id\r\n');
});

test('lacks what the format inside lacks', () => {
  const begun = open({ columns: [{ name: 'id', type: 'text' }], rows: 1, rejected: 0 });
  const rows = partitionOf('csv', 'id,b\n1,x\n', ['id', 'b']);
  expect(begun.lacks(rows)).toEqual([{ name: 'b', type: 'text' }]);
});

test('bytes that compress badly come in their order, each once', async () => {
  const lines = randomBytes(1_500_000)
    .toString('base64')
    .replaceAll(/.{1000}/g, '$&\n');
  const bytes = Buffer.from(`id\n${lines}\n`);
  const rows = { ...partitionOf('csv', 'id\n', ['id']), read: () => piecesOf(bytes, 70_000) };
  expect(gunzipSync(await encodeBytes(open(), [rows])).equals(bytes)).toBe(true);
});
