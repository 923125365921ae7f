import { describe, expect, test } from 'vitest';
import { jsonLayout, isLayoutKnown } from '../../../src/formats/json/layout.ts';

const isField = (key: string) => key.startsWith('$');

function layoutOf(text: string, isWhole = true) {
  const layout = jsonLayout({ bytes: Buffer.from(text), isWhole }, isField);
  return layout.kind === 'lines' ? 'lines' : (layout.path?.join('.') ?? 'values');
}

describe('how JSON is laid out', () => {
  const long = `{"a":"${'x'.repeat(70_000)}`;
  test.each([
    ['{"a":1}\n{"b":2}\n', 'lines'],
    ['{"a":1}', 'lines'],
    ['{"a":1}\r\n\r\n{"b":', 'lines'],
    ['{"a":1,"b":\n{"a":2}\n{"a":3}\n', 'lines'],
    ['{"a":[1]}\n', 'lines'],
    ['{"$time":1,"list":[{"a":1}]}\n', 'lines'],
    ['{"list":[{"a":1}]}\n{"list":[{"a":2}]}\n', 'lines'],
    ['{"a":1', 'lines'],
    ['5\n{"a":1}\n', 'lines'],
    ['{"a":1}{"b":2}', 'values'],
    ['{"a":1}, {"b":2}', 'values'],
    ['{\n "a": 1\n}\n', 'values'],
    ['{"a":\n{"b":1}\n}\n', 'values'],
    ['{\n "a": 1\n}\n{\n "a": 2\n}\n', 'values'],
    ['[{"a":1},{"a":2}]', 'values'],
    ['[\n{"a":1}\n]', 'values'],
    ['\uFEFF {"data":[{"a":1}]}', 'data'],
    ['{"count":1,"data":[]}\n', 'data'],
    ['{"tags":[1,2],"data":[{"a":1}]}\n', 'data'],
    ['{\n "log": {"version": "1", "entries": [\n {"a":1}\n]}}', 'log.entries'],
    ['{"hits":{"total":1,"hits":[{"a":1}]}}', 'hits.hits'],
  ])('%j', (text, layout) => {
    expect(layoutOf(text)).toBe(layout);
  });

  test('by a beginning that is not the whole', () => {
    expect(layoutOf('{"data":[{"a":1},{"a":', false)).toBe('data');
    expect(layoutOf('{\n"data":[\n{"a":1},\n{"a":', false)).toBe('data');
    expect(layoutOf(long, false)).toBe('lines');
    expect(layoutOf('{\n  "a": "long', false)).toBe('values');
  });

  test('several lists are for the user to choose from', () => {
    expect(() => layoutOf('{"a":[{"x":1}],"b":[{"y":1}]}')).toThrow(
      expect.objectContaining({ kind: 'usage' }) as Error,
    );
  });

  test('a stream is waited for no longer than it takes', () => {
    expect(isLayoutKnown(Buffer.from('{"a":1}\n'), isField)).toBe(true);
    expect(isLayoutKnown(Buffer.from('{"$time":1,"list":[{}]}\n'), isField)).toBe(true);
    expect(isLayoutKnown(Buffer.from('{"a":1}{'), isField)).toBe(true);
    expect(isLayoutKnown(Buffer.from('a,b\n'), isField)).toBe(true);
    expect(isLayoutKnown(Buffer.from('{"list":[{}]}\n'), isField)).toBe(false);
    expect(isLayoutKnown(Buffer.from('{"a":'), isField)).toBe(false);
  });
});
