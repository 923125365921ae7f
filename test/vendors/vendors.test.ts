import { describe, expect, test } from 'vitest';
import { COMMON_RULES, ruleFor } from '../../src/vendors/rules.ts';
import { findVendor, VENDORS } from '../../src/vendors/index.ts';

test('vendors by name', () => {
  expect(VENDORS.map(({ name }) => name)).toEqual(['scarf', 'sumatra', 'moesif', 'loginsight']);
  expect(findVendor('moesif')?.title).toBe('Moesif');
  expect(findVendor('nobody')).toBeUndefined();
});

describe.each(VENDORS)('the description of $name', ({ options, limits, statuses }) => {
  test('names every option once, and every flag once', () => {
    const names = options.map(({ name }) => name);
    const flags = options
      .flatMap((option) => [option.flags, option.fileFlags])
      .filter((flag) => flag !== undefined);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(flags.map((flag) => flag.split(' ')[0])).size).toBe(flags.length);
  });

  test('gives secrets no flag that would show them, but a file', () => {
    for (const option of options.filter(({ secret }) => secret === true)) {
      expect(option.flags).toBeUndefined();
      expect(option.environment).not.toHaveLength(0);
      expect(option.recipe).toBeUndefined();
    }
  });

  test('has a default that its own choices hold', () => {
    for (const { choices, default: value } of options) {
      if (choices !== undefined && value !== undefined) expect(choices).toContain(value);
    }
  });

  test('tells limits with their source, and statuses with their meaning', () => {
    for (const { name, value, source } of limits) expect([name, value, source]).not.toContain('');
    for (const { status, meaning } of statuses) {
      expect(status).toMatch(/^[1-5](\d\d|xx)$/);
      expect(meaning).not.toBe('');
    }
  });
});

describe('rules', () => {
  test.each([
    [200, 'doubtful'],
    [304, 'misdirected'],
    [401, 'credentials'],
    [413, 'smaller'],
    [418, 'declined'],
    [429, 'busy'],
    [500, 'doubtful'],
    [425, 'closed'],
    [599, 'doubtful'],
    [999, 'doubtful'],
  ])('%i is %s unless a vendor says otherwise', (status, verdict) => {
    expect(ruleFor(status, []).verdict).toBe(verdict);
  });

  test("a vendor's own come first", () => {
    const own = [{ status: '5xx', verdict: 'closed' as const, meaning: 'nothing was taken' }];
    expect(ruleFor(503, own).verdict).toBe('closed');
    expect(ruleFor(429, own).verdict).toBe('busy');
  });

  test('every client and server error has one', () => {
    for (let status = 300; status < 600; status++) {
      expect(COMMON_RULES).toContain(ruleFor(status, []));
    }
  });
});
