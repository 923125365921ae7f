/** What the header, or the first rows, say of the command: told before a row leaves. */
import { NOW, type InputCase } from './case.ts';

const refused: Pick<InputCase, 'exit' | 'counts'> = { exit: 2, counts: [0, 0] };
const row = `{"$package":"p","$time":"${NOW}"}\n`;

export const HEADER_CASES: Record<string, InputCase> = {
  'a name in --keep': {
    input: 'one-row-with-n.ndjson',
    flags: ['--keep', 'm'],
    ...refused,
    says: 'there is $package',
  },
  'a name in --map, and the nearest': {
    input: 'headers/name-in-map.ndjson',
    flags: ['--map', 'adress=$remote_address'],
    ...refused,
    says: 'did you mean address?',
  },
  'a joined name of which one part is missing': {
    input: 'headers/day-and-a-clock.csv',
    flags: ['--map', 'Date+Tine=$time'],
    ...refused,
    says: 'Date+Tine',
  },
  'a position that no table has': {
    input: 'headers/two-columns.csv',
    flags: ['--drop', '#3'],
    ...refused,
    says: '#3',
  },
  'a key that only a late row has': {
    input: 'headers/key-that-only-a-late-row-has.ndjson',
    made: row.repeat(900) + row.replace('}', ',"late":"1"}'),
    flags: ['--type', 'late:int'],
    counts: [901, 0],
  },
  'a field that is set, and that Scarf does not know': {
    input: 'one-row.ndjson',
    flags: ['--set', '$user-agent=x'],
    ...refused,
    says: '$user_agent?',
  },
  'Moesif: a table without a time': {
    vendor: 'moesif',
    input: 'headers/moesif-calls.csv',
    flags: ['--map', 'method=request.verb', '--map', 'url=request.uri'],
    ...refused,
    says: 'no request.time: the columns are when, method, url',
  },
  'Moesif: a table with all that is required': {
    vendor: 'moesif',
    input: 'headers/moesif-calls.csv',
    flags: ['--map', 'method=request.verb', '--map', 'url=request.uri', '--map', 'when=request.time'],
    counts: [1, 0],
    stored: { request: { time: NOW, verb: 'GET' } },
  },
  'Moesif: a status without a time of the response': {
    vendor: 'moesif',
    input: 'headers/moesif-status-without-its-time.csv',
    ...refused,
    says: 'no response.time',
  },
  'Moesif: a name in --type': {
    vendor: 'moesif',
    input: 'one-call.ndjson',
    flags: ['--type', 'request.verbs:string'],
    ...refused,
    says: 'request.verb',
  },
  'Sumatra: a table without a type': {
    vendor: 'sumatra',
    input: 'headers/sumatra-table.csv',
    ...refused,
    says: '--event-type',
  },
  'Sumatra: a type for all rows of a table': {
    vendor: 'sumatra',
    input: 'headers/sumatra-table.csv',
    flags: ['--event-type', 'x'],
    counts: [1, 0],
    stored: { _type: 'x', a: '1' },
  },
  'Log Insight: a name in --drop': {
    vendor: 'loginsight',
    input: 'headers/loginsight-level.ndjson',
    flags: ['--drop', 'levle'],
    ...refused,
    says: 'did you mean level?',
  },
  'Log Insight: an address in the place of the header': {
    vendor: 'loginsight',
    input: 'headers/loginsight-no-header.csv',
    ...refused,
    says: '--header none',
  },
  'Log Insight: a table drawn for people': {
    vendor: 'loginsight',
    input: 'headers/loginsight-drawn-table.txt',
    ...refused,
    says: 'cannot detect the format',
  },
  'Log Insight: prose with commas': {
    vendor: 'loginsight',
    input: 'headers/loginsight-prose.txt',
    ...refused,
    says: '--format',
  },
  'Log Insight: the same, said to be text': {
    vendor: 'loginsight',
    input: 'headers/loginsight-prose.txt',
    flags: ['--format', 'text'],
    counts: [2, 0],
    stored: { text: 'Started, at last' },
  },
  'a W3C log': { vendor: 'loginsight', input: 'headers/w3c-log.tsv', ...refused, says: "--comment '#'" },
  'a mark inside the first quotes': {
    input: 'headers/mark-inside-the-first-quotes.csv',
    counts: [1, 0],
    stored: { $package: 'p' },
  },
};
