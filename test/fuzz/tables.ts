/** Records of CSV and TSV, in the dialects that people have. */
import { createTableFormat } from '../../src/formats/csv/csv.ts';
import { CSV_DIALECT, TSV_DIALECT, type Dialect } from '../../src/formats/csv/dialect.ts';
import type { Numbers } from '../kernels/deflate-cases.ts';
import { filesOf, pick, several } from './corpus.ts';
import { mutate } from './mutate.ts';
import { reshapingOf } from './reshaping.ts';
import { compareRows } from './rows.ts';
import type { FuzzTarget } from './target.ts';

const DIALECTS: readonly Partial<Dialect>[] = [
  ...[{}, {}, {}, { delimiter: ';' }, { delimiter: '|' }, { quote: "'" }, { trim: true }, { comment: '#' }],
  ...[{ skipLines: 1 }, { nulls: ['NULL', '\\N'] }, { ragged: 'fit' as const }, { quote: undefined }],
];
const NAMES = [
  '$time',
  '$package',
  '$unique_id',
  '$version',
  '$pixel',
  'note',
  'n',
  'é"\\',
  '$headers',
  'when',
];
/** Beside an artifact, or as text, they cost the row. */
const REFUSED = ['$pixel', '$headers'];
const CELLS = [
  ...[
    '2026-11-23T10:20:30Z',
    '2026-11-26T10:20:30+02:00',
    '2026-11-23 10:20:30',
    '1790000000',
    '1790000000120',
  ],
  ...[
    '',
    '',
    'p',
    'NULL',
    '\\N',
    'x"y',
    "o'clock",
    ' spaced ',
    'line\nend',
    'a, b; c\td',
    '1',
    '-1.50',
    '[]',
  ],
  ...['a text of more than sixteen bytes, and é', 'x'.repeat(120), '#', '\u0001\\', '"', '{"a":1}'],
];

/** Tables with a delimiter of its own, and files of fixtures. */
export function tableTarget(name: 'csv' | 'tsv'): FuzzTarget {
  const usual = name === 'csv' ? CSV_DIALECT : TSV_DIALECT;
  const corpus = filesOf(`.${name}`).filter((bytes) => bytes.length < 4_000);
  return {
    attempt(below) {
      const dialect = { ...usual, ...(name === 'csv' || below(3) === 0 ? pick(DIALECTS, below) : {}) };
      const header = below(6) === 0 ? 'none' : 'first';
      const empty = pick(['omit', 'null', 'string'] as const, below);
      const format = createTableFormat({ name, dialect, header, empty });
      const table = () => (below(12) === 0 ? pick(corpus, below) : Buffer.from(tableOf(dialect, below)));
      const content = () => mutate(table(), below);
      return compareRows({ format, reshaping: reshapingOf(NAMES, below), content }, below);
    },
  };
}

/** A header and records, most of which have a time and an artifact. */
function tableOf(dialect: Dialect, below: Numbers): string {
  const names = [
    ...new Set([
      ...(below(5) > 0 ? ['$time', '$package'] : []),
      ...several(below(5), () => pick(below(12) === 0 ? REFUSED : NAMES, below)),
    ]),
  ];
  const end = () => (below(6) === 0 ? '\r\n' : '\n');
  const record = (cells: readonly string[]) =>
    cells.map((cell) => written(cell, dialect, below)).join(dialect.delimiter) + end();
  const cells = () =>
    names.map(
      (_, index) => (below(6) > 0 ? ['2026-11-23T10:20:30Z', 'p'][index] : undefined) ?? pick(CELLS, below),
    );
  const front = 'front of "all\n'.repeat(dialect.skipLines);
  return front + record(names) + several(below(12), () => record(cells())).join('');
}

/** A cell in quotes where it must be, mostly. */
function written(cell: string, { quote, delimiter }: Dialect, below: Numbers): string {
  if (quote === undefined || below(20) === 0) return cell;
  const mustQuote = cell.includes(delimiter) || cell.includes(quote) || /[\r\n]/.test(cell);
  return mustQuote || below(4) === 0 ? quote + cell.replaceAll(quote, quote + quote) + quote : cell;
}
