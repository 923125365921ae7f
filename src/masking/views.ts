/** A text decoded, with the original position of each character. */

export interface View {
  text: string;
  /** Maps each index in `text` to the index in the original, including the end; absent for the original itself. */
  origins?: readonly number[];
}

/** An encoding: the pattern of one encoded character, and what it means. */
interface Encoding {
  /** Texts without this character contain nothing encoded. */
  sign: string;
  pattern: RegExp;
  decode: (match: string) => string | undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const jsonLetters: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const htmlNames: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const encodings: readonly Encoding[] = [
  {
    sign: '%',
    // The bytes of one UTF-8 character.
    pattern:
      /%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}/gi,
    decode: (match) => decodeUtf8(Buffer.from(match.replaceAll('%', ''), 'hex')),
  },
  {
    sign: '\\',
    pattern: /\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[^ux]/gi,
    decode: (match) => {
      const letter = match.charAt(1);
      if (match.length > 2) return String.fromCharCode(Number.parseInt(match.slice(2), 16));
      return jsonLetters[letter] ?? letter;
    },
  },
  {
    sign: '&',
    pattern: /&#\d{1,6};|&#x[0-9a-f]{1,6};|&(?:amp|lt|gt|quot|apos);/gi,
    decode: (match) => {
      const name = match.slice(1, -1).toLowerCase();
      if (!name.startsWith('#')) return htmlNames[name];
      const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
      return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
    },
  },
  // In forms of URLs a blank.
  { sign: '+', pattern: /\+/g, decode: () => ' ' },
];

/** Encodings may be nested: a URL inside a JSON text. */
const deepest = 2;

/** The text as it is, and decoded from every encoding that occurs in it, nested ones included. */
export function viewsOf(text: string): View[] {
  const views: View[] = [{ text }];
  let latest = views;
  for (let depth = 0; depth < deepest; depth += 1) {
    latest = latest.flatMap((view) => encodings.flatMap((encoding) => decoded(view, encoding) ?? []));
    views.push(...latest);
  }
  return views;
}

/** Undefined when nothing in the view has this encoding. */
function decoded({ text, origins }: View, { sign, pattern, decode }: Encoding): View | undefined {
  if (!text.includes(sign)) return undefined;
  const parts: string[] = [];
  const from: number[] = [];
  let end = 0;
  const copyTo = (index: number) => {
    parts.push(text.slice(end, index));
    for (let at = end; at < index; at += 1) from.push(origins?.[at] ?? at);
  };
  for (const { 0: match, index } of text.matchAll(pattern)) {
    const plain = decode(match);
    if (plain === undefined) continue;
    copyTo(index);
    parts.push(plain);
    for (let unit = 0; unit < plain.length; unit += 1) from.push(origins?.[index] ?? index);
    end = index + match.length;
  }
  if (end === 0) return undefined;
  copyTo(text.length);
  from.push(origins?.[text.length] ?? text.length);
  return { text: parts.join(''), origins: from };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
