import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysSinceEpoch } from '../../../src/calendar.ts';
import { TIME_FORMS } from '../../../src/shaping/time/forms.ts';
import { TimeReader } from '../../../src/shaping/time/time.ts';

/** Reads a JSON value that stands in the middle of other bytes. */
function read(value: unknown, reader = new TimeReader()) {
  const text = Buffer.from(JSON.stringify(value));
  const bytes = Buffer.concat([Buffer.from('99'), text, Buffer.from('99')]);
  const reading = reader.read(bytes, 2, 2 + text.length);
  const sent: unknown =
    reading === 'plain' || reading === 'unreadable' || reading === 'ambiguous'
      ? undefined
      : JSON.parse(reader.text.toString('latin1', 0, reader.textLength));
  return { reading, epochMs: reading === 'unreadable' ? undefined : reader.epochMs, sent };
}

test.each([
  ['2024-06-04T00:00:00Z', '2024-06-04T00:00:00.000Z'],
  ['2024-02-29T23:59:59.123456789Z', '2024-02-29T23:59:59.123Z'],
  ['2024-06-04T00:00:00+02:00', '2024-06-03T22:00:00.000Z'],
  ['2024-06-04T00:00:00.5-09:30', '2024-06-04T09:30:00.500Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
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
  ['1717459200.25', 'time-from-number', '2024-06-04T00:00:00.25Z'],
  [978307200, 'time-from-number', '2001-01-01T00:00:00Z'],
  [4133980799, 'time-from-number', '2100-12-31T23:59:59Z'],
  [20240604, 'time-zone-assumed', '2024-06-04T00:00:00Z'],
  ['202406041230', 'time-zone-assumed', '2024-06-04T12:30:00Z'],
  ['20240604123015', 'time-zone-assumed', '2024-06-04T12:30:15Z'],
  ['2024-06-04t00:00:00z', 'time-rewritten', '2024-06-04T00:00:00Z'],
  ['2016-12-31T23:59:60Z', 'time-rewritten', '2017-01-01T00:00:00Z'],
  ['2016-12-31T23:59:60.5Z', 'time-rewritten', '2017-01-01T00:00:00.5Z'],
  ['2017-01-01T00:59:60+01:00', 'time-rewritten', '2017-01-01T00:00:00Z'],
  ['2024/06/04 12:30:15', 'time-zone-assumed', '2024-06-04T12:30:15Z'],
  ['Tue, 04 Jun 2024 12:30:15 +0200', 'time-rewritten', '2024-06-04T10:30:15Z'],
  ['4 June 2024 12:30 EDT', 'time-rewritten', '2024-06-04T16:30:00Z'],
  ['04-Jun-2024 12:30:15', 'time-zone-assumed', '2024-06-04T12:30:15Z'],
  ['Tue Jun  4 12:30:15 2024', 'time-zone-assumed', '2024-06-04T12:30:15Z'],
  ['Tue Jun 4 12:30:15 UTC 2024', 'time-rewritten', '2024-06-04T12:30:15Z'],
  ['Tue Jun 4 12:30:15 2024 +0200', 'time-rewritten', '2024-06-04T10:30:15Z'],
  ['04/Jun/2024:00:00:00 +0000', 'time-rewritten', '2024-06-04T00:00:00Z'],
  ['[04/Jun/2024:00:00:00 -0700]', 'time-rewritten', '2024-06-04T07:00:00Z'],
  ['2026-11-25 10:00:00.123000+00', 'time-rewritten', '2026-11-25T10:00:00.123Z'],
  ['2026-11-25 10:00:00 +0000 UTC', 'time-rewritten', '2026-11-25T10:00:00Z'],
  ['2026-11-25 10:00:00.5 +0200 CEST m=+0.012', 'time-rewritten', '2026-11-25T08:00:00.5Z'],
  ['2024-06-04T12:30:15+02:00[Europe/Berlin]', 'time-rewritten', '2024-06-04T10:30:15Z'],
  ['2024-06-04T12:30:15[Europe/Berlin]', 'time-rewritten', '2024-06-04T10:30:15Z'],
  ['2024-10-27T02:30:00+01:00[Europe/Berlin]', 'time-rewritten', '2024-10-27T01:30:00Z'],
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
  '2024-06-04 00:00+24:00',
  '2024-06-04 00:00+02:60',
  '2024-06-04T10:00:60Z',
  '2024-06-04T23:59:61Z',
  '2024-06-04T12:30:15+01:00[Europe/Berlin]',
  '2024-06-04T12:30:15[Mars/Olympus]',
  'Mon, 04 Jun 2024 12:30:15 +0000',
  '32/Jun/2024:00:00:00 +0000',
  '12345',
  0,
  -1,
  978307199,
  4133980800,
  '18000101',
  '20240631',
  20240604123015.5,
  '13/31/2024',
  'x'.repeat(1e6),
  true,
  null,
  [1],
  1e300,
  '999999999999999999999999',
])('%j is unreadable', (value) => {
  expect(read(value).reading).toBe('unreadable');
});

test.each([
  [2024060412, 'is 2034-02-20T15:00Z as an epoch, and 2024-06-04T12:00Z as a date'],
  ['04/06/2024', "--time-format '%d/%m/%Y' or '%m/%d/%Y'"],
  ['04.06.2024 12:30', "--time-format '%d.%m.%Y %H:%M' or '%m.%d.%Y %H:%M'"],
])('%j has two readings, and is neither', (value, complaint) => {
  const reader = new TimeReader();
  expect(read(value, reader).reading).toBe('ambiguous');
  expect(reader.complaint).toContain(complaint);
});

test('every example of the table is read', () => {
  for (const example of TIME_FORMS.flatMap(({ examples }) => examples)) {
    expect([example, read(example).reading]).not.toContain('unreadable');
    expect([example, read(example).reading]).not.toContain('ambiguous');
  }
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
      fc.property(fc.integer({ min: 978_307_200_000, max: 4_133_980_799_999 }), (epochMs) => {
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
