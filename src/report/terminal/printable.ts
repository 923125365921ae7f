/** Unicode control characters and those that change text direction, except line feeds. */
const unprintable = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu;

/**
 * Where GitHub Actions would recognize a workflow command ("GitHub docs, Workflow commands", and its older
 * `##[`). The leading blanks are checked last; checked first, a long run of blanks would take quadratic time.
 */
const workflowCommand = /(?=::)(?<=^\s*)|(?<=##)(?=\[)/gmu;

/**
 * Makes text from servers and files safe for a terminal, where control characters could move the cursor or
 * worse, and for logs that GitHub Actions interprets.
 */
export function printable(text: string): string {
  return text.replace(unprintable, '\u{fffd}').replace(workflowCommand, '\u{fffd}');
}

/** The same for JSON, which keeps its meaning: the characters, which can occur in strings only, are escaped. */
export function printableJson(json: string): string {
  const escaped = (text: string) =>
    text.replaceAll(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return json.replace(unprintable, escaped).replaceAll('##[', String.raw`##\u005b`);
}

/** The same for text within a line: line breaks become spaces. */
export function printableLine(text: string): string {
  return printable(text.replaceAll(/[\r\n\t]+/g, ' '));
}
