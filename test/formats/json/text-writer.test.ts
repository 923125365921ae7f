/** JSON text in one buffer that grows: what is escaped, and how. */
import { expect, test } from 'vitest';
import { JsonText } from '../../../src/formats/json/text-writer.ts';

const written = (text: JsonText) => text.bytes.toString('utf8', 0, text.length);

function escaped(content: string, doubled = false): string {
  const text = new JsonText();
  const bytes = Buffer.from(`"\n${content}\n"`);
  text.escaped(bytes, { from: 2, to: bytes.length - 2 }, doubled);
  return written(text);
}

test('each byte is written as JSON wants it', () => {
  for (let code = 0; code < 0x80; code++) {
    const character = String.fromCharCode(code);
    expect(escaped(`a${character}b`)).toBe(JSON.stringify(`a${character}b`).slice(1, -1));
  }
});

test.each(['é日😀', '\u2028\u007f', '"\\\n"', 'a\0', ''])('%j stands behind what was there', (content) => {
  const text = new JsonText();
  text.byte(0x22);
  const bytes = Buffer.from(content);
  text.escaped(bytes, { from: 0, to: bytes.length }, false);
  text.byte(0x22);
  expect(written(text)).toBe(JSON.stringify(content));
});

test('two quotes are one where they are doubled', () => {
  expect([escaped('a""b""', true), escaped('a""b', false), escaped('""""', true)]).toEqual([
    'a\\"b\\"',
    'a\\"\\"b',
    '\\"\\"',
  ]);
  expect(escaped('\\""', true)).toBe('\\\\\\"');
});

test.each([3000, 4095, 4096, 4097, 20_000])('%d control characters find room, whatever follows', (count) => {
  const text = new JsonText();
  text.copy(Buffer.from('[begin]'), 0, 7);
  const content = `${'x'.repeat(10)}${'\u0001'.repeat(count)}${'"'.repeat(count)}`;
  const bytes = Buffer.from(content);
  text.escaped(bytes, { from: 0, to: bytes.length }, false);
  text.byte(0x5d);
  expect(written(text)).toBe(`[begin]${JSON.stringify(content).slice(1, -1)}]`);
});

test.each([0, 1, 23, 24, 25, 5000])('%d bytes are copied as they are', (length) => {
  const text = new JsonText();
  const source = Buffer.from(`<${'"\\é'.repeat(length)}`.slice(0, length + 1));
  for (let count = 0; count < 3; count++) text.copy(source, 1, source.length);
  expect(written(text)).toBe(source.toString('utf8', 1).repeat(3));
});

test('room grows twofold at least, and is kept', () => {
  const text = new JsonText();
  const first = text.bytes;
  text.reserve(first.length);
  expect(text.bytes).toBe(first);
  text.copy(Buffer.from('abc'), 0, 3);
  text.reserve(first.length - 3);
  expect(text.bytes).toBe(first);
  text.reserve(first.length - 2);
  expect([text.bytes.length, written(text)]).toEqual([2 * first.length, 'abc']);
  text.reserve(10 * first.length);
  expect([text.bytes.length, written(text)]).toEqual([10 * first.length + 3, 'abc']);
});
