/** Ids as 128 bits: a UUID as it is, any other text as the first half of its SHA-256. */
import { createHash } from 'node:crypto';

const uuidLength = 36;
const dash = 0x2d;
/** Marks bytes that are not two hexadecimal digits. */
const none = -1;
/** Value of two hexadecimal digits, indexed by their two bytes; -1 for other pairs. */
const pairs = valuesOfPairs();

/** Writes the id in `bytes[from, to)` to four of `words`, starting at `at`. Ignores the letter case of a UUID. */
export function readId(
  bytes: Buffer,
  { from, to }: { from: number; to: number },
  words: Uint32Array,
  at: number,
): void {
  if (to - from === uuidLength && readUuid(bytes, from, words, at)) return;
  const digest = createHash('sha256').update(bytes.subarray(from, to)).digest();
  for (let index = 0; index < 4; index++) words[at + index] = digest.readUInt32BE(index * 4);
}

function readUuid(bytes: Buffer, from: number, words: Uint32Array, at: number): boolean {
  if (bytes[from + 8] !== dash || bytes[from + 13] !== dash) return false;
  if (bytes[from + 18] !== dash || bytes[from + 23] !== dash) return false;
  const first = readWord(bytes, from, from + 4);
  const second = readWord(bytes, from + 9, from + 14);
  const third = readWord(bytes, from + 19, from + 24);
  const fourth = readWord(bytes, from + 28, from + 32);
  words[at] = first;
  words[at + 1] = second;
  words[at + 2] = third;
  words[at + 3] = fourth;
  return Math.min(first, second, third, fourth) > none;
}

/** Value of four hexadecimal digits and four more; -1 when there is any other byte. */
function readWord(bytes: Buffer, high: number, low: number): number {
  const first = pairAt(bytes, high);
  const second = pairAt(bytes, high + 2);
  const third = pairAt(bytes, low);
  const fourth = pairAt(bytes, low + 2);
  if ((first | second | third | fourth) < 0) return none;
  return ((first << 24) | (second << 16) | (third << 8) | fourth) >>> 0;
}

function pairAt(bytes: Buffer, at: number): number {
  return pairs[((bytes[at] as number) << 8) | (bytes[at + 1] as number)] as number;
}

function valuesOfPairs(): Int16Array {
  const values = new Int16Array(0x10000).fill(none);
  for (const [first, high] of digits()) {
    for (const [second, low] of digits()) values[(first << 8) | second] = (high << 4) | low;
  }
  return values;
}

/** Byte and value of each hexadecimal digit. */
function digits(): [byte: number, value: number][] {
  return [...'0123456789abcdefABCDEF'].map((digit) => [digit.charCodeAt(0), Number.parseInt(digit, 16)]);
}
