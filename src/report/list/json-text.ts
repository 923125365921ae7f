/** Serialises JSON for a terminal: control characters are written as escapes, which mean the same in JSON. */

const steering = /[\u{7f}-\u{9f}\u{2028}\u{2029}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu;

/** A value as JSON on one line, or with `spaces` of indentation. */
export function jsonText(value: unknown, spaces?: number): string {
  return (JSON.stringify(value, undefined, spaces) ?? 'null').replace(
    steering,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
