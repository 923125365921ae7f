import { expect, test } from 'vitest';
import type { Format } from '../../src/contracts/format.ts';
import type { Input, Slab } from '../../src/contracts/input.ts';
import { createFormat } from '../../src/formats/options.ts';
import { createShaping } from '../../src/shaping/shaping.ts';
import { createSupply } from '../../src/shaping/blocks/supply.ts';
import { memoryInput } from '../shaping/memory-input.ts';
import { deliver, type Delivered } from '../shaping/delivered.ts';
import { places } from './rows.ts';

const MEGABYTE = 1024 * 1024;
const MAX_ROW_BYTES = 16 * MEGABYTE;

/** A part of an input that exists only while it is read: bytes, or so many of the letter x. */
type Part = string | Buffer | number;

/** An input of any length in two slabs of memory. */
function generatedInput(parts: readonly Part[]): Input {
  const filler = Buffer.alloc(2 * MEGABYTE, 'x');
  async function* read(from: number, to = Number.POSITIVE_INFINITY): AsyncGenerator<Slab> {
    let offset = 0;
    for (const part of parts) {
      const length = typeof part === 'number' ? part : Buffer.byteLength(part);
      for (let at = Math.max(0, from - offset); at < length && offset + at < to;) {
        const size = Math.min(length - at, filler.length, to - offset - at);
        const bytes =
          typeof part === 'number' ? filler.subarray(0, size) : Buffer.from(part).subarray(at, at + size);
        yield { bytes, offset: offset + at, release: () => undefined };
        at += size;
      }
      offset += length;
    }
  }
  return {
    path: 'generated',
    sourceBytes: undefined,
    readSourceBytes: () => 0,
    kind: 'file',
    read,
    settledUpTo: async () => undefined,
    close: async () => undefined,
  };
}

function formatNamed(name: 'ndjson' | 'csv' | 'json' | 'text'): Format {
  return createFormat(
    { format: name, empty: 'omit' },
    { path: 'generated', head: { bytes: Buffer.alloc(0), isWhole: true } },
  );
}

const RULES = { shape: { required: [] }, fillId: 'off', recipe: 'r', oldEvents: 'warn', nowMs: 0 } as const;

async function read(format: Format, parts: readonly Part[]): Promise<Delivered> {
  const options = { inputIndex: 0, format, shaping: createShaping(RULES), maxRowBytes: MAX_ROW_BYTES };
  return deliver(createSupply({ ...options, input: generatedInput(parts) }));
}

const AROUND = {
  ndjson: { before: '{"a":1}\n{"b":"', after: '"}\n{"c":3}\n' },
  csv: { before: 'a,b\n1,2\n3,', after: '\n4,5\n' },
  json: { before: '[{"a":1},\n{"b":"', after: '"},\n{"c":3}]' },
  text: { before: 'a\n', after: '\nb\n' },
} as const;
const NAMES = ['ndjson', 'csv', 'json', 'text'] as const;

test.each(NAMES)('%s: a row of 300 MB is one reject, in flat memory', async (name) => {
  const { before, after } = AROUND[name];
  let peakBytes = 0;
  const parts = [before, 300 * MEGABYTE, after];
  const watched = formatNamed(name);
  const scanner = watched.scanner.bind(watched);
  const format: Format = {
    ...watched,
    scanner: (start) => {
      const inner = scanner(start);
      const scan = inner.scan.bind(inner);
      return Object.assign(inner, {
        scan: (...given: Parameters<typeof scan>) => {
          peakBytes = Math.max(peakBytes, given[0].length);
          return scan(...given);
        },
      });
    },
  };
  const delivered = await read(format, parts);
  expect(delivered.rows).toBe(2);
  expect(delivered.rejects.map(({ line, reason }) => [line, reason])).toEqual([
    [name === 'csv' ? 3 : 2, 'row-too-long'],
  ]);
  const rejected = delivered.rejects[0]!;
  expect(rejected.to - rejected.from).toBeGreaterThanOrEqual(300 * MEGABYTE);
  expect(peakBytes).toBeLessThan(MAX_ROW_BYTES + 4 * MEGABYTE);
});

test.each(NAMES)('%s: 16 MiB are a row, and one byte more is a reject', async (name) => {
  const { before, after } = AROUND[name];
  const context = { ndjson: '{"b":""}', csv: '3,', json: '{"b":""}', text: '' }[name].length;
  const longest = await read(formatNamed(name), [before, MAX_ROW_BYTES - context, after]);
  expect(longest).toMatchObject({ rows: 3, rejects: [] });
  const longer = await read(formatNamed(name), [before, MAX_ROW_BYTES - context + 1, after]);
  expect(longer).toMatchObject({ rows: 2, rejects: [{ reason: 'row-too-long' }] });
});

test.each([
  ['ndjson', `{"a":"${'x'.repeat(92)}"}\r\n{"a":1}\r\n`, 0],
  ['csv', `a\r\n${'x'.repeat(100)}\r\n1\r\n`, 3],
  ['text', `${'x'.repeat(100)}\r\n1\r\n`, 0],
] as const)('%s: a row too long ends before its line end, wherever it is cut', async (name, text, from) => {
  for (let cut = 96; cut < 108; cut++) {
    const options = { inputIndex: 0, format: formatNamed(name), shaping: createShaping(RULES) };
    const input = memoryInput(text, [cut, 1]);
    const { rows, rejects } = await deliver(createSupply({ ...options, input, maxRowBytes: 50 }));
    expect(rows).toBe(1);
    expect(rejects).toMatchObject([{ from, to: from + 100, reason: 'row-too-long' }]);
  }
});

test('an input that ends inside a character costs its last row', async () => {
  const cut = Buffer.from('é').subarray(0, 1);
  expect(places(await read(formatNamed('ndjson'), ['{"a":1}\n{"b":"', cut]))).toEqual([[2, 7, 'not-utf8']]);
  expect(places(await read(formatNamed('csv'), ['a,b\n1,2\n3,', cut]))).toEqual([[3, 3, 'not-utf8']]);
  expect(places(await read(formatNamed('text'), ['a\nb', cut]))).toEqual([[2, 2, 'not-utf8']]);
});

test('a stray quote in a million rows costs one row', async () => {
  const rows = Array.from({ length: 1000 }, (_, index) => `${index},row number ${index}\n`).join('');
  const thousands = Array.from({ length: 999 }, () => rows);
  const stray = rows.replace('10,row', '10,"row');
  const delivered = await read(formatNamed('csv'), ['a,b\n', stray, ...thousands]);
  expect(delivered.rows).toBe(999_999);
  expect(places(delivered)).toEqual([[12, 4, 'unclosed-quote']]);
});
