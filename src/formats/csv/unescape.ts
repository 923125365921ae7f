/** Cells in which characters are written with an escape in front. */
import type { Dialect } from './dialect.ts';

/** What letters stand for behind a backslash, where there are no quotes (MySQL's and PostgreSQL's text files). */
const LETTERS: Readonly<Record<string, number>> = {
  '0': 0,
  b: 0x08,
  t: 0x09,
  n: 0x0a,
  v: 0x0b,
  f: 0x0c,
  r: 0x0d,
  Z: 0x1a,
};

/**
 * The bytes that a cell stands for. Inside quotes an escape counts in front of a quote and of itself only, unless it
 * counts everywhere; only where there are no quotes at all letters behind it stand for control characters.
 */
export function unescapedCell(
  cell: Buffer,
  { quote, escape, escapeAll }: Pick<Dialect, 'quote' | 'escape' | 'escapeAll'>,
): Buffer {
  const plain = Buffer.allocUnsafe(cell.length);
  const escapeByte = (escape ?? '').charCodeAt(0);
  const quoteByte = quote?.charCodeAt(0);
  const letters = quoteByte === undefined ? LETTERS : NO_LETTERS;
  let length = 0;
  for (let at = 0; at < cell.length; at++) {
    const byte = cell[at]!;
    const next = cell[at + 1];
    const isEscaped =
      byte === escapeByte &&
      next !== undefined &&
      (quoteByte === undefined || escapeAll || next === quoteByte || next === escapeByte);
    plain[length++] = isEscaped ? (letters[String.fromCharCode(next)] ?? next) : byte;
    if (isEscaped) at++;
  }
  return plain.subarray(0, length);
}

const NO_LETTERS: typeof LETTERS = {};
