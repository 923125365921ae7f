/** Unicode's control characters and those that turn the direction of text; line feeds stay. */
const unprintable = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu;

/**
 * Where GitHub Actions would take a line for a command ("GitHub docs, Workflow commands", and its older `##[`). The
 * blanks in front are looked at last: from each blank of a long run it would take quadratic time.
 */
const workflowCommand = /(?=::)(?<=^\s*)|(?<=##)(?=\[)/gmu;

/**
 * Text from servers and files, made safe for a terminal, where control characters could move the cursor or worse, and
 * for a log that is read by GitHub Actions.
 */
export function printable(text: string): string {
  return text.replace(unprintable, '\u{fffd}').replace(workflowCommand, '\u{fffd}');
}

/** The same for text that stands within a line: what would end the line is a blank. */
export function printableLine(text: string): string {
  return printable(text.replaceAll(/[\r\n\t]+/g, ' '));
}
