import { expect, test } from 'vitest';
import { parseBoundedJson } from '../../../src/http/reply/bounded-json.ts';

test.each(['{}', '[1,2]', '"a"', 'null', '{"a":"[[[[{{{{,,,,\\"[["}', ' {"a" : [ {"b":1} ] } '])(
  '%s is what JSON.parse says',
  (text) => {
    expect(parseBoundedJson(text)).toEqual(JSON.parse(text));
  },
);

test.each([
  ['nothing', ''],
  ['half a text', '{"a":'],
  ['half a string', '{"a":"\\'],
  ['NUL', '\0'],
  ['a page', '<html></html>'],
  ['10,000 levels', '['.repeat(10_000) + ']'.repeat(10_000)],
  ['10,000 levels of objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
  ['5 million empty lists', `[${'[],'.repeat(5_000_000)}[]]`],
])('%s is none', (_name, text) => {
  expect(parseBoundedJson(text)).toBeUndefined();
});

test('commas and brackets in a string count for nothing', () => {
  const text = JSON.stringify({ a: ',['.repeat(2_000_000) });
  expect(parseBoundedJson(text)).toEqual(JSON.parse(text));
});
