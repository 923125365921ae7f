import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  writeByteSize,
  writeDuration,
  writeShare,
  parseByteSize,
  parseCount,
  parseDuration,
  parseShare,
} from '../../src/settings/quantities.ts';

const quantity = fc.integer({ min: 0, max: 2 ** 45 });

describe('byte sizes', () => {
  it.each([
    ['0', 0],
    ['1000', 1000],
    ['8KiB', 8192],
    ['8 kib', 8192],
    ['32MiB', 33_554_432],
    ['1.5MiB', 1_572_864],
    ['10MB', 10_000_000],
    ['10kB', 10_000],
    ['7B', 7],
    ['1GiB', 1_073_741_824],
    ['2TB', 2_000_000_000_000],
  ])('reads %s', (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });

  it.each(['', 'x', '-1', '32M', '1e3', '1,5MiB', '1 2', 'MiB', '0x10', '99999999999TiB'])(
    'refuses %j',
    (text) => {
      expect(() => parseByteSize(text)).toThrow(`"${text}"`);
    },
  );

  it.each([
    [0, '0'],
    [1, '1'],
    [1000, '1kB'],
    [1024, '1KiB'],
    [33_554_432, '32MiB'],
    [1536, '1536'],
  ])('writes %d', (bytes, text) => {
    expect(writeByteSize(bytes)).toBe(text);
  });

  it('reads what it writes', () => {
    fc.assert(fc.property(quantity, (bytes) => parseByteSize(writeByteSize(bytes)) === bytes));
  });
});

describe('durations', () => {
  it.each([
    ['0', 0],
    ['250ms', 250],
    ['10s', 10_000],
    ['1.5s', 1500],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['3d', 259_200_000],
    ['1h30m', 5_400_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '10', 's', '-1s', '5 m', '10S', '1w', 'soon', '1h-3m'])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(`"${text}"`);
  });

  it('reads what it writes', () => {
    fc.assert(fc.property(quantity, (ms) => parseDuration(writeDuration(ms)) === ms));
  });
});

describe('counts and shares', () => {
  it.each([
    ['10', { count: 10 }],
    ['0', { count: 0 }],
    ['5%', { share: 0.05 }],
    ['0.1%', { share: 0.001 }],
    ['100%', { share: 1 }],
  ])('reads %s', (text, share) => {
    expect(parseShare(text)).toEqual(share);
    expect(writeShare(parseShare(text))).toBe(text);
  });

  it.each(['101%', '%', '-1%', 'half', '1.5', '5 %'])('refuses the share %j', (text) => {
    expect(() => parseShare(text)).toThrow(`"${text}"`);
  });

  it.each(['', '-1', '1.5', '1e3', 'x', '99999999999999999999'])('refuses the count %j', (text) => {
    expect(() => parseCount(text)).toThrow(`"${text}"`);
  });
});
