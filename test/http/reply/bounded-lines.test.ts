import { expect, test } from 'vitest';
import { boundedLines, type BoundedLine } from '../../../src/http/reply/bounded-lines.ts';

async function linesOf(chunks: Iterable<string | Uint8Array>, maxBytes?: number): Promise<BoundedLine[]> {
  const lines: BoundedLine[] = [];
  const body = (async function* () {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  })();
  for await (const line of boundedLines(body, maxBytes)) lines.push(line);
  return lines;
}

const line = (text: string, ended = true) => ({ kind: 'line', text, ended });

test.each([
  ['whole lines', ['a\nb\n'], [line('a'), line('b')]],
  ['a last line without an end', ['a\nb'], [line('a'), line('b', false)]],
  ['lines over several chunks', ['a', 'b\nc', '', 'd\n'], [line('ab'), line('cd')]],
  ['blank lines', ['\n\na\n'], [line(''), line(''), line('a')]],
  ['nothing', [], []],
  ['a byte order mark', ['\ufeffa\n', '\ufeff'], [line('a'), line('', false)]],
])('%s', async (_name, chunks, expected) => {
  expect(await linesOf(chunks)).toEqual(expected);
});

test('a character that is cut by a chunk is whole again', async () => {
  const bytes = Buffer.from('ä€😀\n');
  expect(await linesOf([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual([line('ä€😀')]);
});

test('a line beyond the bound is passed over, those around it are not', async () => {
  expect(await linesOf(['ab\nabcd', 'e\nabcd\n', 'abcde'], 4)).toEqual([
    line('ab'),
    { kind: 'too-long' },
    line('abcd'),
    { kind: 'too-long' },
  ]);
});

test('a line of many small chunks ends in time that grows with its length', async () => {
  const chunk = Buffer.from('x');
  const chunks = (function* () {
    for (let count = 0; count < 200_000; count++) yield chunk;
  })();
  const [only] = await linesOf(chunks);
  expect(only?.kind === 'line' && only.text.length).toBe(200_000);
});
