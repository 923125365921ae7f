/** Rows on their way to a terminal: what could move its cursor, or worse, is replaced. Elsewhere rows keep their bytes. */

/** Control characters but tab, carriage return and line feed, and those that turn the direction of text. */
const steering = /(?![\t\r\n])[\p{Cc}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu;

/** Takes the pieces of a stream one after the other; a character may be cut in two between them. */
export function terminalText(): (piece: Uint8Array | string) => string {
  const decoder = new TextDecoder();
  return (piece) => {
    const text = typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
    return text.replaceAll(steering, '\u{fffd}');
  };
}
