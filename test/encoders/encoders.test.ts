import { describe, expect, test } from 'vitest';
import type { Column, RowEncoding } from '../../src/contracts/dataset.ts';
import type { Encoder } from '../../src/contracts/encoder.ts';
import type { Partition } from '../../src/contracts/window.ts';
import { CsvEncoder } from '../../src/encoders/csv-encoder.ts';
import { NdjsonEncoder } from '../../src/encoders/ndjson-encoder.ts';
import { createOutputFormat, outputKindNamed, outputKindOf } from '../../src/encoders/outputs.ts';
import { ParquetEncoder } from '../../src/encoders/parquet-encoder.ts';
import {
  readBoolean,
  readDay,
  readInteger,
  readNumber,
  readTimestampMicros,
} from '../../src/formats/cells/typed-cells.ts';

const types: Record<string, Column['type']> = {
  id: 'text',
  latitude: 'number',
  dnt: 'boolean',
  total: 'integer',
  time: 'timestamp',
};

function partitionOf(encoding: RowEncoding, text: string, names: string[]): Partition {
  const bytes = Buffer.from(text);
  const headerBytes = encoding === 'csv' ? bytes.indexOf('\n') + 1 : 0;
  return {
    day: undefined,
    encoding,
    columns: names.map((name) => ({ name, type: types[name] ?? 'text' })),
    path: undefined,
    rows: text.split('\n').length - (encoding === 'csv' ? 2 : 1),
    bytes: bytes.length,
    headerBytes,
    // In pieces, so that rows are torn between them.
    read: async function* (offset) {
      for (let at = offset; at < bytes.length; at += 5) yield bytes.subarray(at, at + 5);
    },
  };
}

async function encode(encoder: Encoder, ...partitions: Partition[]): Promise<string> {
  const parts: Uint8Array[] = [];
  for (const partition of partitions) for await (const part of encoder.add(partition)) parts.push(part);
  for await (const part of encoder.end([])) parts.push(part);
  return Buffer.concat(parts).toString();
}

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

describe('NDJSON', () => {
  test('types cells by their columns, keeps digits, and loses nothing to a type', async () => {
    const text = 'id,latitude,dnt,total\n007,-33.860,TRUE,9007199254740993\n"",north,maybe,\n';
    const partition = partitionOf('csv', text, ['id', 'latitude', 'dnt', 'total']);
    const encoder = new NdjsonEncoder({ onLeftOut: () => undefined, onMissing: () => undefined });
    expect(await encode(encoder, partition)).toBe(
      '{"id":"007","latitude":-33.860,"dnt":true,"total":9007199254740993}\n' +
        '{"id":null,"latitude":"north","dnt":"maybe","total":null}\n',
    );
  });

  test('chooses keys of NDJSON, numbers as they were', async () => {
    const partition = partitionOf('ndjson', '{"a":1.50,"b":12345678901234567890,"c":[1]}\n', ['a', 'b', 'c']);
    const encoder = new NdjsonEncoder({
      columns: ['c', 'b'],
      onLeftOut: () => undefined,
      onMissing: () => undefined,
    });
    expect(await encode(encoder, partition)).toBe('{"c":[1],"b":12345678901234567890}\n');
  });
});

test('Parquet leaves out and counts a row that its types cannot hold', async () => {
  const encoder = new ParquetEncoder({ onLeftOut: () => undefined, onMissing: () => undefined });
  await encode(encoder, partitionOf('csv', 'id,total\na,1\nb,many\nc,\n', ['id', 'total']));
  expect(encoder.counts()).toEqual({ rows: 2, rejected: 1 });
});

test('cells are read by their types', () => {
  expect([readNumber('1e3'), readNumber(' 5 '), readNumber('0x10'), readNumber('')]).toEqual([
    1000,
    5,
    undefined,
    undefined,
  ]);
  expect([readInteger('-5'), readInteger('9223372036854775808'), readInteger('1.0')]).toEqual([
    -5n,
    undefined,
    undefined,
  ]);
  expect([readBoolean('t'), readBoolean('False'), readBoolean(true), readBoolean('2')]).toEqual([
    true,
    false,
    true,
    undefined,
  ]);
  expect(readDay('2026-11-01T10:00:00Z')).toBe(20_758);
  const micros = BigInt(Date.parse('2026-08-26T11:16:21Z')) * 1000n;
  expect(readTimestampMicros('2026-08-26 11:16:21+00:00')).toBe(micros);
  expect(readTimestampMicros('2026-08-26T11:16:21.123456Z')).toBe(micros + 123_456n);
  expect(readTimestampMicros('2026-08-26 13:16:21+02')).toBe(micros);
  expect(readTimestampMicros('2026-08-26 11:16:21')).toBe(micros);
  expect(readTimestampMicros('yesterday')).toBeUndefined();
});

test.each([
  ['a.csv', 'csv', '.csv'],
  ['a.csv.gz', 'csv', '.csv.gz'],
  ['a.jsonl', 'ndjson', '.jsonl'],
  ['a.ndjson.gz', 'ndjson', '.ndjson.gz'],
  ['a.parquet', 'parquet', '.parquet'],
])('%s is %s', (path, name, suffix) => {
  const kind = outputKindOf(path);
  expect(kind).toBeDefined();
  if (kind === undefined) return;
  const format = createOutputFormat(kind, {
    excelSafe: false,
    byteOrderMark: false,
    onLeftOut: () => undefined,
    onMissing: () => undefined,
  });
  expect(format).toMatchObject({ name, suffix });
});

test('names that say nothing', () => {
  expect([outputKindOf('a.txt'), outputKindOf('csv'), outputKindNamed('xml')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
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

  test('is not doubled where the rows come with one, as those of an earlier run', async () => {
    const earlier = partitionOf('csv', `${mark}id,b\n1,x\n`, ['id', 'b']);
    const later = partitionOf('csv', 'id,b\n2,y\n', ['id', 'b']);
    for (const excelSafe of [false, true]) {
      const text = await encode(csvEncoder({ byteOrderMark: true, excelSafe }), earlier, later);
      expect(text).toBe(`${mark}id,b\n1,x\n2,y\n`);
    }
  });

  test('stands before the header of a file without rows', async () => {
    const encoder = csvEncoder({ byteOrderMark: true });
    const parts: Uint8Array[] = [];
    for await (const part of encoder.end([{ name: 'id', type: 'text' }])) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe(`${mark}id\r\n`);
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

describe('the column that the path holds', () => {
  const partition = 'date';
  const choice = { partitionColumn: partition, onLeftOut: () => undefined, onMissing: () => undefined };

  test('is in no CSV, whatever its letters', async () => {
    const rows = partitionOf('csv', 'id,Date,total\n1,2026-11-01,5\n', ['id', 'Date', 'total']);
    const leftOut: string[] = [];
    expect(await encode(csvEncoder({ partition }, leftOut), rows, rows)).toBe('id,total\n1,5\n1,5\n');
    expect(await encode(csvEncoder({ partition, columns: ['date', 'id'] }), rows)).toBe('id\n1\n');
    expect(leftOut).toEqual([]);
  });

  test('is in no line of NDJSON, and lines without it pass', async () => {
    const rows = partitionOf('ndjson', '{"date":"2026-11-01","n":12345678901234567890}\n', ['date', 'n']);
    expect(await encode(new NdjsonEncoder(choice), rows)).toBe('{"n":12345678901234567890}\n');
    const plain = partitionOf('ndjson', '{"n": 1}\n', ['n']);
    expect(await encode(new NdjsonEncoder(choice), plain)).toBe('{"n": 1}\n');
  });
});
