import { describe, expect, test } from 'vitest';
import type { Rebuilt, RowShape } from '../../../src/contracts/target.ts';
import { createNdjsonFormat } from '../../../src/formats/ndjson.ts';
import { createShaping } from '../../../src/shaping/shaping.ts';
import { createSupply } from '../../../src/shaping/blocks/supply.ts';
import { deliver } from '../delivered.ts';
import { memoryInput } from '../memory-input.ts';

function supplyOf(content: string, shape: RowShape) {
  const rules = {
    shape,
    idField: 'id',
    fillId: 'position',
    recipe: 'r',
    oldEvents: 'warn',
    nowMs: 1e13,
  } as const;
  const options = { inputIndex: 0, format: createNdjsonFormat(), maxRowBytes: 1e6 };
  return createSupply({ ...options, input: memoryInput(content), shaping: createShaping(rules) });
}

const CALLS: RowShape = {
  required: [
    { path: 'request', type: 'object', reason: 'request-missing' },
    { path: 'request.time', reason: 'request-time-missing' },
    { path: 'response', when: 'response', type: 'object', reason: 'response-not-an-object' },
    { path: 'response.status', when: 'response', type: 'integer', reason: 'status-missing' },
  ],
  times: [{ path: 'request.time', oldAfterMs: 1000, oldReason: 'old-event' }],
};

describe('demands on nested places', () => {
  test('a row that meets them leaves as its bytes', async () => {
    const row = '{ "id":"x", "request" : {"time":"2024-06-04T00:00:00Z"}, "n": 1.50 , "response":null}';
    const { text, changes, warnings } = await deliver(supplyOf(`${row}\n`, CALLS));
    expect({ text, changes, warnings }).toEqual({
      text: `${row}\n`,
      changes: {},
      warnings: { 'old-event': 1 },
    });
  });

  test('an id is put in without touching the rest', async () => {
    const { text, changes } = await deliver(supplyOf('{ "request":{"time":"2024-06-04T00:00:00Z"}}', CALLS));
    expect(text).toMatch(/^\{"id":"[0-9a-f-]{36}", "request":\{"time":"2024-06-04T00:00:00Z"\}\}\n$/);
    expect(changes).toEqual({ 'id-filled': 1 });
  });

  test('a number as time is sent as text', async () => {
    const { text, changes } = await deliver(supplyOf('{"id":"x","request":{"time":1717459200}}', CALLS));
    expect(text).toBe('{"id":"x","request":{"time":"2024-06-04T00:00:00Z"}}\n');
    expect(changes).toEqual({ 'time-from-number': 1 });
  });

  test.each([
    ['{}', 'request-missing'],
    ['{"request":[]}', 'request-missing'],
    ['{"request":{}}', 'request-time-missing'],
    ['{"request":{"time":"x"}}', 'time-unreadable'],
    ['{"request":{"time":0},"response":1}', 'response-not-an-object'],
    ['{"request":{"time":0},"response":{"status":"200"}}', 'status-missing'],
    ['{"request":{"time":0},"response":{"status":200.5}}', 'status-missing'],
  ])('%s: %s', async (row, reason) => {
    const { rejects, rows } = await deliver(supplyOf(row, CALLS));
    expect(rejects).toMatchObject([{ reason }]);
    expect(rows).toBe(0);
  });
});

describe('rows that the target rebuilds', () => {
  const splitting = (row: Record<string, unknown>): Rebuilt => {
    const { parts } = row;
    if (parts === 'none') return { events: [] };
    if (typeof parts !== 'number')
      return parts === undefined ? { events: [row] } : { reason: 'odd', message: 'm' };
    const events = Array.from({ length: parts }, (_, part) => ({ part }));
    return { events, changes: ['split'], warnings: ['w'] };
  };
  const shape: RowShape = { required: [], rebuild: splitting };
  const rows = [
    '{"parts":3}',
    '{"a" : 1,"id":"x"}',
    '{"parts":"x"}',
    '{"parts":2}',
    '{"parts":"none"}',
    '',
  ].join('\n');

  test('one row may be several events, each with its own id', async () => {
    const { text, blocks, rejects, changes, warnings } = await deliver(supplyOf(rows, shape));
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; part?: number });
    expect(events.map(({ part }) => part)).toEqual([0, 1, 2, undefined, 0, 1]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(6);
    expect(text).toContain('{"a" : 1,"id":"x"}\n');
    expect(blocks).toMatchObject([{ rows: 3, events: 6, withoutId: 0 }]);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [3, 'odd'],
      [5, 'event-empty'],
    ]);
    expect(changes).toEqual({ split: 2, 'id-filled': 2 });
    expect(warnings).toEqual({ w: 2 });
  });

  test('limits count events, and a row stays whole', async () => {
    const { blocks } = await deliver(supplyOf(rows, shape), undefined, { maxRows: 2, maxBytes: 1e6 });
    expect(blocks.map(({ events }) => events)).toEqual([3, 1, 2]);
  });

  test('events are located at their rows', async () => {
    const range = { from: 0, to: rows.length, line: 1 };
    const places = await supplyOf(rows, shape).locate(range, [0, 2, 3, 4, 5]);
    expect(places.map(({ line }) => line)).toEqual([1, 1, 2, 4, 4]);
  });
});
