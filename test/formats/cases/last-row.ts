/** What a file ends with that somebody may still be writing: left for the next run, in every format. */
import type { InputCase } from './case.ts';

const held: Pick<InputCase, 'counts' | 'says'> = { counts: [1, 0], says: 'was left for the next run' };
const rejected: Pick<InputCase, 'exit' | 'counts'> = { exit: 3, counts: [2, 1] };

export const LAST_ROW_CASES: Record<string, InputCase> = {
  'half a line of JSON': { input: 'last-row/half-a-line.ndjson', ...held },
  'half a line of JSON, sent': {
    input: 'last-row/half-a-line.ndjson',
    flags: ['--last-row', 'send'],
    ...rejected,
    reasons: ['not-json'],
  },
  'a whole line without its end': { input: 'last-row/whole-line-without-its-end.ndjson', counts: [2, 0] },
  'half a character': { input: 'last-row/half-a-character.ndjson', ...held },
  'half a line in gzip': { input: 'last-row/half-a-line-in-gzip.gz', ...held },
  'a table whose quote is open': { input: 'last-row/table-whose-quote-is-open.csv', ...held },
  'a table whose last row lacks cells': { input: 'last-row/table-that-lacks-cells.csv', ...held },
  'the same, sent': {
    input: 'last-row/table-that-lacks-cells.csv',
    flags: ['--last-row', 'send'],
    ...rejected,
    reasons: ['ragged-row'],
  },
  'an object over several lines': { input: 'last-row/object-over-several-lines.ndjson', ...held },
  'an array that is not closed is cut off': {
    input: 'last-row/array-that-is-not-closed.json',
    exit: 6,
    counts: [1, 0],
  },
  'a pipe that has ended is over': {
    input: 'last-row/half-a-line.ndjson',
    pieces: 'one',
    ...rejected,
    reasons: ['not-json'],
  },
  'a pipe of what goes on elsewhere': {
    input: 'last-row/half-a-line.ndjson',
    pieces: 'one',
    flags: ['--last-row', 'wait'],
    ...held,
  },
  'Log Insight: half a line of text is a line': {
    vendor: 'loginsight',
    input: 'last-row/loginsight-half-a-line.log',
    flags: ['--format', 'text'],
    counts: [2, 0],
  },
};
