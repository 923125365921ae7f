import { expect, test } from 'vitest';
import { toUtf8 } from '../../src/sources/encoding.ts';

async function read(pieces: readonly Buffer[], encoding: string): Promise<string> {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  const decoded: Uint8Array[] = [];
  for await (const piece of toUtf8(source(), { encoding, name: 'a' })) decoded.push(piece.slice());
  return Buffer.concat(decoded).toString('utf8');
}

function inPieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

test.each([
  ['windows-1252', Buffer.from([0x80, 0x3b, 0xfc])],
  ['utf-16le', Buffer.from('€;ü', 'utf16le')],
  // A byte order mark says more than a name.
  ['windows-1252', Buffer.from('\uFEFF€;ü')],
  ['windows-1252', Buffer.from('\uFEFF€;ü', 'utf16le')],
  ['windows-1252', Buffer.from('\uFEFF€;ü', 'utf16le').swap16()],
])('%s', async (encoding, bytes) => {
  for (const size of [1, 2, 100]) expect(await read(inPieces(bytes, size), encoding)).toBe('€;ü');
});

test('nothing, and less than a mark', async () => {
  expect(await read([], 'latin1')).toBe('');
  expect(await read([Buffer.from([0xef])], 'latin1')).toBe('ï');
});
