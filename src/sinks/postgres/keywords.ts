/** Connection strings of keywords and values ("PostgreSQL 16 documentation, 34.1.1.1", 2023). */
import { Failure } from '../../failure.ts';

/** `host=db dbname='my base'` by keyword. Throws a Failure `usage` that shows nothing of the text. */
export function parseKeywords(text: string): Map<string, string> {
  const words = new Map<string, string>();
  const pair = /\s*([a-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s'\\]|\\.)*)(?=\s|$)\s*/y;
  while (pair.lastIndex < text.length) {
    const match = pair.exec(text);
    if (match === null) {
      throw new Failure('usage', 'the connection string is neither a URL nor keywords with values', {
        hint: "as in postgres://user@host/database or host=db dbname='my base'",
      });
    }
    const [, name = '', value = ''] = match;
    const bare = value.startsWith("'") ? value.slice(1, -1) : value;
    words.set(name, bare.replace(/\\(.)/g, '$1'));
  }
  return words;
}
