/** Removes escapes from cells. */
import type { Dialect } from './dialect.ts';

/** Letters after a backslash, in files without quotes (text files of MySQL and PostgreSQL). */
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
 * The unescaped bytes of a cell. In a dialect with quotes, an escape counts only before a quote and before itself,
 * unless `escapeAll` is set.
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
