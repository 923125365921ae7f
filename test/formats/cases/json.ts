/** JSON in whatever layout. */
import type { InputCase } from './case.ts';

export const JSON_CASES: Record<string, InputCase> = {
  'an array called NDJSON': {
    input: 'json/array-called-ndjson.ndjson',
    counts: [2, 0],
    says: 'a JSON array',
  },
  'objects over several lines': {
    input: 'json/objects-over-several-lines.ndjson',
    counts: [2, 0],
    says: 'one after another',
  },
  'objects on one line': { input: 'json/objects-on-one-line.json', counts: [3, 0] },
  'an envelope': { input: 'json/envelope.json', counts: [2, 0], says: 'its rows at data' },
  'an envelope called NDJSON': {
    input: 'json/envelope-called-ndjson.ndjson',
    counts: [1, 0],
    says: 'its rows at data',
  },
  'a path to the rows': {
    input: 'json/path-to-the-rows.json',
    flags: ['--path', 'downloads.all'],
    counts: [1, 0],
  },
  'an envelope with two lists': {
    input: 'json/envelope-with-two-lists.json',
    exit: 2,
    counts: [0, 0],
    says: 'all and some',
  },
  'line by line when that is asked for': {
    input: 'json/array-over-lines.ndjson',
    flags: ['--format', 'ndjson'],
    exit: 3,
    counts: [3, 2],
  },
  'a broken first line': { input: 'json/broken-first-line.ndjson', exit: 3, counts: [2, 1] },
};
