/** What an object says of its keys and lists, as far as it was read, and where the list of rows is in it. */
import { describe, expect, test } from 'vitest';
import { endOfEnvelope, findList, lineEnds, outlineOf } from '../../../src/formats/json/envelope.ts';

/** Stands around what is looked at, and must not count. */
const BEFORE = '"{[,';
const BEHIND = '"}]:[{';

const bytesOf = (text: string) => {
  const bytes = Buffer.from(BEFORE + text + BEHIND);
  return { bytes, from: BEFORE.length, to: bytes.length - BEHIND.length };
};

function outline(text: string) {
  const { bytes, from, to } = bytesOf(text);
  const { keys, lists, end } = outlineOf(bytes, from, to);
  return {
    keys,
    lists: lists.map(({ path, start, holds }) => [path.join('/'), start - from, holds]),
    end: end < 0 ? end : end - from,
  };
}

describe('the outline of an object', () => {
  test.each<[string, string[], unknown[]]>([
    ['{}', [], []],
    ['{ \n}', [], []],
    ['{"a":1,"b":"x","c":null}', ['a', 'b', 'c'], []],
    ['{"a" : {"b":1}\t,\r\n"c":{}}', ['a', 'c'], []],
    ['{"a":[]}', ['a'], [['a', 6, 'nothing']]],
    ['{"a": [ \n{}]}', ['a'], [['a', 7, 'objects']]],
    [
      '{"a":[1,{}],"b":[[{}]]}',
      ['a', 'b'],
      [
        ['a', 6, 'others'],
        ['b', 17, 'others'],
      ],
    ],
    [
      '{"a":{"b":[{"c":[{}]}],"d":{}},"e":[ ]}',
      ['a', 'e'],
      [
        ['a/b', 11, 'objects'],
        ['e', 36, 'nothing'],
      ],
    ],
    ['{"a":{"b":{"c":{"d":[{}]}}}}', ['a'], [['a/b/c/d', 21, 'objects']]],
    // Deeper lists are no longer looked for.
    ['{"a":{"b":{"c":{"d":{"e":[{}]}}}}}', ['a'], []],
    ['{"a\\"b":1,"c\\\\":2,"\\u0064":3}', ['a"b', 'c\\', 'd'], []],
    ['{"a":"}]\\"","b":[{}]}', ['a', 'b'], [['b', 17, 'objects']]],
    // What is no key is taken as it stands.
    ['{"\\x":1}', ['"\\x"'], []],
    ['{"a" 1}', ['a'], []],
    ['{,,"a":1,}', ['a'], []],
  ])('%s', (text, keys, lists) => {
    expect(outline(text)).toEqual({ keys, lists, end: text.length });
  });

  test.each<[string, string[], unknown[]]>([
    ['{', [], []],
    ['{ ', [], []],
    ['{"a', [], []],
    ['{"a\\"', [], []],
    ['{"a"', ['a'], []],
    ['{"a":', ['a'], []],
    ['{"a": ', ['a'], []],
    ['{"a":1', ['a'], []],
    ['{"a":1,', ['a'], []],
    ['{"a":"x', ['a'], []],
    ['{"a":{"b":1}', ['a'], []],
    ['{"a":{"b":[{}]', ['a'], [['a/b', 11, 'objects']]],
    ['{"a":[', ['a'], [['a', 6, 'unknown']]],
    ['{"a":[ ', ['a'], [['a', 6, 'unknown']]],
    ['{"a":[{', ['a'], [['a', 6, 'objects']]],
    ['{"a":[{"b":1}', ['a'], [['a', 6, 'objects']]],
  ])('%s goes on', (text, keys, lists) => {
    expect(outline(text)).toEqual({ keys, lists, end: -1 });
  });
});

describe('the list at a path', () => {
  const find = (text: string, path: string) => {
    const { bytes, from, to } = bytesOf(text);
    const found = findList(bytes, { from, to }, path.split('/'));
    if (found.kind === 'found') return bytes.toString('utf8', found.start, to);
    return found.kind === 'absent' ? `absent, ${bytes.toString('utf8', found.end, to)}` : found.kind;
  };

  test.each([
    ['{"a":[1]} x', 'a', '1]} x'],
    ['{"b":[2],"a":[1]}', 'a', '1]}'],
    ['{"a":{"b":[1]}}', 'a/b', '1]}}'],
    ['{"a":{"c":[2],"b":[1]}}', 'a/b', '1]}}'],
    ['{"a":[', 'a', ''],
    // The first of two is it.
    ['{"a":[1],"a":[2]}', 'a', '1],"a":[2]}'],
    ['{"a":1} x', 'a', 'absent,  x'],
    ['{"a":{"b":[1]}} x', 'a', 'absent,  x'],
    ['{"a":{"b":[1]}} x', 'b', 'absent,  x'],
    ['{"b":[1]}x', 'a/b', 'absent, x'],
    ['{"b":{"b":[1]}}', 'a/b', 'absent, '],
    ['{"a":[{"b":[1]}]}', 'a/b', 'absent, '],
    ['{}', 'a', 'absent, '],
    ['{"a":1', 'a', 'more'],
    ['{"a"', 'a', 'more'],
    ['{"b":[1]', 'a', 'more'],
  ])('in %s at %s: %s', (text, path, rest) => {
    expect(find(text, path)).toBe(rest);
  });
});

test.each([
  ['} x', 1, ' x'],
  [' \n}}', 1, '}'],
  [',"a":1}x', 1, 'x'],

  [',"a":"}","b":[{}]} x', 1, ' x'],
  [',"a":{}}, "b":2}x', 2, 'x'],
  ['}}}x', 3, 'x'],
  ['} , "a" : "}" }x', 2, 'x'],
  [',"a":1', 1, undefined],
  [', ', 1, undefined],
  ['', 1, undefined],
  ['}', 2, undefined],
  [',"a":"}', 1, undefined],
  [',"a":{}', 1, undefined],
  [',"a":', 1, undefined],
])('behind %j the envelope of %d ends before %j', (text, depth, rest) => {
  const { bytes, from, to } = bytesOf(text);
  const end = endOfEnvelope(bytes, from, to, depth);
  expect(end < 0 ? undefined : bytes.toString('utf8', end, to)).toBe(rest);
});

test.each([
  ['', 0],
  ['a', 0],
  ['\n', 1],
  ['a\n\nb\r\n', 3],
])('%j has %d line ends', (text, count) => {
  const bytes = Buffer.from(`\n${text}\n`);
  expect(lineEnds(bytes, 1, bytes.length - 1)).toBe(count);
});
