import { expect, test } from 'vitest';
import { createZoneOffset } from '../../../src/shaping/time/time-zone.ts';

test.each([
  ['UTC', '2024-06-04T12:00', '2024-06-04T12:00'],
  ['+05:30', '2024-06-04T12:00', '2024-06-04T06:30'],
  ['-0800', '2024-06-04T12:00', '2024-06-04T20:00'],
  ['Europe/Berlin', '2024-06-04T12:00', '2024-06-04T10:00'],
  ['Europe/Berlin', '2024-12-04T12:00', '2024-12-04T11:00'],
  ['America/New_York', '2024-07-01T00:00', '2024-07-01T04:00'],
  ['Asia/Kathmandu', '2024-07-01T00:00', '2024-06-30T18:15'],
  // Clocks go forward at 02:00: half past two does not exist, and is read by the clock before.
  ['Europe/Berlin', '2024-03-31T01:59', '2024-03-31T00:59'],
  ['Europe/Berlin', '2024-03-31T02:30', '2024-03-31T01:30'],
  ['Europe/Berlin', '2024-03-31T03:00', '2024-03-31T01:00'],
  // Clocks go back at 03:00: half past two comes twice, and the first one is meant.
  ['Europe/Berlin', '2024-10-27T02:30', '2024-10-27T00:30'],
  ['Europe/Berlin', '2024-10-27T03:00', '2024-10-27T02:00'],
])('%s: %s is %s in UTC', (zone, wall, utc) => {
  const wallMs = Date.parse(`${wall}Z`);
  const offset = createZoneOffset(zone);
  expect(new Date(wallMs - offset(wallMs)).toISOString().slice(0, 16)).toBe(utc);
  expect(wallMs - offset(wallMs)).toBe(Date.parse(`${utc}Z`));
});

test.each(['+25:00', '-02:75', '+24:00', 'Mars/Olympus', ''])('%j is no zone', (zone) => {
  expect(() => createZoneOffset(zone)).toThrow('unknown time zone');
});
