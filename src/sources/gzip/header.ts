/** The header of a gzip member (RFC 1952, 2.3). */
import type { PieceReader } from '../piece-reader.ts';

const fixedBytes = 10;
/** The magic bytes with deflate, the only compression method. */
const signature = [0x1f, 0x8b, 8];
const HEADER_CHECK = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;

/** Skips the header, if there is a complete one. */
export async function skipHeader(input: PieceReader): Promise<'whole' | 'cut' | 'none'> {
  const fixed = Buffer.from(await input.peek(fixedBytes, fixedBytes));
  const isBegun = signature.every((byte, index) => index >= fixed.length || fixed[index] === byte);
  if (!isBegun) return 'none';
  if (fixed.length < fixedBytes) return 'cut';
  input.skip(fixedBytes);
  return (await skipOptional(input, fixed[3] ?? 0)) ? 'whole' : 'cut';
}

async function skipOptional(input: PieceReader, flags: number): Promise<boolean> {
  if ((flags & EXTRA) !== 0) {
    const size = Buffer.from(await input.peek(2, 2));
    if (size.length < 2 || !(await skipBytes(input, 2 + size.readUInt16LE(0)))) return false;
  }
  if ((flags & NAME) !== 0 && !(await skipText(input))) return false;
  if ((flags & COMMENT) !== 0 && !(await skipText(input))) return false;
  return (flags & HEADER_CHECK) === 0 || skipBytes(input, 2);
}

async function skipBytes(input: PieceReader, count: number): Promise<boolean> {
  for (let left = count; left > 0;) {
    const piece = await input.peek(1, left);
    if (piece.length === 0) return false;
    input.skip(piece.length);
    left -= piece.length;
  }
  return true;
}

/** Skips a text that ends with a zero byte. */
async function skipText(input: PieceReader): Promise<boolean> {
  for (;;) {
    const piece = await input.peek(1);
    if (piece.length === 0) return false;
    const end = piece.indexOf(0);
    input.skip(end < 0 ? piece.length : end + 1);
    if (end >= 0) return true;
  }
}
