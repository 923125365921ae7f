/** Detects the format of an input by its name, else by its first bytes. */
import { parseObject } from '../json.ts';
import { markLength } from './encoding.ts';
import { jsonLayout, type InputHead, type IsField } from './json/layout.ts';

export type FormatName = 'ndjson' | 'csv' | 'tsv' | 'json' | 'text' | 'log';

/** A format, with what was found out while detecting it. */
export interface DetectedFormat {
  name: FormatName;
  /** For JSON: where in an envelope the rows are. */
  path?: readonly string[];
  notes?: readonly string[];
}

const BY_SUFFIX: Readonly<Record<string, FormatName>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
};

/** The time of an access log, which stands in no table like this. */
const LOG_TIME = / \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] /;

const MAX_LINE_BYTES = 8192;

/** Whether the first line is one of an access log: which one, only its owner knows. */
export function looksLikeLog(head: Buffer): boolean {
  return LOG_TIME.test(head.toString('utf8', 0, MAX_LINE_BYTES).trimStart().split('\n', 1)[0] ?? '');
}

/** How many lines are examined: the first ones may be damaged. */
const MAX_LINES = 20;

/**
 * Detects the format from the path and the first bytes. `text` is never guessed, and everything called NDJSON
 * is read as whatever JSON it is, or as the table that it is. Throws a Failure `usage` when nothing decides, and for UTF-16.
 */
export function detectFormat(
  path: string,
  head: InputHead,
  isField: IsField = () => false,
): DetectedFormat | undefined {
  const [, ending] = /\.([a-z]+)(?:\.gz)?$/i.exec(path) ?? [];
  const byName = BY_SUFFIX[ending?.toLowerCase() ?? ''];
  const isTableByName = byName !== undefined && byName !== 'ndjson';
  if (isTableByName && !beginsWithObject(head.bytes)) return { name: byName };
  const layout = jsonLayout(head, isField);
  if (layout.kind === 'values') {
    const { what, path: rowsAt } = layout;
    const isSaid = byName !== undefined || rowsAt !== undefined;
    const notes = isSaid
      ? [`${path} is ${what}, and read as such (--format ndjson reads it line by line)`]
      : [];
    return { name: 'json', notes, ...(rowsAt === undefined ? {} : { path: rowsAt }) };
  }
  if (isTableByName) {
    const note = `${path} holds JSON, and is read as such (--format ${byName} reads it as a table)`;
    return { name: 'ndjson', notes: [note] };
  }
  const text = head.bytes.toString('utf8', markLength(head.bytes)).trimStart();
  if (text === '') return { name: 'ndjson' };
  const lines = text.split('\n', MAX_LINES);
  if (lines.some((line) => /^\s*[{[]/.test(line))) return { name: 'ndjson' };
  const rows = lines.filter((line) => line.trim() !== '');
  if (byName === 'ndjson') {
    const table = tableOf(rows);
    if (table === undefined || !isEvenTable(rows)) return { name: 'ndjson' };
    const note = `${path} holds a table, and is read as such (--format ndjson reads it line by line)`;
    return { name: table, notes: [note] };
  }
  if (ending?.toLowerCase() === 'log' || looksLikeLog(head.bytes)) return undefined;
  if (/^sep=/i.test(text)) return { name: 'csv' };
  const name = tableOf(rows);
  return name === undefined ? undefined : { name };
}

/** Which table these rows are the beginning of; undefined for none. */
function tableOf(rows: readonly string[]): 'csv' | 'tsv' | undefined {
  // A table drawn for people.
  if (rows.slice(0, 3).some((line) => /^[\s|+:=-]*-{2,}[\s|+:=-]*$/.test(line))) return undefined;
  if (isTable(rows, '\t')) return 'tsv';
  return [',', ';', '|'].some((delimiter) => isTable(rows, delimiter)) ? 'csv' : undefined;
}

/** Whether the first line is an object, which has quotes, commas and colons where no header has them. */
function beginsWithObject(head: Buffer): boolean {
  const text = head.toString('utf8', markLength(head), MAX_LINE_BYTES).trimStart();
  const [line = ''] = text.split('\n', 1);
  return line.startsWith('{"') && parseObject(line) !== undefined;
}

/** Whether other lines have as many cells as the first: sentences have commas too. What is not usual must show at once. */
function isTable(rows: readonly string[], delimiter: string): boolean {
  const [first = '', ...others] = rows;
  const count = cellsOf(first, delimiter);
  if (count < 2) return false;
  const agreeing = delimiter === ',' || delimiter === '\t' ? others : others.slice(0, 1);
  return (
    others.length === 0 || agreeing.some((row) => cellsOf(row, delimiter) === count || hasOpenQuote(row))
  );
}

/**
 * Whether every line has as many cells as the first, and no space follows a delimiter there, as in sentences: it takes
 * more to believe it of a file that is called something else. The last line may be cut.
 */
function isEvenTable(rows: readonly string[]): boolean {
  const [first = ''] = rows;
  const whole = rows.length > 2 ? rows.slice(0, -1) : rows;
  return ['\t', ',', ';', '|'].some((delimiter) => {
    const count = cellsOf(first, delimiter);
    const isEven = whole.every((row) => cellsOf(row, delimiter) === count);
    return rows.length > 1 && count > 1 && isEven && !first.includes(`${delimiter} `);
  });
}

/** Outside quotes. */
function cellsOf(line: string, delimiter: string): number {
  return line.replace(/"[^"]*"/g, '').split(delimiter).length;
}

/** The cell goes on in the next line. */
function hasOpenQuote(line: string): boolean {
  return (line.split('"').length - 1) % 2 === 1;
}
