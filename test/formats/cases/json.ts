/** JSON in whatever layout. */
import { NOW, scarfRow, type InputCase } from './case.ts';

const row = (n: number) => scarfRow({ n }).trimEnd();
const pretty = (n: number) => JSON.stringify({ $package: 'p', $time: NOW, n }, undefined, 2);

export const JSON_CASES: Record<string, InputCase> = {
  'an array called NDJSON': {
    file: 'a.ndjson',
    content: `[${row(1)},\n${row(2)}]\n`,
    counts: [2, 0],
    says: 'a JSON array',
  },
  'objects over several lines': {
    file: 'a.ndjson',
    content: `${pretty(1)}\n${pretty(2)}\n`,
    counts: [2, 0],
    says: 'one after another',
  },
  'objects on one line': { file: 'a.json', content: row(1) + row(2) + row(3), counts: [3, 0] },
  'an envelope': {
    file: 'a.json',
    content: `{"count":2,"data":[${row(1)},${row(2)}]}`,
    counts: [2, 0],
    says: 'its rows at data',
  },
  'an envelope called NDJSON': {
    file: 'a.ndjson',
    content: `{"data":[${row(1)}]}\n`,
    counts: [1, 0],
    says: 'its rows at data',
  },
  'a path to the rows': {
    file: 'a.json',
    content: `{"downloads":{"all":[${row(1)}],"some":[${row(2)}]}}`,
    flags: ['--path', 'downloads.all'],
    counts: [1, 0],
  },
  'an envelope with two lists': {
    file: 'a.json',
    content: `{"all":[${row(1)}],"some":[${row(2)}]}`,
    exit: 2,
    counts: [0, 0],
    says: 'all and some',
  },
  'line by line when that is asked for': {
    file: 'a.ndjson',
    content: `[${row(1)},\n${row(2)}\n]\n`,
    flags: ['--format', 'ndjson'],
    exit: 3,
    counts: [3, 2],
  },
  'a broken first line': { file: 'a.ndjson', content: `{"$time":\n${row(1)}\n`, exit: 3, counts: [2, 1] },
};
