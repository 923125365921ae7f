import { LosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { asObject, isJson, isObject, parseObject } from '../src/json.ts';

const object = { a: 1 };

it.each([
  [object, true],
  [Object.create(null), true],
  [new LosslessNumber('1.10'), true],
  [[], false],
  [null, false],
  [undefined, false],
  ['{}', false],
  [1, false],
])('whether %j is an object: %s', (value, is) => {
  expect(isObject(value)).toBe(is);
  expect(asObject(value)).toBe(is ? value : undefined);
});

describe.each([
  ['{"a":1}', true, object],
  [' [1] ', true, undefined],
  ['null', true, undefined],
  ['"a"', true, undefined],
  ['', false, undefined],
  ['{"a":1', false, undefined],
  ["{'a':1}", false, undefined],
])('%s', (text, is, parsed) => {
  it('is read as JSON, and as an object', () => {
    expect(isJson(text)).toBe(is);
    expect(parseObject(text)).toEqual(parsed);
  });
});
