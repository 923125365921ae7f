/** Tables in whatever dialect. */
import { NOW, scarfRow, type InputCase } from './case.ts';

const row = (n: number) => scarfRow({ n }).trimEnd();

export const TABLE_CASES: Record<string, InputCase> = {
  'semicolons, found and said': { file: 'a.csv', content: table(';'), counts: [2, 0], says: 'divided by' },
  'bars on standard names': { file: 'a.csv', content: table('|'), counts: [2, 0], says: 'divided by' },
  'commas in TSV': { file: 'a.tsv', content: table(','), counts: [2, 0], says: 'a comma' },
  'sep=;': { file: 'a.csv', content: `sep=;\r\n${table(';')}`, counts: [2, 0] },
  'two characters': { file: 'a.csv', content: table('||'), flags: ['--delimiter', '||'], counts: [2, 0] },
  'a control character': {
    file: 'a.csv',
    content: table('\x01'),
    flags: ['--delimiter', '\\x01'],
    counts: [2, 0],
  },
  'windows-1252': {
    file: 'a.csv',
    content: Buffer.from(`$package,$time,é\np,${NOW},€\n`.replace('€', '\x80'), 'latin1'),
    flags: ['--encoding', 'windows-1252'],
    counts: [1, 0],
  },
  'UTF-16 when it is said': {
    file: 'a.csv',
    content: Buffer.from(`\uFEFF${table(',')}`, 'utf16le'),
    flags: ['--encoding', 'utf-16le'],
    counts: [2, 0],
  },
  'not the encoding': {
    file: 'a.csv',
    content: Buffer.from(`$package,$time,n\np,${NOW},\xff\n`, 'latin1'),
    flags: ['--encoding', 'utf-8'],
    exit: 6,
    counts: [0, 0],
  },
  'quotes in TSV are text': {
    file: 'a.tsv',
    content: `$package\t$time\tn\np\t${NOW}\t5" disk\np\t${NOW}\t"x\n`,
    counts: [2, 0],
  },
  'a column that is not there': {
    file: 'a.csv',
    content: table(','),
    flags: ['--drop', 'm'],
    exit: 2,
    counts: [0, 0],
    says: 'there is $package, $time, n',
  },
  'a column with another name': {
    file: 'a.csv',
    content: `$package,when,n\np,${NOW},1\n`,
    flags: ['--map', 'whn=$time'],
    exit: 2,
    counts: [0, 0],
    says: ': when?',
  },
  'a key that no row has': {
    file: 'a.ndjson',
    content: `${row(1)}\n`,
    flags: ['--type', 'm:int'],
    exit: 2,
    counts: [0, 0],
  },
  'a field that Scarf does not know': {
    file: 'a.csv',
    content: `$package,$time,ip\np,${NOW},1.2.3.4\n`,
    flags: ['--map', 'ip=$remote_addr'],
    exit: 2,
    counts: [0, 0],
    says: '$remote_address?',
  },
  'a field in the data that Scarf does not know': {
    file: 'a.ndjson',
    content: `{"$package":"p","$time":"${NOW}","$remote_addr":"1.2.3.4"}\n`,
    counts: [1, 0],
    says: '1 of the first 1 rows have $remote_addr',
  },
  'no column for the time': {
    file: 'a.csv',
    content: '$package,when\np,1\n',
    exit: 2,
    counts: [0, 0],
    says: 'no $time: the columns are $package, when',
  },
  'no column for the artifact': {
    file: 'a.csv',
    content: `$time,n\n${NOW},1\n`,
    exit: 2,
    counts: [0, 0],
    says: '--package',
  },
  'a row in the place of the header': {
    file: 'a.csv',
    content: `p,${NOW},1\np,${NOW},2\n`,
    exit: 2,
    counts: [0, 0],
    says: '--header none',
  },
  'columns without a name, by position': {
    file: 'a.csv',
    content: `$package,,n,n\np,${NOW},1,2\n`,
    flags: ['--map', '#2=$time', '--drop', '#4'],
    counts: [1, 0],
  },
  'a column with a name, by position': {
    file: 'a.csv',
    content: `a,b,c\np,${NOW},1\n`,
    flags: ['--map', '#1=$package', '--map', '#2=$time', '--type', '#3:int'],
    counts: [1, 0],
  },
  'a delimiter at the end of rows': {
    file: 'a.csv',
    content: `$package,$time\np,${NOW},\n`,
    counts: [1, 0],
    says: 'only rows end with a delimiter',
  },
  'a delimiter at the end of the header': {
    file: 'a.csv',
    content: `$package,$time,\np,${NOW}\n`,
    counts: [1, 0],
    says: 'only the header ends with a delimiter',
  },
  'decimal commas': {
    file: 'a.csv',
    content: `$package;$time;n\np;${NOW};1.234,5\n`,
    flags: ['--decimal', ',', '--type', 'n:number'],
    counts: [1, 0],
  },
};

function table(delimiter: string): string {
  return [['$package', '$time', 'n'], ['p', NOW, '1'], ['p', NOW, '2'], []]
    .map((cells) => cells.join(delimiter))
    .join('\n');
}
