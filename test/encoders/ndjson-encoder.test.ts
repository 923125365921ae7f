import { describe, expect, test } from 'vitest';
import { NdjsonEncoder } from '../../src/encoders/ndjson-encoder.ts';
import { encode, encodeBytes, partitionOf, untold } from './encode.ts';

describe('NDJSON', () => {
  test('types cells by their columns, keeps digits, and loses nothing to a type', async () => {
    const text = 'id,latitude,dnt,total\n007,-33.860,TRUE,9007199254740993\n"",north,maybe,\n';
    const partition = partitionOf('csv', text, ['id', 'latitude', 'dnt', 'total']);
    const encoder = new NdjsonEncoder(untold);
    expect(await encode(encoder, partition)).toBe(
      '{"id":"007","latitude":-33.860,"dnt":true,"total":9007199254740993}\n' +
        '{"id":null,"latitude":"north","dnt":"maybe","total":null}\n',
    );
  });

  test('chooses keys of NDJSON, numbers as they were', async () => {
    const partition = partitionOf('ndjson', '{"a":1.50,"b":12345678901234567890,"c":[1]}\n', ['a', 'b', 'c']);
    const encoder = new NdjsonEncoder({ ...untold, columns: ['c', 'b'] });
    expect(await encode(encoder, partition)).toBe('{"c":[1],"b":12345678901234567890}\n');
  });
});

test('the column that the path holds is in no line, and lines without it pass', async () => {
  const choice = { ...untold, partitionColumn: 'date' };
  const rows = partitionOf('ndjson', '{"date":"2026-11-01","n":12345678901234567890}\n', ['date', 'n']);
  expect(await encode(new NdjsonEncoder(choice), rows)).toBe('{"n":12345678901234567890}\n');
  const plain = partitionOf('ndjson', '{"n": 1}\n', ['n']);
  expect(await encode(new NdjsonEncoder(choice), plain)).toBe('{"n": 1}\n');
});

test('a first partition that passes is adopted and counted; no later one is', async () => {
  const rows = partitionOf('ndjson', '{"n": 1}\n{"n": 2}\n', ['n']);
  const encoder = new NdjsonEncoder(untold);
  expect([encoder.adopt(rows), encoder.adopt(rows)]).toEqual([true, false]);
  expect(await encode(encoder, rows)).toBe('{"n": 1}\n{"n": 2}\n');
  expect(encoder.counts()).toEqual({ rows: 4, rejected: 0 });
});

test.each([
  ['chosen keys', { columns: ['n'] }, 'ndjson', '{"n":1,"b":2}\n'],
  ['a key that the path holds', { partitionColumn: 'b' }, 'ndjson', '{"n":1,"b":2}\n'],
  ['cells of a table', {}, 'csv', 'n,b\n1,2\n'],
] as const)('%s are written anew, not adopted', (_what, choice, encoding, text) => {
  const encoder = new NdjsonEncoder({ ...untold, ...choice });
  expect(encoder.adopt(partitionOf(encoding, text, ['n', 'b']))).toBe(false);
  expect(encoder.counts().rows).toBe(0);
});

test('after rows that were written anew nothing is adopted', async () => {
  const encoder = new NdjsonEncoder(untold);
  await encode(encoder, partitionOf('csv', 'n\n1\n', ['n']));
  expect(encoder.adopt(partitionOf('ndjson', '{"n":1}\n', ['n']))).toBe(false);
});

test('lines that are no objects are counted and left out', async () => {
  const encoder = new NdjsonEncoder({ ...untold, columns: ['n'] });
  expect(await encode(encoder, partitionOf('ndjson', '{"n":1}\n[2]\n{"n":\n', ['n']))).toBe('{"n":1}\n');
  expect(encoder.counts()).toEqual({ rows: 1, rejected: 2 });
});

test('published columns that no row has are in no line', async () => {
  const rows = partitionOf('csv', 'n,b\n1,x\n', ['n', 'b']);
  const columns = rows.columns.map((one) => (one.name === 'b' ? { ...one, isAbsent: true } : one));
  expect(await encode(new NdjsonEncoder(untold), { ...rows, columns })).toBe('{"n":"1"}\n');
});

test('a file without rows has no bytes, and the published columns', async () => {
  const encoder = new NdjsonEncoder(untold);
  expect((await encodeBytes(encoder, [], [{ name: 'n', type: 'number' }])).length).toBe(0);
  expect(encoder.columns()).toEqual(['n']);
});
