/** Damages bytes the way broken files and careless writers do. */
import type { Numbers } from '../kernels/deflate-cases.ts';

type Change = (bytes: Buffer, below: Numbers) => Buffer;

/** What readers of rows decide by: quotes, ends of lines, times, numbers, bytes that are no text. */
const TOKENS = [
  ...'{}[]",:\\\'\n\r\t #;|/+-.0123456789eEZT'.split(''),
  ...[
    '\r\n',
    '""',
    '\\"',
    '\\\\',
    '\\u00e9',
    '\\ud83d\\ude00',
    '\\ud83d',
    '\\u0000',
    '\\u0024',
    '":"',
    '","',
  ],
  ...['null', 'true', 'false', '0', '-0', '1e400', '1.10', '12345678901234567890', '0.0000001', '{}', '[[]]'],
  ...['"$time"', '"$unique_id"', '"$package"', '"$pixel"', '"$version"', '"__proto__"', '"7"', '$time', 'p'],
  ...[
    '2026-11-24T00:00:00Z',
    '2026-11-17T11:59:59.999Z',
    '2024-02-30T10:20:30Z',
    '2026-11-24 10:20:30+02:00',
  ],
  ...['1790000000', '1790000000120', '00000000-0000-0000-0000-000000000000', '9999-12-31T23:59:60Z', 'NULL'],
  ...['é', '東', '😀', '\uFEFF', '\u2028', '\u0000', '\u001f', '\u007f', '\u0085'],
].map((text) => Buffer.from(text));
/** Overlong, cut off, beyond the last character, half of a pair. */
const NO_TEXT = ['c0af', 'c3', 'e69d', 'f4908080', 'eda080', '80', 'ff', 'f09f98'];
const TOKENS_AND_NO_TEXT = [...TOKENS, ...NO_TEXT.map((digits) => Buffer.from(digits, 'hex'))];

/** Kernels look at sixteen bytes at once, and make exceptions at these lengths. */
const LENGTHS = [15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 400];

const CHANGES: readonly Change[] = [
  (bytes, below) => replaced(bytes, spot(bytes, below), Buffer.of(below(256))),
  (bytes, below) => {
    const { from, to } = spot(bytes, below);
    return replaced(bytes, { from, to }, Buffer.of((bytes[from] ?? 0) ^ (1 << below(8))));
  },
  (bytes, below) => replaced(bytes, gap(bytes, below), token(below)),
  (bytes, below) => replaced(bytes, piece(bytes, below, 24), token(below)),
  (bytes, below) => replaced(bytes, piece(bytes, below, 40), Buffer.alloc(0)),
  (bytes, below) => {
    const { from, to } = piece(bytes, below, 300);
    return replaced(bytes, gap(bytes, below), bytes.subarray(from, to));
  },
  (bytes, below) => {
    const { from, to } = piece(bytes, below, 60);
    return replaced(bytes, piece(bytes, below, 60), bytes.subarray(from, to));
  },
  (bytes, below) => {
    const length = LENGTHS[below(LENGTHS.length)] ?? 1;
    return replaced(bytes, gap(bytes, below), Buffer.alloc(length, bytes[below(bytes.length)] ?? 0x78));
  },
];

/** The bytes with up to seven changes, or with none. */
export function mutate(bytes: Buffer, below: Numbers): Buffer {
  let mutated = bytes;
  for (let left = below(3) === 0 ? 0 : below(8); left > 0; left--) {
    mutated = CHANGES[below(CHANGES.length)]?.(mutated, below) ?? mutated;
  }
  return mutated;
}

interface Part {
  from: number;
  to: number;
}

function spot(bytes: Buffer, below: Numbers): Part {
  const from = below(bytes.length);
  return { from, to: Math.min(bytes.length, from + 1) };
}

function gap(bytes: Buffer, below: Numbers): Part {
  const from = below(bytes.length + 1);
  return { from, to: from };
}

function piece(bytes: Buffer, below: Numbers, most: number): Part {
  const from = below(bytes.length + 1);
  return { from, to: Math.min(bytes.length, from + 1 + below(most)) };
}

function token(below: Numbers): Buffer {
  return TOKENS_AND_NO_TEXT[below(TOKENS_AND_NO_TEXT.length)] ?? Buffer.alloc(0);
}

function replaced(bytes: Buffer, { from, to }: Part, by: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)]);
}
