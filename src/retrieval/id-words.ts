/** Ids as 128 bits: a UUID is its own, every other text the first half of its SHA-256. */
import { createHash } from 'node:crypto';
import type { IdWords } from './id-table.ts';

const uuidLength = 36;
const dash = 0x2d;
const dashes: readonly number[] = [8, 13, 18, 23];
/** The value of a hexadecimal digit; 255 for every other byte. */
const digits = hexadecimalDigits();
/** Where the 32 digits of a UUID stand in its text. */
const digitOffsets = Uint8Array.from(
  Array.from({ length: uuidLength }, (_, offset) => offset).filter((offset) => !dashes.includes(offset)),
);

/** Puts the id in `bytes[from, to)` into `words`. Letter case of a UUID makes no difference. */
export function readId(bytes: Buffer, range: { from: number; to: number }, words: IdWords): void {
  const { from, to } = range;
  if (to - from === uuidLength && readUuid(bytes, from, words)) return;
  const digest = createHash('sha256').update(bytes.subarray(from, to)).digest();
  for (let index = 0; index < 4; index++) words[index] = digest.readUInt32BE(index * 4);
}

function readUuid(bytes: Buffer, from: number, words: IdWords): boolean {
  for (let index = 0; index < 4; index++) if (bytes[from + (dashes[index] as number)] !== dash) return false;
  let invalid = 0;
  for (let index = 0; index < 4; index++) {
    let word = 0;
    for (let digit = index * 8; digit < index * 8 + 8; digit++) {
      const value = digits[bytes[from + (digitOffsets[digit] as number)] as number] as number;
      invalid |= value;
      word = (word << 4) | value;
    }
    words[index] = word;
  }
  return invalid < 16;
}

function hexadecimalDigits(): Uint8Array {
  const table = new Uint8Array(256).fill(255);
  for (let value = 0; value < 16; value++) {
    const digit = value.toString(16);
    table[digit.charCodeAt(0)] = value;
    table[digit.toUpperCase().charCodeAt(0)] = value;
  }
  return table;
}
