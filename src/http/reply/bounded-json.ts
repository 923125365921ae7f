/**
 * JSON from an untrusted server: text that would cost more memory or stack than any legitimate reply is
 * treated as invalid.
 */

/** Deeper nesting would make other code that walks the value (`JSON.stringify` for one) run out of stack. */
const maxDepth = 200;

/** Members and elements. A value of two bytes may cost sixty in memory. */
const maxValues = 1_000_000;

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;

/**
 * The value of a JSON text; undefined for invalid JSON, and for JSON that is nested too deeply or has too
 * many values.
 */
export function parseBoundedJson(text: string): unknown {
  if (!isModest(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isModest(text: string): boolean {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = closingQuote(text, at);
    } else if (code === comma) {
      values++;
    } else if (code === 0x5b || code === 0x7b) {
      values++;
      depth++;
      if (depth > maxDepth) return false;
    } else if (code === 0x5d || code === 0x7d) {
      depth--;
    }
    if (values > maxValues) return false;
  }
  return true;
}

/** Where the string that begins at `from` ends; the end of the text when it is unterminated. */
function closingQuote(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash) at++;
  }
  return text.length;
}
