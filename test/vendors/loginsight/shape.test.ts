import fc from 'fast-check';
import { LosslessNumber, stringify } from 'lossless-json';
import { describe, expect, test } from 'vitest';
import type { Rebuilt } from '../../../src/contracts/target.ts';
import { legalName } from '../../../src/vendors/loginsight/names.ts';
import { shapeFor, type ShapeOptions } from '../../../src/vendors/loginsight/shape.ts';
import { createNdjsonFormat } from '../../../src/formats/ndjson.ts';
import { createSupply } from '../../../src/shaping/blocks/supply.ts';
import { createShaping } from '../../../src/shaping/shaping.ts';
import { deliver } from '../../shaping/delivered.ts';
import { memoryInput } from '../../shaping/memory-input.ts';

const now = Date.parse('2026-07-01T00:00:00Z');

function rebuild(row: Record<string, unknown>, options: Partial<ShapeOptions> = {}): Rebuilt {
  const shape = shapeFor({ api: 'v1', longText: 'split', keepTime: false, now: () => now, ...options });
  return shape.rebuild?.(row) ?? { events: [] };
}

function eventsOf(rebuilt: Rebuilt): Record<string, unknown>[] {
  if ('events' in rebuilt) return rebuilt.events;
  throw new Error(rebuilt.message);
}

const vendorRow = {
  fields: [
    { name: 'StaticField', content: 'Security' },
    { name: 'PositionalField', startPosition: 6, length: 7 },
  ],
  text: 'A new process has been created.',
  timestamp: 1396622879241,
};

describe("the vendor's own shape", () => {
  test('is the very row', () => {
    const rebuilt = rebuild(vendorRow);
    expect(rebuilt).toEqual({ events: [vendorRow], changes: [], warnings: [] });
    expect(eventsOf(rebuilt)[0]).toBe(vendorRow);
  });

  test('flat for v2, a map for the cloud: ranges are written out', () => {
    expect(eventsOf(rebuild(vendorRow, { api: 'v2' }))).toEqual([
      {
        StaticField: 'Security',
        PositionalField: 'process',
        text: 'A new process has been created.',
        timestamp: 1396622879241,
      },
    ]);
    expect(eventsOf(rebuild(vendorRow, { api: 'cloud' }))).toEqual([
      {
        fields: { StaticField: 'Security', PositionalField: 'process' },
        text: 'A new process has been created.',
        timestamp: 1396622879241,
      },
    ]);
  });

  test.each([
    ['a name alone', [{ name: 'a' }], [{ name: 'a' }]],
    ['contents that are no text', [{ name: 'a', content: 7 }], [{ name: 'a', content: '7' }]],
    ['an empty range', [{ name: 'a', startPosition: 1, length: 0 }], [{ name: 'a', content: '' }]],
    ['a name for which the server refuses events', [{ name: 'timestamp' }], [{ name: 'timestamp_' }]],
  ])('%s', (_name, fields, expected) => {
    expect(eventsOf(rebuild({ text: 'abc', fields, extra: 1 }))).toEqual([
      { text: 'abc', fields: [...expected, { name: 'extra', content: '1' }] },
    ]);
  });

  test.each([
    ['no name', { content: 'x' }, 'field-malformed'],
    ['a key too many', { name: 'a', content: 'x', more: 1 }, 'field-malformed'],
    ['both content and range', { name: 'a', content: 'x', startPosition: 0, length: 1 }, 'field-malformed'],
    ['half a range', { name: 'a', startPosition: 0 }, 'field-malformed'],
    ['a negative range', { name: 'a', startPosition: -1, length: 1 }, 'field-malformed'],
    ['no object', 'a', 'field-malformed'],
    ['a range beyond the text', { name: 'a', startPosition: 1, length: 3 }, 'field-range'],
  ])('a field with %s is a reject', (_name, field, reason) => {
    expect(rebuild({ text: 'abc', fields: [field] })).toMatchObject({ reason });
  });
});

describe('a flat row', () => {
  test('has other keys as fields, names made legal, renames told', () => {
    const row = {
      timestamp: 1396622879241,
      text: 'hello',
      'HTTP Status': 200,
      http_status: 'two hundred',
      user: { id: 7 },
      none: null,
      source: 'nginx',
    };
    expect(rebuild(row)).toEqual({
      events: [
        {
          text: 'hello',
          timestamp: 1396622879241,
          fields: [
            { name: 'http_status', content: '200' },
            { name: 'http_status_', content: 'two hundred' },
            { name: 'user', content: '{"id":7}' },
            { name: 'log_source', content: 'nginx' },
          ],
        },
      ],
      changes: [
        'field-renamed: HTTP Status to http_status',
        'field-renamed: http_status to http_status_',
        'field-renamed: source to log_source',
      ],
      warnings: [],
    });
  });

  test('keeps every digit of its numbers', () => {
    const row = { id: new LosslessNumber('12345678901234567890'), deep: { id: new LosslessNumber('1.10') } };
    expect(eventsOf(rebuild(row))).toEqual([
      {
        fields: [
          { name: 'id', content: '12345678901234567890' },
          { name: 'deep', content: '{"id":1.10}' },
        ],
      },
    ]);
  });

  test('may have no text, or fields as a map', () => {
    expect(eventsOf(rebuild({ level: 'info' }))).toEqual([{ fields: [{ name: 'level', content: 'info' }] }]);
    expect(eventsOf(rebuild({ text: 'a', fields: { b: 'c' } }))).toEqual([
      { text: 'a', fields: [{ name: 'b', content: 'c' }] },
    ]);
    expect(eventsOf(rebuild({ text: 'a' }))).toEqual([{ text: 'a' }]);
  });

  test.each([[{}], [{ text: '' }], [{ text: null, x: null }], [{ timestamp: 1396622879241 }]])(
    'that says nothing is a reject: %j',
    (row) => {
      expect(rebuild(row)).toMatchObject({ reason: 'event-empty' });
    },
  );

  test('that has keys without end tells of the first renames only', () => {
    const shape = shapeFor({ api: 'v1', longText: 'split', keepTime: false, now: () => now });
    const codes = new Set<string>();
    for (let index = 0; index < 500; index++) {
      const rebuilt = shape.rebuild?.({ text: 'x', [`Key ${index}`]: 1 });
      if (rebuilt && 'events' in rebuilt) for (const code of rebuilt.changes ?? []) codes.add(code);
    }
    expect(codes.size).toBe(101);
  });
});

describe('names', () => {
  test.each([
    ['user', 'user'],
    ['User-Agent', 'user_agent'],
    ['$remote_address', '_remote_address'],
    ['2xx', '_2xx'],
    ['a..b__c', 'a_b_c'],
    ['Größe', 'gr_e'],
    ['', '_'],
    ['TIMESTAMP', 'timestamp_'],
    ['event_type', 'event_type_'],
    ['hostname', 'host_'],
    ['text', 'text_'],
    ['x'.repeat(100), 'x'.repeat(64)],
    ['__proto__', '_proto_'],
    ['constructor', 'constructor'],
  ])('%s', (name, legal) => {
    expect(legalName(name)).toBe(legal);
  });

  test('are always legal', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => legalNamePattern.test(legalName(name))));
  });
});

const legalNamePattern = /^[a-z_][a-z0-9_]{0,63}$/;

describe('times', () => {
  const ms = 1396622879241;

  /** The event that becomes of a row, or why there is none. */
  async function sent(row: Record<string, unknown>) {
    const shape = shapeFor({ api: 'v1', longText: 'split', keepTime: false, now: () => now });
    const rules = { shape, fillId: 'off', recipe: 'r', oldEvents: 'warn', nowMs: now } as const;
    const input = memoryInput(`${stringify(row) ?? ''}\n`);
    const options = { input, inputIndex: 0, format: createNdjsonFormat(), maxRowBytes: 1e6 };
    const delivered = await deliver(createSupply({ ...options, shaping: createShaping(rules) }));
    const event = delivered.text === '' ? undefined : (JSON.parse(delivered.text) as Record<string, unknown>);
    return { event, reason: delivered.rejects[0]?.reason, changes: delivered.changes };
  }

  test.each([
    [ms, ms],
    [ms / 1000, ms],
    [ms * 1000, ms],
    [String(ms), ms],
    ['2014-04-04T14:47:59.241Z', ms],
    ['2014-04-04T14:47:59.241', ms],
    ['2014-04-04 16:47:59,241+02:00', ms],
    ['2014-04-04', 1396569600000],
    ['04/Apr/2014:14:47:59 +0000', 1396622879000],
    [new LosslessNumber('1396622879241000001'), ms],
  ])('%j', async (timestamp, expected) => {
    expect((await sent({ text: 'a', timestamp })).event).toEqual({ text: 'a', timestamp: expected });
  });

  test.each(['yesterday', '04/04/2014', '2014-13-01', true, {}, [], 1e30, 0, 20140404144759999])(
    '%j is none: a reject',
    async (timestamp) => {
      expect((await sent({ text: 'a', timestamp })).reason).toBe('time-unreadable');
    },
  );

  test.each([
    ['time', '2014-04-04T14:47:59.241Z'],
    ['@timestamp', ms],
  ])('%s is the time when nothing else is', async (name, value) => {
    const { event, changes } = await sent({ text: 'a', [name]: value });
    expect(event).toEqual({ text: 'a', timestamp: ms });
    expect(changes).toMatchObject({ [`time-from-key: ${name}`]: 1 });
    const beside = await sent({ text: 'a', [name]: value, timestamp: 1e12 });
    expect(beside.event).toMatchObject({ timestamp: 1e12, fields: [{ content: String(value) }] });
  });

  test('a key time that holds none stays a field', async () => {
    const { event } = await sent({ text: 'a', time: 0.25 });
    expect(event).toEqual({ text: 'a', fields: [{ name: 'time', content: '0.25' }] });
  });

  test('without a login the original is kept as a field, and what the server will move is counted', () => {
    const options = { keepTime: true };
    expect(rebuild(vendorRow, options)).toEqual({
      events: [
        {
          ...vendorRow,
          fields: [...vendorRow.fields, { name: 'original_timestamp', content: '2014-04-04T14:47:59.241Z' }],
        },
      ],
      changes: ['time-kept-in-field'],
      warnings: ['time-clamped'],
    });
    expect(rebuild({ text: 'a', timestamp: now - 600_000 }, options)).toMatchObject({ warnings: [] });
    expect(rebuild({ text: 'a' }, options)).toMatchObject({ changes: [], warnings: ['time-missing'] });
  });
});

describe('long texts', () => {
  test.each([
    ['v1', 230, 'events'],
    ['v1', 240, 'reason'],
    ['v2', 240, 'reason'],
    ['cloud', 50, 'events'],
    ['cloud', 60, 'reason'],
  ] as const)('whose pieces do not fit into one request of %s are rejects: %i pieces', (api, pieces, key) => {
    expect(rebuild({ text: 'a'.repeat(pieces * 16_384) }, { api })).toHaveProperty(key);
  });

  const limit = 16_384;

  test('of exactly the limit stay whole', () => {
    const text = 'ä'.repeat(limit / 2);
    expect(rebuild({ text })).toMatchObject({ events: [{ text }], changes: [] });
  });

  test('are cut between characters, and nothing is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'ä', '€', '😀'), { minLength: 1, maxLength: 40 }), (unit) => {
        const text = unit.join('').repeat(Math.ceil(40_000 / unit.join('').length));
        const pieces = eventsOf(rebuild({ text })).map((event) => String(event['text']));
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) {
          expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(limit);
          expect(Buffer.from(piece).toString()).toBe(piece);
        }
        expect(pieces.length).toBeLessThanOrEqual(Math.ceil(Buffer.byteLength(text) / (limit - 3)));
      }),
      { numRuns: 30 },
    );
  });

  test('take their fields along', () => {
    const text = `${'a'.repeat(limit - 2)}KEYvalue${'b'.repeat(limit)}`;
    const row = {
      text,
      timestamp: 1396622879241,
      fields: [
        { name: 'every', content: 'piece' },
        { name: 'alone' },
        { name: 'across', startPosition: limit - 2, length: 3 },
        { name: 'second', startPosition: limit + 1, length: 5 },
      ],
    };
    const rebuilt = rebuild(row);
    expect(rebuilt).toMatchObject({ changes: ['text-split'] });
    const [first, second, third] = eventsOf(rebuilt);
    expect(first).toMatchObject({
      timestamp: 1396622879241,
      fields: [{ name: 'every', content: 'piece' }, { name: 'alone' }, { name: 'across', content: 'KEY' }],
    });
    expect(second).toMatchObject({
      timestamp: 1396622879241,
      fields: [{ name: 'every' }, { name: 'alone' }, { name: 'second', startPosition: 1, length: 5 }],
    });
    expect(String(second?.['text']).slice(1, 6)).toBe('value');
    expect(third).toMatchObject({ fields: [{ name: 'every' }, { name: 'alone' }] });
  });

  test('are truncated on request, the values of ranges kept', () => {
    const text = `${'ä'.repeat(limit / 2)}lost`;
    const row = {
      text,
      fields: [
        { name: 'a', startPosition: 0, length: 1 },
        { name: 'b', startPosition: 8192, length: 4 },
      ],
    };
    expect(rebuild(row, { longText: 'truncate' })).toMatchObject({
      events: [
        {
          text: 'ä'.repeat(limit / 2),
          fields: [
            { name: 'a', startPosition: 0, length: 1 },
            { name: 'b', content: 'lost' },
          ],
        },
      ],
      changes: ['text-truncated'],
    });
  });

  test('are rejected on request', () => {
    expect(rebuild({ text: 'a'.repeat(limit + 1) }, { longText: 'reject' })).toMatchObject({
      reason: 'text-too-long',
    });
  });

  test('a lone surrogate does not stop the cutting', () => {
    const text = `${'a'.repeat(limit - 1)}\ud83d${'b'.repeat(10)}`;
    expect(
      eventsOf(rebuild({ text }))
        .map((event) => event['text'])
        .join(''),
    ).toBe(text);
  });
});
