import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvEncoder } from '../../src/encoders/csv-encoder.ts';
import { encode, encodeBytes, partitionOf, untold } from './encode.ts';

interface CsvChoice {
  columns?: string[];
  excelSafe?: boolean;
  byteOrderMark?: boolean;
  partition?: string;
}

function csvEncoder(options: CsvChoice = {}, leftOut: string[] = []) {
  const { columns, excelSafe = false, byteOrderMark = false, partition } = options;
  return new CsvEncoder({
    excelSafe,
    byteOrderMark,
    ...(partition === undefined ? {} : { partitionColumn: partition }),
    ...(columns === undefined ? {} : { columns }),
    onLeftOut: (name) => leftOut.push(name),
    onMissing: () => undefined,
  });
}

function begunEncoder(): CsvEncoder {
  const columns = [
    { name: 'id', type: 'text' as const },
    { name: 'b', type: 'text' as const },
  ];
  const choice = { excelSafe: false, byteOrderMark: false };
  return new CsvEncoder({ ...choice, ...untold }, { columns, rows: 2, rejected: 1 });
}

describe('CSV', () => {
  test('passes through byte for byte, one header for several partitions', async () => {
    const first = partitionOf('csv', 'id,b\n1,"x"\n', ['id', 'b']);
    const second = partitionOf('csv', 'id,b\n2,y\n', ['id', 'b']);
    expect(await encode(csvEncoder(), first, second)).toBe('id,b\n1,"x"\n2,y\n');
  });

  test('fits partitions with other columns in by name, and tells what is left out', async () => {
    const leftOut: string[] = [];
    const first = partitionOf('csv', 'id,b\n1,x\n', ['id', 'b']);
    const second = partitionOf('csv', 'c,id\nz,2\n', ['c', 'id']);
    expect(await encode(csvEncoder({}, leftOut), first, second)).toBe('id,b\n1,x\n2,\n');
    expect(leftOut).toEqual(['c']);
  });

  test('chooses columns, one that nobody has included; built rows end as RFC 4180 says or as those before', async () => {
    const partition = partitionOf('csv', 'id,b\r\n1,"x,y"\r\n', ['id', 'b']);
    expect(await encode(csvEncoder({ columns: ['b', 'id', 'none'] }), partition)).toBe(
      'b,id,none\r\n"x,y",1,\r\n',
    );
  });

  test('defuses formulas, but no numbers', async () => {
    const text = 'id,latitude\n=1+1,-33.86\n@x,+2\n-y,=2\n"a=b",5\n';
    const partition = partitionOf('csv', text, ['id', 'latitude']);
    expect(await encode(csvEncoder({ excelSafe: true }), partition)).toBe(
      "id,latitude\n'=1+1,-33.86\n'@x,'+2\n'-y,'=2\na=b,5\n",
    );
  });

  test('counts rows that have more or fewer cells than columns', async () => {
    const encoder = csvEncoder({ columns: ['id'] });
    await encode(encoder, partitionOf('csv', 'id,b\n1,x\n2\n3,x,y\n', ['id', 'b']));
    expect(encoder.counts()).toEqual({ rows: 1, rejected: 2 });
  });

  test('writes objects of NDJSON as cells', async () => {
    const partition = partitionOf(
      'ndjson',
      '{"id":"a","total":9007199254740993,"x":{"y":[1]}}\n{"id":null}\n',
      ['id', 'total', 'x'],
    );
    expect(await encode(csvEncoder(), partition)).toBe(
      'id,total,x\r\na,9007199254740993,"{""y"":[1]}"\r\n,,\r\n',
    );
  });
});

describe('rows that are rebuilt are what another reader reads, whatever ends a line in them', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ' ', '\r', '\n', '\r\n') });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

  test.each(['\n', '\r\n'])('below a header that ends in %j', async (end) => {
    const row = fc.tuple(cell, cell);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1 }), fc.boolean(), async (rows, isNarrow) => {
        const table = [['id', 'b'], ...rows].map((cells) => `${cells.map(quoted).join(',')}${end}`).join('');
        const columns = isNarrow ? ['b'] : ['b', 'id'];
        const text = await encode(csvEncoder({ columns }), partitionOf('csv', table, ['id', 'b']));
        const read = parse(text, { record_delimiter: ['\r\n', '\n', '\r'] });
        expect(read).toEqual([columns, ...rows.map(([id, b]) => (isNarrow ? [b] : [b, id]))]);
      }),
    );
  });

  test('an empty line only for a reader that takes it for a row', async () => {
    const rows = partitionOf('csv', 'id,b\n1,\n2,x\n', ['id', 'b']);
    expect(await encode(csvEncoder({ columns: ['b'] }), rows)).toBe('b\n""\nx\n');
    const copied = new CsvEncoder({
      ...{ excelSafe: false, byteOrderMark: false, readsEmptyLines: true },
      ...{ columns: ['b'], ...untold },
    });
    expect(await encode(copied, rows)).toBe('b\n\nx\n');
  });

  test('from objects too', async () => {
    const lines = partitionOf('ndjson', '{"id":"1","b":"x\\ny"}\n{"id":"2","b":"x\\ry"}\n', ['id', 'b']);
    expect(await encode(csvEncoder(), lines)).toBe('id,b\r\n1,"x\ny"\r\n2,"x\ry"\r\n');
  });
});

describe('a byte order mark', () => {
  const mark = '\ufeff';

  test.each([
    ['rows that pass', {}],
    ['rows that are rebuilt', { columns: ['id', 'b'] }],
    ['rows made safe for spreadsheets', { excelSafe: true }],
  ])('stands once, before %s', async (_rows, choice) => {
    const partitions = ['1,x', '2,y'].map((row) => partitionOf('csv', `id,b\r\n${row}\r\n`, ['id', 'b']));
    const text = await encode(csvEncoder({ ...choice, byteOrderMark: true }), ...partitions);
    expect(text).toBe(`${mark}id,b\r\n1,x\r\n2,y\r\n`);
  });

  test('stands before the header of a file without rows', async () => {
    const encoder = csvEncoder({ byteOrderMark: true });
    const bytes = await encodeBytes(encoder, [], [{ name: 'id', type: 'text' }]);
    expect(bytes.toString()).toBe(`${mark}id\r\n`);
  });
});

describe('names of columns that a spreadsheet would take for formulas', () => {
  const bad = '=HYPERLINK(A1)';

  test('get an apostrophe, and their values stay theirs', async () => {
    const partition = partitionOf('csv', `id,${bad},@x\n1,=2+2,plain\n`, ['id', bad, '@x']);
    expect(await encode(csvEncoder({ excelSafe: true }), partition)).toBe(`id,'${bad},'@x\n1,'=2+2,plain\n`);
    expect(await encode(csvEncoder({ excelSafe: true, columns: ['@x', 'id'] }), partition)).toBe(
      "'@x,id\nplain,1\n",
    );
  });

  test('are the same columns in rows of an earlier run', async () => {
    const earlier = partitionOf('csv', `id,'${bad}\n1,'=2+2\n`, ['id', `'${bad}`]);
    const later = partitionOf('csv', `id,${bad}\n2,x\n`, ['id', bad]);
    const leftOut: string[] = [];
    expect(await encode(csvEncoder({ excelSafe: true }, leftOut), earlier, later)).toBe(
      `id,'${bad}\n1,'=2+2\n2,x\n`,
    );
    expect(leftOut).toEqual([]);
  });
});

test('the column that the path holds is in no file, whatever its letters', async () => {
  const partition = 'date';
  const rows = partitionOf('csv', 'id,Date,total\n1,2026-11-01,5\n', ['id', 'Date', 'total']);
  const leftOut: string[] = [];
  expect(await encode(csvEncoder({ partition }, leftOut), rows, rows)).toBe('id,total\n1,5\n1,5\n');
  expect(await encode(csvEncoder({ partition, columns: ['date', 'id'] }), rows)).toBe('id\n1\n');
  expect(leftOut).toEqual([]);
});

describe('a partition whose bytes are the file already', () => {
  const rows = partitionOf('csv', 'id,b\n1,x\n2,y\n', ['id', 'b']);

  test('is adopted and counted, and what follows has no second header', async () => {
    const encoder = csvEncoder();
    expect(encoder.adopt(rows)).toBe(true);
    expect(encoder.counts()).toEqual({ rows: 2, rejected: 0 });
    expect(encoder.columns()).toEqual(['id', 'b']);
    expect(await encode(encoder, partitionOf('csv', 'id,b\n3,z\n', ['id', 'b']))).toBe('3,z\n');
    expect(encoder.counts().rows).toBe(3);
  });

  test.each([
    ['gets a byte order mark', { byteOrderMark: true }],
    ['is made safe for spreadsheets', { excelSafe: true }],
    ['loses a column', { columns: ['id'] }],
    ['loses the column of the path', { partition: 'b' }],
  ])('is not when it %s', (_change, choice) => {
    const encoder = csvEncoder(choice);
    expect(encoder.adopt(rows)).toBe(false);
    expect(encoder.counts().rows).toBe(0);
  });

  test('is not as the second, nor in a file that was begun earlier, nor when its rows are objects', () => {
    const encoder = csvEncoder();
    expect(encoder.adopt(rows)).toBe(true);
    expect(encoder.adopt(rows)).toBe(false);
    expect(begunEncoder().adopt(rows)).toBe(false);
    expect(csvEncoder().adopt(partitionOf('ndjson', '{"id":1}\n', ['id']))).toBe(false);
  });
});

describe('a file that an earlier run began', () => {
  test('goes on under its header, with its counts', async () => {
    const encoder = begunEncoder();
    const text = await encode(
      encoder,
      partitionOf('csv', 'id,b\n3,z\n', ['id', 'b']),
      partitionOf('csv', 'b,id\ny,4\n', ['b', 'id']),
    );
    expect(text).toBe('3,z\n4,y\n');
    expect(encoder.counts()).toEqual({ rows: 4, rejected: 1 });
  });

  test('that gets no rows gets no second header', async () => {
    expect((await encodeBytes(begunEncoder(), [], [{ name: 'id', type: 'text' }])).length).toBe(0);
  });

  test('lacks the columns that rows have since, but for those that no row has', () => {
    const partition = partitionOf('csv', 'id,b,c,d\n1,2,3,4\n', ['id', 'b', 'c', 'd']);
    const columns = partition.columns.map((one) => (one.name === 'd' ? { ...one, isAbsent: true } : one));
    expect(begunEncoder().lacks({ ...partition, columns })).toEqual([{ name: 'c', type: 'text' }]);
    expect(csvEncoder().lacks(partition)).toEqual([]);
  });
});

test('rows of nothing but defects write nothing but the header', async () => {
  const encoder = csvEncoder({ columns: ['id'] });
  expect(await encode(encoder, partitionOf('csv', 'id,b\n1\n', ['id', 'b']))).toBe('id\n');
  expect(encoder.counts()).toEqual({ rows: 0, rejected: 1 });
});

test('rows that came without a header are written under one, with line ends of Windows', async () => {
  const headless = { ...partitionOf('csv', '', ['b', 'id']), headerBytes: 0, lineEnd: undefined };
  expect(await encode(csvEncoder({ columns: ['id'] }), headless)).toBe('id\r\n');
});

describe('rows with other line ends than the first ones', () => {
  const unix = partitionOf('csv', 'id,b\n1,"x\ny"\n', ['id', 'b']);
  const windows = partitionOf('csv', 'id,b\r\n2,"x\ny"\r\n', ['id', 'b']);

  test.each([
    ['LF', unix, windows, 'id,b\n1,"x\ny"\n2,"x\ny"\n'],
    ['CRLF', windows, unix, 'id,b\r\n2,"x\ny"\r\n1,"x\ny"\r\n'],
  ])('get those, where the file has %s', async (_, first, second, expected) => {
    expect(await encode(csvEncoder(), first, second)).toBe(expected);
  });

  test('get those of a partition whose file became the output', async () => {
    const encoder = csvEncoder();
    expect(encoder.adopt(unix)).toBe(true);
    expect(await encode(encoder, windows)).toBe('2,"x\ny"\n');
  });

  test('get those of a file that was begun', async () => {
    const first = csvEncoder();
    await encode(first, windows);
    const { columns } = windows;
    const next = new CsvEncoder(
      { excelSafe: false, byteOrderMark: false, ...untold },
      { columns, rows: 1, rejected: 0, lineEnd: first.lineEnd },
    );
    expect(await encode(next, unix)).toBe('1,"x\ny"\r\n');
  });
});
