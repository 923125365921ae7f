import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { baseAddress } from '../../src/http/address.ts';
import { explainReply, plainText } from '../../src/http/explain.ts';
import { processMask } from '../../src/masking/process-mask.ts';
import { retryAfterMs } from '../../src/http/retry-after.ts';

describe('Retry-After', () => {
  const now = Date.parse('2026-07-01T00:00:00Z');

  test.each([
    ['0', 0],
    ['1', 1000],
    ['1.5', 1500],
    [' 120 ', 120_000],
    ['9999', 300_000],
    ['Wed, 01 Jul 2026 00:00:30 GMT', 30_000],
    ['Tue, 30 Jun 2026 23:59:59 GMT', 0],
    ['2026-07-01T01:00:00Z', 300_000],
    ['soon', undefined],
    ['', undefined],
    ['-5', undefined],
    ['soon 5', undefined],
    [undefined, undefined],
  ])('%j', (header, waitMs) => {
    expect(retryAfterMs(header, now)).toBe(waitMs);
  });

  test('is never negative, never above five minutes, never NaN', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.float().map(String), fc.date().map(String)), (header) => {
        const waitMs = retryAfterMs(header, now);
        expect(waitMs === undefined || (waitMs >= 0 && waitMs <= 300_000)).toBe(true);
      }),
    );
  });
});

describe('the words of a server', () => {
  processMask.add('abc123');

  test.each([
    ['', '503 Service Unavailable'],
    ['  \n ', '503 Service Unavailable'],
    ['plain words', '503 Service Unavailable: plain words'],
    ['"a JSON text"', '503 Service Unavailable: a JSON text'],
    ['{"message":"m","code":"c"}', '503 Service Unavailable: m'],
    ['{"errorMessage":"e"}', '503 Service Unavailable: e'],
    ['{"detail":[{"msg":"deep"}]}', '503 Service Unavailable: {"detail":[{"msg":"deep"}]}'],
    ['{"error":{"message":"inner"}}', '503 Service Unavailable: inner'],
    ['<!doctype html><title>Down</title><p>…', '503 Service Unavailable: Down'],
    ['<p>nothing</p>', '503 Service Unavailable'],
    ['token abc123 is bad', '503 Service Unavailable: token [secret] is bad'],
  ])('%j', (text, expected) => {
    expect(explainReply({ status: 503, text })).toBe(expected);
  });

  test('a status that nobody knows', () => {
    expect(explainReply({ status: 440, text: 'Login Timeout' })).toBe('440: Login Timeout');
  });

  test('hold no control characters and no end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), (text) => {
        const line = plainText(text);
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        expect([...line].length).toBeLessThanOrEqual(301);
      }),
    );
  });
});

describe('a base address', () => {
  test.each([
    ['https://api.scarf.sh', 'https://api.scarf.sh'],
    ['https://api.scarf.sh/', 'https://api.scarf.sh'],
    ['https://proxy.example/scarf//', 'https://proxy.example/scarf'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['http://localhost:1', 'http://localhost:1'],
    ['http://[::1]:1', 'http://[::1]:1'],
  ])('%s', (text, address) => {
    expect(baseAddress(text, 'SCARF_API_URL')).toBe(address);
  });

  test.each([
    ['api.scarf.sh', 'SCARF_API_URL is not a URL'],
    ['ftp://api.scarf.sh', 'must begin with https://'],
    ['https://user:pass@api.scarf.sh', 'must not contain a user name or password'],
    ['https://api.scarf.sh?x=1', 'must not contain a query'],
    ['https://api.scarf.sh/#x', 'must not contain a query'],
    ['http://api.scarf.sh', 'credentials are sent over https only'],
    ['http://127.0.0.1.example.org', 'credentials are sent over https only'],
  ])('%s is refused', (text, message) => {
    expect(() => baseAddress(text, 'SCARF_API_URL')).toThrow(message);
  });

  test('plain http anywhere, where no credentials go', () => {
    expect(baseAddress('http://logs.example:9000', 'X', { plainAnywhere: true })).toBe(
      'http://logs.example:9000',
    );
  });
});
