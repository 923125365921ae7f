/** What a file ends with that somebody may still be writing: left for the next run, in every format. */
import { gzipSync } from 'node:zlib';
import { NOW, scarfRow, type InputCase } from './case.ts';

const partial = '{"$package":"p","$ti';
const held: Pick<InputCase, 'counts' | 'says'> = { counts: [1, 0], says: 'was left for the next run' };
const rejected: Pick<InputCase, 'exit' | 'counts'> = { exit: 3, counts: [2, 1] };
const header = '$package,$time,n\n';

export const LAST_ROW_CASES: Record<string, InputCase> = {
  'half a line of JSON': { content: scarfRow() + partial, ...held },
  'half a line of JSON, sent': {
    content: scarfRow() + partial,
    flags: ['--last-row', 'send'],
    ...rejected,
    reasons: ['not-json'],
  },
  'a whole line without its end': { content: (scarfRow() + scarfRow()).trimEnd(), counts: [2, 0] },
  'half a character': {
    content: Buffer.concat([Buffer.from(`${scarfRow()}{"$package":"p","n":"`), Buffer.from([0xc3])]),
    ...held,
  },
  'half a line in gzip': { file: 'a.gz', content: gzipSync(scarfRow() + partial), ...held },
  'a table whose quote is open': { file: 'a.csv', content: `${header}p,${NOW},1\np,${NOW},"op`, ...held },
  'a table whose last row lacks cells': { file: 'a.csv', content: `${header}p,${NOW},1\np,${NOW}`, ...held },
  'the same, sent': {
    file: 'a.csv',
    content: `${header}p,${NOW},1\np,${NOW}`,
    flags: ['--last-row', 'send'],
    ...rejected,
    reasons: ['ragged-row'],
  },
  'an object over several lines': {
    content: `${JSON.stringify(JSON.parse(scarfRow()), undefined, 2)}\n{\n"$package":"p",\n`,
    ...held,
  },
  'an array that is not closed is cut off': {
    file: 'a.json',
    content: `[${scarfRow().trimEnd()},\n${partial}`,
    exit: 6,
    counts: [1, 0],
  },
  'a pipe that has ended is over': {
    file: '-',
    content: scarfRow() + partial,
    ...rejected,
    reasons: ['not-json'],
  },
  'a pipe of what goes on elsewhere': {
    file: '-',
    content: scarfRow() + partial,
    flags: ['--last-row', 'wait'],
    ...held,
  },
  'Log Insight: half a line of text is a line': {
    vendor: 'loginsight',
    file: 'a.log',
    content: 'one\ntw',
    flags: ['--format', 'text'],
    counts: [2, 0],
  },
};
