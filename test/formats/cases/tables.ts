/** Tables in whatever dialect. */
import type { InputCase } from './case.ts';

export const TABLE_CASES: Record<string, InputCase> = {
  'semicolons, found and said': { input: 'tables/semicolons.csv', counts: [2, 0], says: 'divided by' },
  'bars on standard names': { input: 'tables/bars.csv', counts: [2, 0], says: 'divided by' },
  'commas in TSV': { input: 'tables/commas-in-tsv.tsv', counts: [2, 0], says: 'a comma' },
  'sep=;': { input: 'tables/sep-line.csv', counts: [2, 0] },
  'two characters': { input: 'tables/two-characters.csv', flags: ['--delimiter', '||'], counts: [2, 0] },
  'a control character': {
    input: 'tables/control-character.csv',
    flags: ['--delimiter', '\\x01'],
    counts: [2, 0],
  },
  'windows-1252': { input: 'tables/windows-1252.csv', flags: ['--encoding', 'windows-1252'], counts: [1, 0] },
  'UTF-16 when it is said': {
    input: 'tables/utf-16le.csv',
    flags: ['--encoding', 'utf-16le'],
    counts: [2, 0],
  },
  'not the encoding': {
    input: 'tables/not-utf-8.csv',
    flags: ['--encoding', 'utf-8'],
    exit: 6,
    counts: [0, 0],
  },
  'quotes in TSV are text': { input: 'tables/quotes-in-tsv-are-text.tsv', counts: [2, 0] },
  'a column that is not there': {
    input: 'tables/commas.csv',
    flags: ['--drop', 'm'],
    exit: 2,
    counts: [0, 0],
    says: 'there is $package, $time, n',
  },
  'a column with another name': {
    input: 'tables/column-with-another-name.csv',
    flags: ['--map', 'whn=$time'],
    exit: 2,
    counts: [0, 0],
    says: 'did you mean when?',
  },
  'a key that no row has': {
    input: 'one-row-with-n.ndjson',
    flags: ['--type', 'm:int'],
    exit: 2,
    counts: [0, 0],
  },
  'a field that Scarf does not know': {
    input: 'tables/field-that-scarf-does-not-know.csv',
    flags: ['--map', 'ip=$remote_addr'],
    exit: 2,
    counts: [0, 0],
    says: '$remote_address?',
  },
  'a field in the data that Scarf does not know': {
    input: 'tables/field-in-the-data-that-scarf-does-not-know.ndjson',
    counts: [1, 0],
    says: '1 of the first 1 rows have $remote_addr',
  },
  'no column for the time': {
    input: 'tables/no-column-for-the-time.csv',
    exit: 2,
    counts: [0, 0],
    says: 'no $time: the columns are $package, when',
  },
  'no column for the artifact': {
    input: 'tables/no-column-for-the-artifact.csv',
    exit: 2,
    counts: [0, 0],
    says: '--package',
  },
  'a row in the place of the header': {
    input: 'tables/row-in-the-place-of-the-header.csv',
    exit: 2,
    counts: [0, 0],
    says: '--header none',
  },
  'columns without a name, by position': {
    input: 'tables/columns-without-a-name-by-position.csv',
    flags: ['--map', '#2=$time', '--drop', '#4'],
    counts: [1, 0],
  },
  'a column with a name, by position': {
    input: 'tables/column-with-a-name-by-position.csv',
    flags: ['--map', '#1=$package', '--map', '#2=$time', '--type', '#3:int'],
    counts: [1, 0],
  },
  'a delimiter at the end of rows': {
    input: 'tables/delimiter-at-the-end-of-rows.csv',
    counts: [1, 0],
    says: 'only rows end with a delimiter',
  },
  'a delimiter at the end of the header': {
    input: 'tables/delimiter-at-the-end-of-the-header.csv',
    counts: [1, 0],
    says: 'only the header ends with a delimiter',
  },
  'decimal commas': {
    input: 'tables/decimal-commas.csv',
    flags: ['--decimal', ',', '--type', 'n:number'],
    counts: [1, 0],
  },
};
