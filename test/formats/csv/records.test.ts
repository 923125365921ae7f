/** Where the cells of a record are, how they are written, and where the next record begins, in every dialect. */
import { describe, expect, test } from 'vitest';
import { CSV_DIALECT, TSV_DIALECT, type Dialect } from '../../../src/formats/csv/dialect.ts';
import { DOUBLED, ESCAPED, RecordReader, UNCLEAN } from '../../../src/formats/csv/records.ts';

const SINGLE: Partial<Dialect> = { quote: "'" };
const ESCAPING: Partial<Dialect> = { escape: '\\' };
const EVERYWHERE: Partial<Dialect> = { escape: '\\', escapeAll: true };
const BARE: Partial<Dialect> = { ...TSV_DIALECT, escape: '\\' };
const WIDE: Partial<Dialect> = { delimiter: '||' };
const TRIMMED: Partial<Dialect> = { trim: true };
const TRIMMED_TABS: Partial<Dialect> = { trim: true, delimiter: '\t' };

/** `q` in quotes, `d` with doubled ones, `u` with bytes that JSON escapes, `e` with escapes. */
function formOf(writing: number): string {
  const flags: [number, string][] = [
    [1, 'q'],
    [DOUBLED, 'd'],
    [UNCLEAN, 'u'],
    [ESCAPED, 'e'],
  ];
  return flags.map(([flag, letter]) => ((writing & flag) === 0 ? '' : letter)).join('');
}

/** Reads one record, with other bytes on both sides that are not its own. */
function readIn(content: string, dialect: Partial<Dialect>, final: boolean) {
  const record = new RecordReader({ ...CSV_DIALECT, ...dialect });
  const bytes = Buffer.from(`"\n${content}\n"\n`);
  const [from, to] = [2, bytes.length - 3];
  const end = record.read(bytes, { from, to, final });
  const cells = Array.from({ length: record.fields }, (_, field) => [
    bytes.toString('utf8', record.from[field], record.to[field]),
    formOf(record.writing[field]!),
  ]);
  return {
    record,
    end,
    cells,
    text: bytes.toString('utf8', from, record.end),
    rest: bytes.toString('utf8', record.next, to),
  };
}

describe('whole records', () => {
  test.each<[Partial<Dialect>, string, [string, string][]]>([
    [
      {},
      'a,b',
      [
        ['a', ''],
        ['b', ''],
      ],
    ],
    [{}, '', [['', '']]],
    [
      {},
      ',',
      [
        ['', ''],
        ['', ''],
      ],
    ],
    [
      {},
      'a b,é',
      [
        ['a b', ''],
        ['é', ''],
      ],
    ],
    [
      {},
      'a"b,c\\',
      [
        ['a"b', 'u'],
        ['c\\', 'u'],
      ],
    ],
    [
      {},
      'a\tb,\u0001',
      [
        ['a\tb', 'u'],
        ['\u0001', 'u'],
      ],
    ],
    [
      {},
      ' "a" ,b',
      [
        [' "a" ', 'u'],
        ['b', ''],
      ],
    ],
    [
      {},
      '"a","b,c"',
      [
        ['a', 'q'],
        ['b,c', 'q'],
      ],
    ],
    [
      {},
      '"",x',
      [
        ['', 'q'],
        ['x', ''],
      ],
    ],
    [{}, '"a ""b"""', [['a ""b""', 'qdu']]],
    [{}, '"a\\"', [['a\\', 'qu']]],
    [{}, '"a\rb"', [['a\rb', 'qu']]],
    [
      {},
      'a\rb,c',
      [
        ['a\rb', 'u'],
        ['c', ''],
      ],
    ],
    [
      { quote: undefined },
      '"a",b',
      [
        ['"a"', 'u'],
        ['b', ''],
      ],
    ],
    [
      SINGLE,
      `'a"','b''c',"d`,
      [
        ['a"', 'qu'],
        ["b''c", 'qdu'],
        ['"d', 'u'],
      ],
    ],
    [
      ESCAPING,
      '"a\\"b","\\\\","c\\d",e\\',
      [
        ['a\\"b', 'que'],
        ['\\\\', 'que'],
        ['c\\d', 'qu'],
        ['e\\', 'u'],
      ],
    ],
    [
      EVERYWHERE,
      '"a\\,\\"",b\\,c,d',
      [
        ['a\\,\\"', 'que'],
        ['b\\,c', 'ue'],
        ['d', ''],
      ],
    ],
    [{ escape: '"' }, '"a""b"', [['a""b', 'qdu']]],
    [
      BARE,
      'a\\\tb\tc\\\\\t"',
      [
        ['a\\\tb', 'ue'],
        ['c\\\\', 'ue'],
        ['"', 'u'],
      ],
    ],
    [
      WIDE,
      'a|b||c|||d',
      [
        ['a|b', 'u'],
        ['c', ''],
        ['|d', 'u'],
      ],
    ],
    [
      WIDE,
      '"a||b"||c',
      [
        ['a||b', 'q'],
        ['c', ''],
      ],
    ],
    [
      WIDE,
      'a||',
      [
        ['a', ''],
        ['', ''],
      ],
    ],
    [
      TRIMMED,
      ' a b ,\t"c " ,  ',
      [
        ['a b', ''],
        ['c ', 'q'],
        ['', ''],
      ],
    ],
    [
      TRIMMED_TABS,
      ' a \t\t b',
      [
        ['a', ''],
        ['', ''],
        ['b', ''],
      ],
    ],
  ])('%j: %j', (dialect, content, cells) => {
    const first = readIn(`${content}\nx,y`, dialect, false);
    expect([first.end, first.cells, first.text, first.rest]).toEqual(['whole', cells, content, 'x,y']);
    expect([first.record.lines, first.record.quoteAt]).toEqual([1, -1]);
    // The carriage return in front of a line end may count as a byte of the last cell that wants a look.
    const other = readIn(`${content}\r\nx,y`, dialect, false);
    expect([other.end, other.text, other.rest]).toEqual(['whole', content, 'x,y']);
    expect(other.cells.map(([text]) => text)).toEqual(cells.map(([text]) => text));
    const last = readIn(content, dialect, true);
    expect([last.end, last.cells, last.text, last.rest]).toEqual(['whole', cells, content, '']);
    expect([last.record.lines, last.record.next]).toEqual([0, Buffer.byteLength(content) + 2]);
  });

  test.each<[Partial<Dialect>, string, number]>([
    [{}, '"a\nb",c\n', 2],
    [{}, '"\n\n""\n",c\r\n', 4],
    [ESCAPING, '"a\\"\n"\n', 2],
    [EVERYWHERE, '"a\\\nb"\n', 2],
    [EVERYWHERE, 'a\\\nb,c\n', 2],
    [BARE, 'a\\\nb\\\nc\n', 3],
    [BARE, 'a\\b\n', 1],
  ])('%j: %j takes %d lines', (dialect, content, lines) => {
    const { record, end, rest } = readIn(`${content}x`, dialect, false);
    expect([end, record.lines, rest]).toEqual(['whole', lines, 'x']);
  });

  test('a carriage return at the very end is part of the line end', () => {
    const texts = (content: string) => readIn(content, {}, true).cells.map(([text]) => text);
    expect([texts('a,b\r'), texts('a,"b"\r'), texts('\r')]).toEqual([['a', 'b'], ['a', 'b'], ['']]);
    expect(readIn('a,"b"\r', {}, true)).toMatchObject({ end: 'whole', text: 'a,"b"' });
  });

  test('an escape at the very end is text', () => {
    expect(readIn('a\\', BARE, true)).toMatchObject({ end: 'whole', cells: [['a\\', 'ue']] });
  });

  test('there may be any number of cells, and the next record has its own', () => {
    const record = new RecordReader(CSV_DIALECT);
    const names = Array.from({ length: 300 }, (_, index) => `"c${index}"`);
    const bytes = Buffer.from(`${names.join(',')}\na,b`);
    expect(record.read(bytes, { from: 0, to: bytes.length, final: true })).toBe('whole');
    const cells = Array.from({ length: 300 }, (_, field) =>
      bytes.toString('utf8', record.from[field], record.to[field]),
    );
    expect([record.fields, cells]).toEqual([300, names.map((name) => name.slice(1, -1))]);
    expect([...record.writing.subarray(0, 300)].every((writing) => writing === 1)).toBe(true);
    expect(record.read(bytes, { from: record.next, to: bytes.length, final: true })).toBe('whole');
    expect([record.fields, record.lines]).toEqual([2, 0]);
  });

  test('cells are added or left out, to a number', () => {
    const { record } = readIn('a,b,c', {}, true);
    record.fitTo(2);
    expect(record.fields).toBe(2);
    record.fitTo(4);
    expect([record.fields, ...record.from.subarray(2, 4)]).toEqual([4, record.end, record.end]);
    expect([...record.to.subarray(2, 4), ...record.writing.subarray(2, 4)]).toEqual([
      record.end,
      record.end,
      0,
      0,
    ]);
  });
});

describe('records that go on behind the bytes', () => {
  test.each<[Partial<Dialect>, string]>([
    [{}, ''],
    [{}, 'a,b'],
    [{}, 'a,b\r'],
    [{}, '"a'],
    // Behind a quote another one, a line end or anything else may come.
    [{}, 'a,"b"'],
    [{}, 'a,"b"\r'],
    [{}, '"a""'],
    [ESCAPING, '"a\\'],
    [EVERYWHERE, 'a\\'],
    [BARE, 'a\\'],
    [WIDE, 'a|'],
    [WIDE, '"a"|'],
    [TRIMMED, '"a" '],
    [TRIMMED, '"a"'],
  ])('%j: %j', (dialect, content) => {
    expect(readIn(content, dialect, false).end).toBe('incomplete');
  });

  test('where a quote was opened is known', () => {
    const { record } = readIn('a,"b\nc","d\n\ne', {}, false);
    expect([record.quoteAt, record.linesBeforeQuote, record.lines, record.quoteClosed]).toEqual([
      10,
      1,
      3,
      false,
    ]);
    expect(readIn('a"b,c', {}, false).record.quoteAt).toBe(-1);
  });
});

describe('records whose quotes do not add up', () => {
  test.each<[Partial<Dialect>, string, boolean, number, boolean]>([
    [{}, '"a"b,c', false, 0, true],
    [{}, 'x,"a" ,c', false, 2, true],
    [{}, '"a"\rb', false, 0, true],
    [{}, '"a"""b,c', true, 0, true],
    [{}, '"a\nb" c', false, 0, true],
    [{}, 'x,"a\n', true, 2, false],
    [{}, '"a""', true, 0, false],
    [SINGLE, "x,'a'b", false, 2, true],
    [ESCAPING, '"a\\"', true, 0, false],
    [WIDE, '"a"|b', false, 0, true],
    [WIDE, '"a"|', true, 0, true],
    [TRIMMED, ' "a" b', false, 1, true],
  ])('%j: %j', (dialect, content, final, quoteAt, isClosed) => {
    const { record, end } = readIn(content, dialect, final);
    expect([end, record.quoteAt - 2, record.quoteClosed]).toEqual(['bad', quoteAt, isClosed]);
  });

  test('the lines in front of the quote are told from those behind it', () => {
    const { record } = readIn('"a\nb",x,"c\n\nd"e', {}, false);
    expect([record.linesBeforeQuote, record.lines]).toEqual([1, 3]);
  });
});
