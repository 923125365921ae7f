/** logfmt, as Go loggers write it: `level=info msg="response completed"`. */

const PAIR = /\s*([^\s="]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?=\s|$)/y;
const LETTERS: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
};

/** Whether a line begins with a pair. */
export function beginsWithPair(bytes: Buffer, from: number, to: number): boolean {
  return /^[\w.@-]+=/.test(bytes.toString('latin1', from, Math.min(to, from + MAX_KEY_BYTES)));
}

const MAX_KEY_BYTES = 100;

/** The pairs of a line; undefined when it contains anything else. The last value of a repeated key wins. */
export function readPairs(line: string): Record<string, string> | undefined {
  const pairs: [string, string][] = [];
  PAIR.lastIndex = 0;
  let end = 0;
  for (let match = PAIR.exec(line); match !== null; match = PAIR.exec(line)) {
    const [, key = '', quoted, bare = ''] = match;
    pairs.push([key, quoted === undefined ? bare : unescaped(quoted)]);
    end = PAIR.lastIndex;
  }
  return line.slice(end).trim() === '' ? Object.fromEntries(pairs) : undefined;
}

/** Decodes the escapes that Go's `%q` writes. */
function unescaped(text: string): string {
  return text.replace(/\\(?:u[\da-fA-F]{4}|U[\da-fA-F]{8}|x[\da-fA-F]{2}|.)/g, (escape) => {
    const [, letter = ''] = escape;
    if (escape.length === 2) return LETTERS[letter] ?? letter;
    const point = Number.parseInt(escape.slice(2), 16);
    return point <= MAX_CODE_POINT ? String.fromCodePoint(point) : '\uFFFD';
  });
}

const MAX_CODE_POINT = 0x10ffff;
