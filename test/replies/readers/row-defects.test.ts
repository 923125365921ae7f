/** What is wrong with a row, by reader and by what the output asks of rows; without the kernel, which knows good rows only. */
import { describe, expect, test } from 'vitest';
import type { Column } from '../../../src/contracts/dataset.ts';
import type { RowCheck, RowReader } from '../../../src/contracts/reader.ts';
import { CsvRowReader } from '../../../src/replies/readers/csv-rows.ts';
import { NdjsonRowReader } from '../../../src/replies/readers/ndjson-rows.ts';

const columns: Column[] = [
  { name: 'id', type: 'text' },
  { name: 'total', type: 'integer' },
  { name: 'share', type: 'number' },
  { name: 'dnt', type: 'boolean' },
  { name: 'time', type: 'timestamp' },
  { name: 'name', type: 'text' },
];
const time = '2026-11-01T10:00:00Z';
const named = { columns, idColumn: 'id', timeColumn: 'time' };
const typed: RowCheck = { types: true, columns: undefined };

function csvReader(check?: RowCheck): CsvRowReader {
  const options = { encoding: 'csv' as const, ...named, ...(check && { check }) };
  return new CsvRowReader(options, () => undefined);
}

function ndjsonReader(check?: RowCheck): NdjsonRowReader {
  return new NdjsonRowReader({ encoding: 'ndjson', ...named, ...(check && { check }) });
}

/** `reason column` of each row, or what the reader found of it: id and time. */
function read(reader: RowReader, text: string | Buffer): string[] {
  const bytes = Buffer.from(text);
  const rows = reader.scan(bytes, bytes.length);
  const cell = (from = -1, to = -1) => (from < 0 ? 'none' : bytes.toString('utf8', from, to));
  return Array.from({ length: rows.count }, (_, row) => {
    const { reason, column = 'row' } = reader.problem(row);
    return rows.broken[row] === 1
      ? `${reason} ${column}`
      : `${cell(rows.idFrom[row], rows.idTo[row])} ${cell(rows.timeFrom[row], rows.timeTo[row])}`;
  });
}

const header = 'id,total,share,dnt,time,name\n';
const good = `a ${time}`;

describe('a row of a table, where values must have their types', () => {
  test.each([
    ['is good', `a,1,0.5,true,${time},x`, good],
    ['has quotes around values', `"a","1","0.5","true","${time}","x"`, good],
    ['has commas, line ends and quotes in a cell', `a,1,0.5,true,${time},"x,\n""y"""`, good],
    ['has a line end of Windows', `a,1,0.5,true,${time},x\r`, good],
    ['has empty cells', `a,,,,${time},`, good],
    ['has neither id nor time', ',,,,,', ' '],
    ['has a cell too few', `a,1,0.5,true,${time}`, 'cell-count row'],
    ['has a cell too many', `a,1,0.5,true,${time},x,y`, 'cell-count row'],
    ['has an empty cell too many', `a,1,0.5,true,${time},x,`, 'cell-count row'],
    ['has a quoted cell too many', `a,1,0.5,true,${time},"x","y"`, 'cell-count row'],
    ['has a word for a whole number', `a,many,0.5,true,${time},x`, 'not-of-type total'],
    ['has a whole number of no such size', `a,9223372036854775808,1,true,${time},x`, 'out-of-range total'],
    ['has a word for a number', `a,1,half,true,${time},x`, 'not-of-type share'],
    ['has two wrong values: the first counts', `a,many,half,maybe,${time},x`, 'not-of-type total'],
    ['has a wrong value and a cell too few', 'a,many', 'cell-count row'],
    ['has a NUL character', `a,1,0.5,true,${time},x\0`, 'nul-character name'],
    ['has a NUL character in its id', `\0,1,0.5,true,${time},x`, 'nul-character id'],
  ])('%s', (_what, line, said) => {
    expect(read(csvReader(typed), `${header}${line}\n`)).toEqual([said]);
  });

  test('says how many fields it has', () => {
    const reader = csvReader(typed);
    read(reader, `${header}a,1\na,1,0.5,true,${time},x,"y,z",\n`);
    const counts = [0, 1].map((row) => /\d+/.exec(reader.problem(row).message)?.[0]);
    expect(counts).toEqual(['2', '8']);
  });

  test('is no UTF-8, and only that row', () => {
    const bytes = Buffer.from(`${header}a,1,1,true,${time},x\xff\nb,1,1,true,${time},\xc3\xa9\n`, 'latin1');
    expect(read(csvReader(typed), bytes)).toEqual(['not-utf8 name', `b ${time}`]);
  });

  test('was wrong in the last piece and is not in this one', () => {
    const reader = csvReader(typed);
    expect(read(reader, `${header}a,many,,,,\n`)).toEqual(['not-of-type total']);
    expect(read(reader, `a,1,,,${time},\n`)).toEqual([good]);
    expect(reader.problem(0).reason).toBe('cell-count');
  });

  test('has all that must be right in the columns that are written', () => {
    const check = { types: true, columns: ['id', 'share'] };
    const lines = [`a,many,0.5,maybe,${time},\0`, `a,1,half,true,${time},x`, `a,1,1,true,${time}`];
    expect(read(csvReader(check), `${header}${lines.join('\n')}\n`)).toEqual([
      good,
      'not-of-type share',
      'cell-count row',
    ]);
  });
});

describe('a row of a table, where types do not matter', () => {
  const lines = [`a,many,half,maybe,${time},\0`, `a,1,1,true,${time}`, 'a,1', `a,1,1,true,${time},x,y`];

  test('needs its cells', () => {
    const check = { types: false, columns: undefined };
    const count = 'cell-count row';
    expect(read(csvReader(check), `${header}${lines.join('\n')}\n`)).toEqual([good, count, count, count]);
  });

  test('needs its id and time alone, where nothing is asked', () => {
    expect(read(csvReader(), `${header}${lines.join('\n')}\n`)).toEqual([good, good, 'cell-count row', good]);
  });

  test('has neither where no column is named for them', () => {
    const reader = new CsvRowReader({ encoding: 'csv', columns }, () => undefined);
    expect(read(reader, `${header}a\n`)).toEqual(['none none']);
  });
});

describe('a table', () => {
  test('has the columns and the bytes of its header, which stay when the buffer is used again', () => {
    const reader = csvReader();
    const bytes = Buffer.from('\ufeffid,other,total\r\n');
    reader.scan(bytes, bytes.length);
    bytes.fill(0);
    expect(Buffer.from(reader.header()).toString()).toBe('\ufeffid,other,total\r\n');
    expect(reader.columns()).toEqual([
      { name: 'id', type: 'text' },
      { name: 'other', type: 'text' },
      { name: 'total', type: 'integer' },
    ]);
  });

  test('ends where its bytes do, whatever is behind them in the buffer', () => {
    const reader = csvReader();
    const bytes = Buffer.from(`${header}a,1,1,true,${time},x\n`);
    const rows = reader.scan(bytes, bytes.length - 1);
    expect([rows.count, rows.consumed]).toEqual([0, header.length]);
  });

  test('has a row whose quote is open until the next piece', () => {
    const reader = csvReader();
    expect(read(reader, `${header}a,,,,${time},"x\n`)).toEqual([]);
    expect(read(reader, `a,,,,${time},"x\n"\nb,,,,${time},\n`)).toEqual([good, `b ${time}`]);
  });
});

describe('a line of NDJSON, where values must have their types', () => {
  const line = (more: string) => `{"id":"a","time":"${time}"${more}}`;

  test.each([
    ['is good', line(',"total":1,"share":0.5,"dnt":true,"name":"x","new":[1]'), good],
    ['has no value where others have one', line(',"total":null,"share":""'), good],
    ['is a list', '[1]', 'not-an-object row'],
    ['is nothing', 'null', 'not-an-object row'],
    ['is torn', '{"id":"a"', 'not-an-object row'],
    ['has a word for a whole number', line(',"total":"many"'), 'not-of-type total'],
    ['has a fraction for a whole number', line(',"total":1.5'), 'not-of-type total'],
    ['has a whole number of no such size', line(',"total":"9223372036854775808"'), 'out-of-range total'],
    ['has a NUL character', line(',"name":"x\\u0000"'), 'nul-character name'],
    ['has a NUL character deep inside', line(',"name":{"x":["\\u0000"]}'), 'nul-character name'],
    ['has what stands for bad UTF-8 as a character', line(',"name":"\ufffd"'), good],
    ['has an id that is no text', `{"id":7,"time":"${time}"}`, `none ${time}`],
    ['has an empty id', `{"id":"","time":"${time}"}`, `none ${time}`],
    ['has an id with characters of several bytes', `{"id":"東é","time":"${time}"}`, `東é ${time}`],
    ['has an id that JSON escapes', `{"id":"a\\"b","time":"${time}"}`, `none ${time}`],
    ['has no time', '{"id":"a"}', 'a none'],
  ])('%s', (_what, text, said) => {
    expect(read(ndjsonReader(typed), `${text}\n`)).toEqual([said]);
  });

  test('is no UTF-8', () => {
    const bytes = Buffer.from('{"id":"a","name":"x\xff"}\n{"id":"b","name":"\xc3\xa9"}\n', 'latin1');
    expect(read(ndjsonReader(typed), bytes)).toEqual(['not-utf8 name', 'b none']);
  });

  test('is judged by the columns that are written', () => {
    const check = { types: true, columns: ['id', 'share'] };
    const lines = [line(',"total":"many","name":"\\u0000"'), line(',"share":"half"')];
    expect(read(ndjsonReader(check), `${lines.join('\n')}\n`)).toEqual([good, 'not-of-type share']);
  });

  test.each([undefined, { types: false, columns: undefined }])('needs an object under %o', (check) => {
    const lines = [line(',"total":"many","name":"\\u0000"'), '[]'];
    expect(read(ndjsonReader(check), `${lines.join('\n')}\n`)).toEqual([good, 'not-an-object row']);
  });

  test('that was wrong in the last piece is not in this one', () => {
    const reader = ndjsonReader(typed);
    expect(read(reader, `${line(',"total":"many"')}\n`)).toEqual(['not-of-type total']);
    expect(read(reader, '[]\n')).toEqual(['not-an-object row']);
  });

  test('has neither id nor time where no column is named for them', () => {
    const reader = new NdjsonRowReader({ encoding: 'ndjson', columns });
    expect(read(reader, `${line('')}\n`)).toEqual(['none none']);
  });
});

describe('lines of NDJSON', () => {
  test('are those that are not blank; each has its id where it stands in that line', () => {
    const text = '{"id":"a"}\n\n  \r\n{"id":"a"}\r\n{"id":"b"';
    const bytes = Buffer.from(text);
    const rows = ndjsonReader().scan(bytes, bytes.length);
    expect([rows.count, rows.consumed]).toEqual([2, text.lastIndexOf('{')]);
    expect([...rows.idFrom.subarray(0, 2)]).toEqual([7, text.indexOf('{', 1) + 7]);
  });

  test('end where their bytes do, whatever is behind them in the buffer', () => {
    const bytes = Buffer.from('{"id":"a"}\n');
    const rows = ndjsonReader().scan(bytes, bytes.length - 1);
    expect([rows.count, rows.consumed]).toEqual([0, 0]);
  });

  test('have the published columns, absent until a line has them, and those that lines have besides', () => {
    const reader = new NdjsonRowReader({ encoding: 'ndjson', columns: columns.slice(0, 2) });
    expect(reader.columns().every(({ isAbsent }) => isAbsent)).toBe(true);
    read(reader, '{"new":1,"total":2}\n{"new":2}\n');
    expect(reader.columns()).toEqual([
      { name: 'id', type: 'text', isAbsent: true },
      { name: 'total', type: 'integer' },
      { name: 'new', type: 'text' },
    ]);
    expect(reader.header().length).toBe(0);
  });
});
