/** Which format an input is in, by its name and else by its first bytes. */
import { Failure } from '../failure.ts';
import { markLength } from './encoding.ts';

export type FormatName = 'ndjson' | 'csv' | 'tsv' | 'json' | 'text';

const BY_ENDING: Readonly<Record<string, FormatName>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
};

/** Lines that are looked at: the first ones may be damaged. */
const MAX_LINES = 20;

/**
 * Tells the format of an input from its path and its first bytes, decompressed. `text` is never guessed.
 * Throws a Failure `usage` when nothing tells, or for UTF-16.
 */
export function detectFormat(path: string, head: Buffer): FormatName {
  const [, ending] = /\.([a-z]+)(?:\.gz)?$/i.exec(path) ?? [];
  const byName = BY_ENDING[ending?.toLowerCase() ?? ''];
  if (byName !== undefined) return byName;
  const text = head.toString('utf8', markLength(head)).trimStart();
  if (text === '') return 'ndjson';
  if (text.startsWith('[') && !isListOfLines(text)) return 'json';
  const lines = text.split('\n', MAX_LINES);
  if (lines.some((line) => line.trimStart().startsWith('{'))) return 'ndjson';
  const first = lines[0] ?? '';
  if (first.includes('\t')) return 'tsv';
  if (first.includes(',')) return 'csv';
  throw new Failure('usage', `${path}: neither its name nor its beginning tells the format`, {
    hint: 'say --format ndjson, csv, tsv, json or text',
  });
}

/** `[1]` and a line behind it: rows that are no objects rather than an array of objects. */
function isListOfLines(text: string): boolean {
  const [first = '', second = ''] = text.split('\n', 2);
  return /\]\s*$/.test(first) && /^\s*[{[]/.test(second);
}
