import { expect, test } from 'vitest';
import {
  readBoolean,
  readDay,
  readInteger,
  readNumber,
  readTimestampMicros,
} from '../../../src/formats/cells/typed-cells.ts';

test('cells are read by their types', () => {
  expect([readNumber('1e3'), readNumber(' 5 '), readNumber('0x10'), readNumber('')]).toEqual([
    1000,
    5,
    undefined,
    undefined,
  ]);
  expect([readInteger('-5'), readInteger('9223372036854775808'), readInteger('1.0')]).toEqual([
    -5n,
    undefined,
    undefined,
  ]);
  expect([readBoolean('t'), readBoolean('False'), readBoolean(true), readBoolean('2')]).toEqual([
    true,
    false,
    true,
    undefined,
  ]);
  expect(readDay('2026-11-01T10:00:00Z')).toBe(20_758);
  const micros = BigInt(Date.parse('2026-08-26T11:16:21Z')) * 1000n;
  expect(readTimestampMicros('2026-08-26 11:16:21+00:00')).toBe(micros);
  expect(readTimestampMicros('2026-08-26T11:16:21.123456Z')).toBe(micros + 123_456n);
  expect(readTimestampMicros('2026-08-26 13:16:21+02')).toBe(micros);
  expect(readTimestampMicros('2026-08-26 11:16:21')).toBe(micros);
  expect(readTimestampMicros('yesterday')).toBeUndefined();
});
