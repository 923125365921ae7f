import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysSinceEpoch } from '../../../src/shaping/time/iso-time.ts';
import { TimeReader } from '../../../src/shaping/time/time.ts';

/** Reads a JSON value that stands in the middle of other bytes. */
function read(value: unknown, reader = new TimeReader()) {
  const text = Buffer.from(JSON.stringify(value));
  const bytes = Buffer.concat([Buffer.from('99'), text, Buffer.from('99')]);
  const reading = reader.read(bytes, 2, 2 + text.length);
  const sent: unknown =
    reading === 'plain' || reading === 'unreadable'
      ? undefined
      : JSON.parse(reader.text.toString('latin1', 0, reader.textLength));
  return { reading, epochMs: reading === 'unreadable' ? undefined : reader.epochMs, sent };
}

test.each([
  ['2024-06-04T00:00:00Z', '2024-06-04T00:00:00.000Z'],
  ['2024-06-04t00:00:00z', '2024-06-04T00:00:00.000Z'],
  ['2024-02-29T23:59:59.123456789Z', '2024-02-29T23:59:59.123Z'],
  ['2024-06-04T00:00:00+02:00', '2024-06-03T22:00:00.000Z'],
  ['2024-06-04T00:00:00.5-09:30', '2024-06-04T09:30:00.500Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
])('%s is sent as it is', (text, instant) => {
  expect(read(text)).toEqual({ reading: 'plain', epochMs: Date.parse(instant), sent: undefined });
});

test.each([
  ['2024-06-04', 'time-zone-assumed', '2024-06-04T00:00:00Z'],
  ['20240604', 'time-zone-assumed', '2024-06-04T00:00:00Z'],
  ['2024-06-04T12:30', 'time-zone-assumed', '2024-06-04T12:30:00Z'],
  ['2024-06-04 12:30:15.250', 'time-zone-assumed', '2024-06-04T12:30:15.25Z'],
  [' 2024-06-04 12:30:15 UTC ', 'time-rewritten', '2024-06-04T12:30:15Z'],
  ['20240604T123015Z', 'time-rewritten', '2024-06-04T12:30:15Z'],
  ['2024-06-04T12:30:15,5+0200', 'time-rewritten', '2024-06-04T10:30:15.5Z'],
  ['2024-06-04T12:30:15+02', 'time-rewritten', '2024-06-04T10:30:15Z'],
  ['1717459200', 'time-from-number', '2024-06-04T00:00:00Z'],
  [1717459200, 'time-from-number', '2024-06-04T00:00:00Z'],
  [1717459200.5, 'time-from-number', '2024-06-04T00:00:00.5Z'],
  [1717459200123, 'time-from-number', '2024-06-04T00:00:00.123Z'],
  [1717459200123456, 'time-from-number', '2024-06-04T00:00:00.123456Z'],
  ['1717459200123456789', 'time-from-number', '2024-06-04T00:00:00.123456789Z'],
  [0, 'time-from-number', '1970-01-01T00:00:00Z'],
  [-1.25, 'time-from-number', '1969-12-31T23:59:58.75Z'],
  [-86400, 'time-from-number', '1969-12-31T00:00:00Z'],
])('%j becomes ISO text: %s', (value, reading, sent) => {
  expect(read(value)).toEqual({ reading, sent, epochMs: Date.parse(sent) });
});

test('a number with more digits than a double keeps them', () => {
  const reader = new TimeReader();
  const bytes = Buffer.from('1717459200123456789');
  expect(reader.read(bytes, 0, bytes.length)).toBe('time-from-number');
  expect(reader.text.toString('latin1', 0, reader.textLength)).toBe('"2024-06-04T00:00:00.123456789Z"');
});

test('an exponent is written out', () => {
  const bytes = Buffer.from('1.7174592e9');
  expect(new TimeReader().read(bytes, 0, bytes.length)).toBe('time-from-number');
});

test.each([
  '',
  'yesterday',
  '2024-13-01T00:00:00Z',
  '2024-02-30T00:00:00Z',
  '2023-02-29',
  '2024-06-04T24:00:00Z',
  '2024-06-04T00:60:00Z',
  '2024-06-04T00:00:00+25:00',
  '2024-06-04T00:00:00.Z',
  '2024-06-04T00:00:00Zjunk',
  '12345',
  '04/Jun/2024:00:00:00 +0000',
  true,
  null,
  [1],
  1e300,
  '999999999999999999999999',
])('%j is unreadable', (value) => {
  expect(read(value).reading).toBe('unreadable');
});

describe('against Date', () => {
  const instants = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });

  test('every instant in ISO text is read exactly', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: -1439, max: 1439 }), (epochMs, minutes) => {
        const sign = minutes < 0 ? '-' : '+';
        const two = (value: number) => String(value).padStart(2, '0');
        const size = Math.abs(minutes);
        const wall = epochMs + minutes * 60_000;
        fc.pre(wall >= -62_135_596_800_000 && wall <= 253_402_300_799_999);
        const text = new Date(wall)
          .toISOString()
          .replace('Z', `${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`);
        expect(read(text)).toMatchObject({ reading: 'plain', epochMs });
      }),
    );
  });

  test('every epoch in milliseconds is written exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e11, max: 99_999_999_999_999 }), (epochMs) => {
        const { sent } = read(epochMs);
        expect(new Date(String(sent)).getTime()).toBe(epochMs);
      }),
    );
  });

  test('days are those of the calendar', () => {
    fc.assert(
      fc.property(instants, (epochMs) => {
        const date = new Date(epochMs);
        const days = daysSinceEpoch(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
        expect(days).toBe(Math.floor(epochMs / 86_400_000));
      }),
    );
  });
});
