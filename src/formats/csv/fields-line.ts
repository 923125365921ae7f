/**
 * The line that names the columns in W3C logs: `#Fields: date time c-ip` ("Extended Log File Format", W3C,
 * 1996).
 */
import { markLength } from '../encoding.ts';

export const FIELDS_MARK = '#Fields:';

/** A line without its end, and the names in it. */
export interface FieldsLine {
  text: string;
  names: readonly string[];
}

/**
 * The last `#Fields:` line among the `#` lines at the beginning of an input; undefined when there is none.
 */
export function readFieldsLine(head: Buffer): FieldsLine | undefined {
  const lines = head.toString('utf8', markLength(head)).split(/\r?\n/);
  const end = lines.findIndex((line) => !line.startsWith('#'));
  const text = lines.slice(0, end < 0 ? lines.length : end).findLast((line) => line.startsWith(FIELDS_MARK));
  return text === undefined ? undefined : { text, names: namesIn(text) };
}

function namesIn(line: string): string[] {
  return line
    .slice(FIELDS_MARK.length)
    .split(/\s+/)
    .filter((name) => name !== '');
}
