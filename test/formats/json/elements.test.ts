/** Where a value of JSON ends, by its brackets and quotes, in whatever pieces it comes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ElementEnd } from '../../../src/formats/json/elements.ts';
import { propertyRuns } from '../../property-runs.ts';

/** The value that begins the text, and what is said of it; undefined when it goes on behind the text. */
function endIn(text: string) {
  const value = new ElementEnd();
  const bytes = Buffer.from(text);
  const end = value.find(bytes, 0, bytes.length);
  if (end < 0) return undefined;
  return { value: bytes.toString('utf8', 0, end), lines: value.lines, isBroken: value.isBroken };
}

describe('whole values', () => {
  test.each([
    ['{}', ' {}', 0],
    ['[]', ']', 0],
    ['{"a":1}', '{"b":2}', 0],
    ['{"a":{"b":[{}, {"c":1}]}}', '', 0],
    ['[[{"a":1}],\n[{"b":2}]]', ',', 1],
    ['{\n"a":\r\n{}\n}', '\n', 3],
    ['{"a":"}]"}', '}', 0],
    ['{"a":"\\"}"}', '', 0],
    ['{"a":"\\\\"}', '"}', 0],
    ['{"a":"{","b":1}', ' ', 0],
    ['{"a":"é😀"}', '', 0],
    ['{"a":\t\r\n {}}', '', 1],
    ['[1, {"a":2}]', '', 0],
    ['{"a" : {}}', '', 0],
    ['[\n{},\n{}\n]', '\n{}', 3],
    ['12', ',3', 0],
    ['-1.5e3', ' 2', 0],
    ['true', '\n', 0],
    ['null', '\t', 0],
    ['nonsense', '\r\n', 0],
    ['"a,b]"', ',', 0],
    ['1', ']', 0],
    ['1', '}', 0],
  ])('%j ends before %j, after %d lines', (value, rest, lines) => {
    expect(endIn(value + rest)).toEqual({ value, lines, isBroken: false });
  });

  test.each(['', '{', '{"a":1', '[[]', '"a', '"a\\"', '{"a":"}', 'tru', '12', '{"a":"\\', '{"a":{}'])(
    '%j goes on',
    (text) => {
      expect(endIn(text)).toBeUndefined();
    },
  );
});

describe('broken values end where the next one certainly begins', () => {
  test.each([
    // A line ends inside a string, and what follows is no object: the string goes on.
    ['{"a":"x\ny"}', ',', 1],
    ['{"a":"x\n\n  y"}', '', 2],
    // An object that begins a line inside a string is the next value.
    ['{"a":"x', '\n{"b":1}', 0],
    ['{"a":"x', '\r\n \t{"b":1}', 0],
    ['{"a":"x', '\n\n\n{"b":1}', 0],
    ['{"a":1,\n"b":"x', '\n{"c":1}', 1],
    ['{"a":"x\ny', '\n{"c":1}', 1],
    // So is one that cannot be nested, because no colon, comma or bracket stands in front of it.
    ['{"a":1', '\n{"b":2}', 0],
    ['{"a":1', ' {"b":2}', 0],
    ['{"a"', '\t\r\n{"b":2}', 0],
    ['{"a":[1', '\n{"b":2}', 0],
    ['{"a":{}', ' {"b":2}', 0],
    ['[{}', '\n{}', 0],
    ['{', '{', 0],
  ])('%j ends before %j, after %d lines', (value, rest, lines) => {
    expect(endIn(value + rest)).toEqual({ value, lines, isBroken: true });
  });

  test('an escaped line end is none that breaks a string', () => {
    expect(endIn('{"a":"x\\\ny"}')).toMatchObject({ isBroken: false });
  });
});

test('whether something is open is known at every byte', () => {
  const value = new ElementEnd();
  const bytes = Buffer.from('"a" [{"b":1}]');
  const open = Array.from(bytes, (_, at) => {
    if (value.find(bytes, at, at + 1) >= 0) value.reset();
    return value.isOutermost ? '.' : 'o';
  });
  expect(open.join('')).toBe('oo..oooooooo.');
});

test('after one value the same object finds the next', () => {
  const value = new ElementEnd();
  const broken = Buffer.from('{"a":"x\ny\\');
  expect(value.find(broken, 0, broken.length)).toBe(-1);
  value.reset();
  expect([value.lines, value.isBroken, value.isOutermost]).toEqual([0, false, true]);
  const next = Buffer.from('{"b":"\n{"');
  expect(value.find(next, 0, 8)).toBe(6);
  value.reset();
  const last = Buffer.from('{"c":1}x');
  expect([value.find(last, 0, last.length), value.lines, value.isBroken]).toEqual([7, 0, false]);
});

test('only the bytes between the ends count', () => {
  const bytes = Buffer.from('}}{"a":[]}}}');
  expect(new ElementEnd().find(bytes, 2, bytes.length)).toBe(10);
  expect(new ElementEnd().find(bytes, 2, 9)).toBe(-1);
  const nested = Buffer.from(':{"a"} {"b":1}');
  const value = new ElementEnd();
  expect([value.find(nested, 1, nested.length), value.isBroken]).toEqual([6, false]);
});

test('values of any layout end where they end, in any two pieces', () => {
  const layouts = fc.constantFrom(0, 1, '\t');
  const objects = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(objects, layouts, fc.nat(), (object, layout, cut) => {
      const bytes = Buffer.from(`${JSON.stringify(object, null, layout)} {}`);
      const length = bytes.length - 3;
      const at = cut % length;
      const value = new ElementEnd();
      expect(value.find(bytes, 0, at)).toBe(-1);
      expect(value.find(bytes, at, bytes.length)).toBe(length);
      const lines = bytes.toString('utf8', 0, length).split('\n').length - 1;
      expect([value.lines, value.isBroken]).toEqual([lines, false]);
    }),
    propertyRuns(200),
  );
});
