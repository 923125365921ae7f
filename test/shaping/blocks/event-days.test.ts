import { expect, test } from 'vitest';
import type { RowShape } from '../../../src/contracts/target.ts';
import { createNdjsonFormat } from '../../../src/formats/ndjson.ts';
import { NO_DAY } from '../../../src/records.ts';
import { withEventDays } from '../../../src/shaping/blocks/event-days.ts';
import { createSupply } from '../../../src/shaping/blocks/supply.ts';
import { createShaping } from '../../../src/shaping/shaping.ts';
import { memoryInput } from '../memory-input.ts';

const DAY_20783 = '2026-11-26';

async function daysOf(rows: readonly unknown[], shape: RowShape): Promise<number[]> {
  const text = rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join('');
  const rules = { shape, fillId: 'off', recipe: 'r', oldEvents: 'send', nowMs: 0 } as const;
  const supply = createSupply({
    input: memoryInput(text, [7]),
    inputIndex: 0,
    format: createNdjsonFormat(),
    shaping: createShaping(rules),
    maxRowBytes: 1 << 20,
  });
  const days: number[] = [];
  const limits = { maxRows: 3, maxBytes: 1 << 20 };
  for await (const block of withEventDays(supply, shape).blocks({ from: 0, line: 1 }, limits)) {
    days.push(...(block.days ?? []));
    block.release();
  }
  return days;
}

test('the day of each event, whatever its time looks like in the input', async () => {
  const shape = { required: [], times: [{ path: '$time' }] };
  const rows = [
    { $time: `${DAY_20783}T23:59:59.999Z` },
    { a: 1, $time: `${DAY_20783}T23:30:00-01:00` },
    { $time: 1_795_651_200 },
    { a: 'no time' },
    '{"$time":"2026-11-26T00:00:00Z","\\u0024time":"2026-11-28T00:00:00Z"}',
    { $time: '1969-12-31T23:59:59Z' },
  ];
  expect(await daysOf(rows, shape)).toEqual([20_783, 20_784, 20_783, NO_DAY, 20_785, -1]);
});

test('of times inside of a row, and of those sent as numbers', async () => {
  const nested = { required: [], times: [{ path: 'request.time' }] };
  expect(await daysOf([{ request: { time: `${DAY_20783}T10:00:00Z` } }, { request: {} }], nested)).toEqual([
    20_783,
    NO_DAY,
  ]);
  const epoch: RowShape = { required: [], times: [{ path: 'at', writes: 'epoch-ms' }] };
  expect(await daysOf([{ at: `${DAY_20783}T10:00:00Z` }], epoch)).toEqual([20_783]);
});

test('none for a target whose events have no time', async () => {
  expect(await daysOf([{ a: 1 }], { required: [] })).toEqual([]);
});
