import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RowShape } from '../../src/contracts/target.ts';
import { createFormat } from '../../src/formats/options.ts';
import { readReshaping, type ShapingSettings } from '../../src/shaping/reshape/options.ts';
import { createShaping } from '../../src/shaping/shaping.ts';
import { createSupply } from '../../src/shaping/blocks/supply.ts';
import { deliver } from '../shaping/delivered.ts';
import { memoryInput } from '../shaping/memory-input.ts';
import { places, rowsOf } from './rows.ts';

const SHAPE: RowShape = {
  required: [{ path: '$time', reason: 'time-missing' }],
  times: [{ path: '$time', oldReason: 'old-event' }],
};
const COMMON = { $time: '2026-11-20T00:00:00Z', $package: '970493a1-4ca0-4a4d-a085-fdce578e5a08' };

function read(name: string, settings: Partial<ShapingSettings> = {}) {
  const content = readFileSync(new URL(`../../fixtures/rows/${name}`, import.meta.url));
  const format = createFormat(
    { format: 'auto', empty: 'omit' },
    { path: name, head: { bytes: content, isWhole: true } },
  );
  const reshaping = readReshaping({ typeErrors: 'reject', decimal: '.', timeZone: 'UTC', ...settings });
  const rules = {
    shape: SHAPE,
    fillId: 'off',
    recipe: 'r',
    oldEvents: 'warn',
    nowMs: 0,
    ...reshaping,
  } as const;
  const input = memoryInput(content, [50]);
  return deliver(
    createSupply({ input, inputIndex: 0, format, shaping: createShaping(rules), maxRowBytes: 1e6 }),
  );
}

test('odd.ndjson: everything that goes wrong in a file of lines', async () => {
  const delivered = await read('odd.ndjson');
  const [first, ...others] = delivered.text.split('\n').slice(0, -1);
  expect(JSON.parse(first!)).toEqual({ ...COMMON, n: 1 });
  expect(others[0]).toContain('"n":12345678901234567890}');
  expect(others.slice(1).map((line): unknown => JSON.parse(line))).toEqual([
    { ...COMMON, name: 'café' },
    { ...COMMON, last: true },
  ]);
  expect(places(delivered)).toEqual([
    [3, 1, 'not-json'],
    [5, 'time-missing'],
    [6, 1, 'not-an-object'],
    [7, 83, 'more-than-one-value'],
    [9, 13, 'not-utf8'],
  ]);
});

test('visits.csv: a table as spreadsheets write it', async () => {
  const delivered = await read('visits.csv', { map: ['when=$time', 'ip=$remote_address'] });
  expect(rowsOf(delivered)).toEqual([
    {
      $time: '2026-11-20T00:00:00Z',
      $remote_address: '192.0.2.7',
      note: 'a "quoted" word, a comma\r\nand a line end',
    },
    { $time: '2026-11-20T06:30:00Z', $remote_address: '192.0.2.8', note: '007' },
    { $time: '2026-11-20T00:00:00Z', $remote_address: '192.0.2.11' },
  ]);
  expect(places(delivered)).toEqual([
    [5, 'ragged-row'],
    [6, 33, 'unclosed-quote'],
  ]);
  expect(delivered.changes).toEqual({ 'time-zone-assumed': 1, 'time-from-number': 1 });
});

test('visits.json: an array laid out for people', async () => {
  const delivered = await read('visits.json');
  expect(rowsOf(delivered)).toEqual([{ ...COMMON, tags: ['a', { b: 1.5 }] }, COMMON]);
  expect(delivered.text).toContain('{"b": 1.50}');
  expect(places(delivered)).toEqual([[7, 'not-an-object']]);
});
