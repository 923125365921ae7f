import { expect, test } from 'vitest';
import { createTimeFormat, DIRECTIVES } from '../../../src/shaping/time/time-format.ts';
import { TimeReader } from '../../../src/shaping/time/time.ts';

function read(format: string, value: unknown) {
  const reader = new TimeReader({ timeFormat: createTimeFormat(format) });
  const bytes = Buffer.from(JSON.stringify(value));
  const reading = reader.read(bytes, 0, bytes.length);
  if (reading === 'plain') return value;
  if (reading === 'unreadable' || reading === 'ambiguous') return reading;
  return JSON.parse(reader.text.toString('latin1', 0, reader.textLength)) as unknown;
}

test.each([
  ['%d/%m/%Y %H:%M', '04/06/2024 12:30', '2024-06-04T12:30:00Z'],
  ['%d/%m/%Y %H:%M', '4/6/2024 7:05', '2024-06-04T07:05:00Z'],
  ['%m/%d/%Y', '06/04/2024', '2024-06-04T00:00:00Z'],
  ['%m/%d/%y %I:%M %p', '6/4/24 12:05 AM', '2024-06-04T00:05:00Z'],
  ['%m/%d/%y %I:%M %p', '6/4/24 1:05 pm', '2024-06-04T13:05:00Z'],
  ['%d.%m.%Y %H:%M:%S,%f', '04.06.2024 12:30:15,250', '2024-06-04T12:30:15.25Z'],
  ['%a %b %e %H:%M:%S %Y', 'Tue Jun  4 12:30:15 2024', '2024-06-04T12:30:15Z'],
  ['%d %B %Y %T %z', '4 June 2024 12:30:15 +02:00', '2024-06-04T10:30:15Z'],
  ['%Y-%j', '2024-156', '2024-06-04T00:00:00Z'],
  ['%s', '2024060412', '2034-02-20T15:00:12Z'],
  ['%s', 1, '1970-01-01T00:00:01Z'],
  ['%s.%f', '1.25', '1970-01-01T00:00:01.25Z'],
  ['%Y%m%d%H', 2024060412, '2024-06-04T12:00:00Z'],
  ['%Y|%m|%d%%', '2024|06|04%', '2024-06-04T00:00:00Z'],
  ['%D %R', '06/04/24 12:30', '2024-06-04T12:30:00Z'],
  ['%d.%m.%Y%|%d.%m.%Y %R%|%d/%m/%Y', '04.06.2024 12:30', '2024-06-04T12:30:00Z'],
  ['%d.%m.%Y%|%d/%m/%Y', '04/06/2024', '2024-06-04T00:00:00Z'],
  ['%d%%|%m|%Y', '04%|06|2024', '2024-06-04T00:00:00Z'],
  // What is not in the form is read by itself, where it can be.
  ['%d/%m/%Y', '2024-06-04T12:30:15Z', '2024-06-04T12:30:15Z'],
  ['%d/%m/%Y', '1717504215', '2024-06-04T12:30:15Z'],
  // Also what would be plain otherwise may be in the form.
  ['%Y-%d-%mT%H:%M:%SZ', '2024-06-04T12:30:15Z', '2024-04-06T12:30:15Z'],
  ['%d/%m/%Y', '31/02/2024', 'unreadable'],
  ['%d/%m/%Y', '06/13/2024', 'unreadable'],
  ['%m/%d/%Y %I:%M %p', '06/04/2024 13:00 PM', 'unreadable'],
  ['%Y-%j', '2023-366', 'unreadable'],
])('%s reads %j as %s', (format, value, expected) => {
  expect(read(format, value)).toBe(expected);
});

test.each([
  ['%H:%M', 'a year, a month and a day'],
  ['%Y-%m', 'a year, a month and a day'],
  ['%Y-%m-%d %q', '%q is no directive'],
  ['%Y-%m-%d %', '% is no directive'],
  ['%Y-%m-%d %d', '%d twice'],
  ['%Y-%m-%d %I', 'go together'],
  ['%Y %y %m %d', 'the year twice'],
])('%j is no format: %s', (format, why) => {
  expect(() => createTimeFormat(format)).toThrow(why);
});

test('every directive of the table compiles', () => {
  for (const letter of Object.keys(DIRECTIVES)) {
    const rest = ['Y', 'm', 'd', 'p', 'I'].filter(
      (one) => one !== letter && !(letter === 'y' && one === 'Y'),
    );
    const day = letter === 'b' ? rest.filter((one) => one !== 'm') : rest;
    expect(() => createTimeFormat(`%${letter} ${day.map((one) => `%${one}`).join(' ')}`)).not.toThrow();
  }
});
