/** What the first lines of a table reveal: its delimiter, and whether it has a header. */
import { Failure } from '../../failure.ts';
import type { Dialect } from './dialect.ts';
import { markLength } from '../encoding.ts';

/** How many lines are searched for the first two rows. */
const maxLines = 50;

/** Delimiters in common use. */
const DELIMITERS = [',', ';', '\t', '|'];

const DELIMITER_NAMES: Readonly<Record<string, string>> = { '\t': 'a tab', ',': 'a comma' };

/**
 * The delimiter on which the first two lines agree, when the usual one leaves a single column; with a note
 * about it.
 */
export function detectDelimiter(head: Buffer, asked: Dialect): { delimiter: string; note?: string } {
  const usual = asked.delimiter;
  const [first = '', second] = linesOf(head, asked);
  if (countOf(first, usual) > 0) return { delimiter: usual };
  const fitting = DELIMITERS.filter((one) => {
    const count = countOf(first, one);
    return one !== usual && count > 0 && (second === undefined || countOf(second, one) === count);
  });
  const [delimiter] = fitting.sort((one, other) => countOf(first, other) - countOf(first, one));
  if (delimiter === undefined) return { delimiter: usual };
  const name = DELIMITER_NAMES[delimiter] ?? JSON.stringify(delimiter);
  return { delimiter, note: `the columns are taken to be divided by ${name} (--delimiter says otherwise)` };
}

/** Throws a Failure `usage` when the first line is a row: times and addresses are not names. */
export function refuseRowAsHeader(names: readonly string[], path: string): void {
  if (W3C_DIRECTIVE.test(names[0] ?? '')) {
    throw new Failure(
      'usage',
      `${path}: the first line is a directive of a W3C log: ${JSON.stringify(names[0])}`,
      {
        hint: "pass the directives over, and name the columns as #Fields does: --comment '#' --header date,time,… --delimiter ' '",
      },
    );
  }
  const value = names.find(isValue);
  if (value === undefined) return;
  throw new Failure(
    'usage',
    `${path}: the first line looks like a row, not like names of columns: ${JSON.stringify(value)}`,
    {
      hint: 'say --header none, or name the columns: --header when,ip,…',
    },
  );
}

function isValue(name: string): boolean {
  return VALUES.some((pattern) => pattern.test(name.trim()));
}

const W3C_DIRECTIVE = /^#(?:Version|Fields|Software|Date|Start-Date|Remark): /i;

const VALUES = [
  /^\d{4}-\d\d-\d\d([T ]\d|$)/,
  /^\d{1,2}\/([A-Z][a-z]{2}|\d{1,2})\/\d{4}\b/,
  /^\d{1,3}(\.\d{1,3}){3}$/,
  /^(?=.*\d)[\da-f]{0,4}(:[\da-f]{0,4}){2,7}$/i,
  /^(\d{10}|\d{13})(\.\d+)?$/,
];

/** The first two lines that are neither blank nor skipped. */
function linesOf(head: Buffer, { skipLines, comment }: Pick<Dialect, 'skipLines' | 'comment'>): string[] {
  const lines = head.toString('utf8', markLength(head)).split(/\r?\n/, skipLines + maxLines);
  const isRow = (line: string): boolean =>
    line.trim() !== '' && (comment === undefined || !line.startsWith(comment));
  return lines.slice(skipLines).filter(isRow).slice(0, 2);
}

/** The line that Excel writes before a table: `sep=;`. */
export function separatorLine(head: Buffer): string | undefined {
  return /^sep=([^\r\n"])\r?\n/i.exec(head.toString('utf8', markLength(head), markLength(head) + 32))?.[1];
}

/** A note when only the header, or only the first row, ends with a delimiter. */
export function trailingDelimiter(head: Buffer, dialect: Dialect): string[] {
  const [first = '', second = ''] = linesOf(head, dialect);
  const more = countOf(first, dialect.delimiter) - countOf(second, dialect.delimiter);
  const ends = (line: string): boolean => line.endsWith(dialect.delimiter);
  if (second === '' || ends(first) === ends(second) || Math.abs(more) !== 1) return [];
  return [`only ${more > 0 ? 'the header ends' : 'rows end'} with a delimiter, which is left out`];
}

/** A note when all names stand in quotes that the dialect takes for a part of them, as in TSV. */
export function quotedNames(names: readonly string[], { quote }: Pick<Dialect, 'quote'>): string[] {
  const isQuoted = quote === undefined && names.length > 0 && names.every((name) => /^".*"$/.test(name));
  return isQuoted
    ? [`the quotes around the names are a part of them, unless --quote '"' says otherwise`]
    : [];
}

/**
 * How many lines precede the first two that agree on a delimiter, the first of which has names in all cells; 0 where there
 * are none.
 */
export function linesAboveTable(head: Buffer): number {
  const lines = head.toString('utf8', markLength(head)).split(/\r?\n/, maxLines);
  const areNames = (cells: readonly string[]): boolean =>
    cells.length > 1 && cells.every((cell) => cell === '' || (/\p{L}/u.test(cell) && !isValue(cell)));
  const above = lines.findIndex((line, index) =>
    DELIMITERS.some((delimiter) => {
      const count = countOf(line, delimiter);
      return areNames(line.split(delimiter)) && countOf(lines[index + 1] ?? '', delimiter) === count;
    }),
  );
  // In a cell of several lines there is no table.
  const isInQuotes = lines.slice(0, above + 1).some((line) => line.split('"').length % 2 === 0);
  return above < 0 || isInQuotes ? 0 : above;
}

/** Outside quotes. */
function countOf(line: string, delimiter: string): number {
  return line.replace(/"[^"]*"/g, '').split(delimiter).length - 1;
}
