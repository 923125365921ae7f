/** Files of NDJSON rows of which some are plain and some are not. */
import fc from 'fast-check';

const KEYS = [
  '$time',
  '$version',
  '$headers',
  '$unique_id',
  '$package',
  '$tracking_pixel',
  '$pixel',
  '$type',
  'n',
  'é',
  '\\u0024time',
];
const VALUES = [
  '"2026-11-23T10:20:30Z"',
  '"2026-11-23T10:20:30.5Z"',
  '"2026-11-23T10:20:30+02:00"',
  '"2023-02-29T10:20:30Z"',
  '"2024-02-29T23:59:60Z"',
  '"2026-11-17T12:00:00.000Z"',
  '"2026-11-17T11:59:59.999Z"',
  '1790000000',
  '1790000000123',
  '1790000000120',
  '17900000001',
  '1790000000.5',
  '"1790000000"',
  '"2026-11-23 10:20:30"',
  '"2026-11-23T10:20:30.250+00:00"',
  '"2026-11-23 10:20:30 UTC"',
  '"p"',
  '"a longer text than sixteen bytes, with \\"escapes\\" and é"',
  '""',
  'null',
  'true',
  '-0.5E+3',
  '01',
  '{}',
  '[]',
  '{"$time":[1,"]",{"a":{}}],"b":[[],[{}]]}',
];
const space = fc.constantFrom('', '', '', ' ', '\t');
const member = fc
  .tuple(space, fc.constantFrom(...KEYS), space, space, fc.constantFrom(...VALUES), space)
  .map(([a, key, b, c, value, d]) => `${a}"${key}"${b}:${c}${value}${d}`);
/** Rows that are often plain: what is needed is there most of the time. */
const usual = fc
  .tuple(fc.constantFrom(...VALUES.slice(0, 15)), fc.array(member, { maxLength: 2 }))
  .map(([time, more]) => [`"$time":${time}`, '"$package":"p"', ...more].join(','));
const row = fc.oneof(
  { weight: 3, arbitrary: usual },
  { weight: 1, arbitrary: fc.array(member, { maxLength: 5 }).map((members) => members.join(',')) },
);
const line = fc
  .tuple(row, fc.constantFrom('\n', '\n', '\n', '\r\n', ' \n', '\n\n'))
  .map(([text, end]) => `{${text}}${end}`);
/** Lines that are rows, blank or not JSON at all. */
export const fileText = fc.array(line, { maxLength: 12 }).map((lines) => lines.join(''));
