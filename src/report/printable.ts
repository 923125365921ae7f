/** Unicode's control characters and those that turn the direction of text; line feeds stay. */
const unprintable = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu;

/** Text from servers and files, made safe for a terminal: control characters could move the cursor or worse. */
export function printable(text: string): string {
  return text.replace(unprintable, '\u{fffd}');
}
