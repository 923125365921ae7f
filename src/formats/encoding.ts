/** What the first bytes of a text say about its encoding. */
import { Failure } from '../failure.ts';

export const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** How many bytes are needed to decide. */
export const MARK_BYTES = 4;

/**
 * Length of the byte order mark at the beginning: 3 or 0. Throws a Failure `usage` for UTF-16 and UTF-32,
 * recognized by their marks or by zero bytes next to the first character.
 */
export function markLength(start: Buffer): number {
  if (start.subarray(0, UTF8_MARK.length).equals(UTF8_MARK)) return UTF8_MARK.length;
  const [first, second] = start;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const zeroBeside = start.length >= 2 && (first === 0) !== (second === 0);
  if (!marked && !zeroBeside) return 0;
  throw new Failure('usage', 'the input is UTF-16 text, and only UTF-8 is read', {
    hint: 'convert it first: iconv -f UTF-16 -t UTF-8',
  });
}
