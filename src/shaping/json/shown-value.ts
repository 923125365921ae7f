/** Shortens a value for messages, so that it fits on a line. */

const MAX_SHOWN = 60;

/** `text` is the JSON text of the value. */
export function shownValue(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}
