/** What the header, or the first rows, say of the command: told before a row leaves. */
import { callRow, logRow, NOW, scarfRow, type InputCase } from './case.ts';

const refused: Pick<InputCase, 'exit' | 'counts'> = { exit: 2, counts: [0, 0] };
const calls = `when,method,url\n${NOW},GET,https://a.example/\n`;

export const HEADER_CASES: Record<string, InputCase> = {
  'a name in --keep': {
    content: scarfRow({ n: 1 }),
    flags: ['--keep', 'm'],
    ...refused,
    says: 'there is $package',
  },
  'a name in --map, and the nearest': {
    content: scarfRow({ address: '192.0.2.1' }),
    flags: ['--map', 'adress=$remote_address'],
    ...refused,
    says: ': address?',
  },
  'a joined name of which one part is missing': {
    file: 'a.csv',
    content: `$package,Date,Time\np,2026-11-25,10:00\n`,
    flags: ['--map', 'Date+Tine=$time'],
    ...refused,
    says: 'Date+Tine',
  },
  'a position that no table has': {
    file: 'a.csv',
    content: `$package,$time\np,${NOW}\n`,
    flags: ['--drop', '#3'],
    ...refused,
    says: '#3',
  },
  'a key that only a late row has': {
    content: `${scarfRow().repeat(900)}${scarfRow({ late: '1' })}`,
    flags: ['--type', 'late:int'],
    counts: [901, 0],
  },
  'a field that is set, and that Scarf does not know': {
    content: scarfRow(),
    flags: ['--set', '$user-agent=x'],
    ...refused,
    says: '$user_agent?',
  },
  'Moesif: a table without a time': {
    vendor: 'moesif',
    file: 'a.csv',
    content: calls,
    flags: ['--map', 'method=request.verb', '--map', 'url=request.uri'],
    ...refused,
    says: 'no request.time: the columns are when, method, url',
  },
  'Moesif: a table with all that is required': {
    vendor: 'moesif',
    file: 'a.csv',
    content: calls,
    flags: ['--map', 'method=request.verb', '--map', 'url=request.uri', '--map', 'when=request.time'],
    counts: [1, 0],
    stored: { request: { time: NOW, verb: 'GET' } },
  },
  'Moesif: a status without a time of the response': {
    vendor: 'moesif',
    file: 'a.csv',
    content: `request.time,request.verb,request.uri,response.status\n${NOW},GET,https://a.example/,200\n`,
    ...refused,
    says: 'no response.time',
  },
  'Moesif: a name in --type': {
    vendor: 'moesif',
    content: callRow({ verb: 'GET' }),
    flags: ['--type', 'request.verbs:string'],
    ...refused,
    says: 'request.verb',
  },
  'Sumatra: a table without a type': {
    vendor: 'sumatra',
    file: 'a.csv',
    content: 'a,b\n1,2\n',
    ...refused,
    says: '--event-type',
  },
  'Sumatra: a type for all rows of a table': {
    vendor: 'sumatra',
    file: 'a.csv',
    content: 'a,b\n1,2\n',
    flags: ['--event-type', 'x'],
    counts: [1, 0],
    stored: { _type: 'x', a: '1' },
  },
  'Log Insight: a name in --drop': {
    vendor: 'loginsight',
    content: logRow({ level: 'info' }),
    flags: ['--drop', 'levle'],
    ...refused,
    says: ': level?',
  },
  'Log Insight: an address in the place of the header': {
    vendor: 'loginsight',
    file: 'a.csv',
    content: '192.0.2.1,GET\n192.0.2.2,GET\n',
    ...refused,
    says: '--header none',
  },
  'Log Insight: a table drawn for people': {
    vendor: 'loginsight',
    file: 'out.txt',
    content: ' id | ts \n----+----\n  1 | 2\n',
    ...refused,
    says: 'cannot detect the format',
  },
  'Log Insight: prose with commas': {
    vendor: 'loginsight',
    file: 'out.txt',
    content: 'Started, at last\nStopped\n',
    ...refused,
    says: '--format',
  },
  'Log Insight: the same, said to be text': {
    vendor: 'loginsight',
    file: 'out.txt',
    content: 'Started, at last\nStopped\n',
    flags: ['--format', 'text'],
    counts: [2, 0],
    stored: { text: 'Started, at last' },
  },
  'a W3C log': {
    vendor: 'loginsight',
    file: 'a.tsv',
    content: '#Version: 1.0\n#Fields: date\ttime\n2026-11-25\t10:00:00\n',
    ...refused,
    says: "--comment '#'",
  },
  'a mark inside the first quotes': {
    file: 'a.csv',
    content: `"\uFEFF$package","$time"\np,${NOW}\n`,
    counts: [1, 0],
    stored: { $package: 'p' },
  },
};
