import { describe, expect, test } from 'vitest';
import type { RowShape } from '../../../src/contracts/target.ts';
import { createFormat, type FormatSettings } from '../../../src/formats/options.ts';
import { readReshaping, type ShapingSettings } from '../../../src/shaping/reshape/options.ts';
import { createShaping } from '../../../src/shaping/shaping.ts';
import { createSupply } from '../../../src/shaping/blocks/supply.ts';
import { deliver, type Delivered } from '../delivered.ts';
import { memoryInput } from '../memory-input.ts';

interface Asked extends Partial<ShapingSettings>, Partial<FormatSettings> {
  shape?: RowShape;
  mapFile?: never;
  slabSizes?: number[];
}

async function reshape(content: string, asked: Asked, mapFile?: string): Promise<Delivered> {
  const { shape = { required: [] }, slabSizes, ...settings } = asked;
  const format = createFormat(
    { format: 'auto', empty: 'omit', ...settings },
    { path: '-', head: { bytes: Buffer.from(content), isWhole: true } },
  );
  const given = readReshaping({ typeErrors: 'reject', decimal: '.', timeZone: 'UTC', ...settings }, mapFile);
  const rules = { shape, fillId: 'off', recipe: 'r', oldEvents: 'warn', nowMs: 0, ...given } as const;
  const input = memoryInput(content, slabSizes);
  const shaping = createShaping(rules);
  return deliver(createSupply({ input, inputIndex: 0, format, shaping, maxRowBytes: 1e6 }));
}

async function rowsOf(content: string, asked: Asked, mapFile?: string): Promise<unknown[]> {
  const { text, thrown } = await reshape(content, asked, mapFile);
  expect(thrown).toBe(undefined);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));
}

test('a table becomes events', async () => {
  const table = 'when,ip,note\r\n2024-06-04T00:00:00Z,10.0.0.1,"a ""b"", c\r\nd"\r\n1717459200,007,\r\n';
  const shape: RowShape = {
    required: [{ path: '$time', reason: 'time-missing' }],
    times: [{ path: '$time', oldReason: 'old-event' }],
  };
  const asked = {
    shape,
    map: ['when=$time', 'ip=$remote_address'],
    set: ['$package=p-1', 'n=1', 'deep.er=[true]'],
  };
  for (const slabSizes of [[3], [1000]]) {
    expect(await rowsOf(table, { ...asked, slabSizes })).toEqual([
      {
        note: 'a "b", c\r\nd',
        $time: '2024-06-04T00:00:00Z',
        $remote_address: '10.0.0.1',
        $package: 'p-1',
        n: 1,
        deep: { er: [true] },
      },
      { $time: '2024-06-04T00:00:00Z', $remote_address: '007', $package: 'p-1', n: 1, deep: { er: [true] } },
    ]);
  }
});

test('nested columns, typed where told', async () => {
  const table = 'request.time,request.uri,response.status\n2024-06-04T00:00:00Z,/x,200\n';
  expect(await rowsOf(table, { type: ['response.status:int'] })).toEqual([
    { request: { time: '2024-06-04T00:00:00Z', uri: '/x' }, response: { status: 200 } },
  ]);
});

describe('map', () => {
  const TIMED: RowShape = {
    required: [{ path: '$time', reason: 'time-missing' }],
    times: [{ path: '$time' }],
  };

  test.each(['Date,Time,n\n2024-06-04,12:30:15,1\n', '{"Date":"2024-06-04","Time":"12:30:15","n":"1"}\n'])(
    'columns are joined to one text: %j',
    async (content) => {
      const [row] = await rowsOf(content, { shape: TIMED, map: ['Date+Time=$time'] });
      expect(row).toEqual({ n: '1', $time: '2024-06-04T12:30:15Z' });
    },
  );

  test('a part that is missing joins nothing, and a name with a plus sign is that name', async () => {
    const asked = { shape: TIMED, map: ['Date+Time=$time'] };
    const { rejects } = await reshape('Date,Time\n2024-06-04,\n', asked);
    expect(rejects).toMatchObject([{ reason: 'time-missing' }]);
    expect(await rowsOf('{"Date+Time":"2024-06-04T00:00:00Z","Date":1}', asked)).toEqual([
      { Date: 1, $time: '2024-06-04T00:00:00Z' },
    ]);
  });

  test.each([
    'when,properties\n1717459200,"{""$ip"":""192.0.2.1"",""n"":1}"\n',
    String.raw`{"when":1717459200,"properties":"{\"$ip\":\"192.0.2.1\",\"n\":1}"}` + '\n',
  ])('sees what types made: %s', async (content) => {
    const asked = { type: ['properties:json'], map: ['when=$time', 'properties.$ip=$remote_address'] };
    expect(await rowsOf(content, { ...asked, shape: TIMED })).toEqual([
      { properties: { n: 1 }, $time: '2024-06-04T00:00:00Z', $remote_address: '192.0.2.1' },
    ]);
  });

  test('all values are taken before any is put', async () => {
    expect(
      await rowsOf('{"a":1,"b":2,"c":{"d":3}}', { map: ['a=b', 'b=a', 'c.d=e', 'x=y', 'c.d=f.g'] }),
    ).toEqual([{ b: 1, a: 2, e: 3, f: { g: 3 } }]);
  });

  test('a dotted name that is a key as it stands is meant', async () => {
    expect(await rowsOf('{"a.b":1,"a":{"b":2}}', { map: ['a.b=c'] })).toEqual([{ a: { b: 2 }, c: 1 }]);
  });
});

describe('type', () => {
  const typed = async (value: string, type: string): Promise<unknown> => {
    const { text, rejects } = await reshape(`{"v":${value}}`, { type: [`v:${type}`] });
    return rejects[0]?.reason ?? text.slice('{"v":'.length, -2);
  };

  test.each([
    ['"7"', 'int', '7'],
    ['" +007 "', 'int', '7'],
    ['"-0012345678901234567890"', 'int', '-12345678901234567890'],
    ['12345678901234567890', 'int', '12345678901234567890'],
    ['"1.5"', 'int', 'type-error'],
    ['1.5', 'int', 'type-error'],
    ['"1.5"', 'number', '1.5'],
    ['"0.1234567890123456789"', 'number', '0.1234567890123456789'],
    ['"+.5"', 'number', '0.5'],
    ['"-00.5"', 'number', '-0.5'],
    ['"7."', 'number', '7'],
    ['"1e3"', 'number', '1e3'],
    ['"1e400"', 'number', '1e400'],
    ['"0x10"', 'number', 'type-error'],
    ['"NaN"', 'number', 'type-error'],
    ['true', 'number', 'type-error'],
    ['" Yes "', 'bool', 'true'],
    ['"0"', 'bool', 'false'],
    ['1', 'bool', 'true'],
    ['"maybe"', 'bool', 'type-error'],
    ['"[1, 12345678901234567890]"', 'json', '[1,12345678901234567890]'],
    ['{"a":1}', 'json', '{"a":1}'],
    ['"[1"', 'json', 'type-error'],
    ['1717459200', 'time', '"2024-06-04T00:00:00Z"'],
    ['"2024-06-04T00:00:00+02:00"', 'time', '"2024-06-04T00:00:00+02:00"'],
    ['"soon"', 'time', 'type-error'],
    ['17.50', 'string', '"17.50"'],
    ['12345678901234567890', 'string', '"12345678901234567890"'],
    ['{"a":1}', 'string', '"{\\"a\\":1}"'],
    ['null', 'int', 'null'],
  ])('%s as %s is %s', async (value, type, wanted) => {
    expect(await typed(value, type)).toBe(wanted);
  });

  test('what does not fit: the row is a reject, or the value is null, or stays', async () => {
    const rows = '{"v":"x"}\n{"v":"1"}\n';
    const asked = { type: ['v:int'] };
    const rejected = await reshape(rows, asked);
    expect(rejected).toMatchObject({ text: '{"v":1}\n', rejects: [{ line: 1, reason: 'type-error' }] });
    const nulled = await reshape(rows, { ...asked, typeErrors: 'null' });
    expect(nulled).toMatchObject({ text: '{"v":null}\n{"v":1}\n', changes: { 'type-error-nulled': 1 } });
    expect((await reshape(rows, { ...asked, typeErrors: 'keep' })).text).toBe('{"v":"x"}\n{"v":1}\n');
  });

  test('names the column as the table does, though it moved', async () => {
    expect(await rowsOf('n,m\n1,2\n', { map: ['n=x.y'], type: ['n:int', 'x.z:int', 'm:int'] })).toEqual([
      { x: { y: 1 }, m: 2 },
    ]);
  });
});

describe('keep and drop', () => {
  test('keep leaves what the target reads', async () => {
    const shape: RowShape = { required: [{ path: 'request.uri', reason: 'x' }] };
    const row = '{"$time":1,"request":{"uri":"/"},"a":{"b":1,"c":2},"d":3,"e":4}';
    expect(await rowsOf(row, { shape, keep: ['a.b, e', 'nothing'] })).toEqual([
      { $time: 1, request: { uri: '/' }, a: { b: 1 }, e: 4 },
    ]);
  });

  test('drop comes last', async () => {
    expect(await rowsOf('{"a":{"b":1},"c":2}', { set: ['d=1', 'e=2'], drop: ['a.b,d', 'x.y'] })).toEqual([
      { c: 2, e: 2 },
    ]);
  });
});

test('long numbers and prototype keys survive', async () => {
  const row = '{"n":12345678901234567890,"d":[0.12345678901234567890],"__proto__":{"a":1},"constructor":2}';
  expect((await reshape(row, { set: ['x=12345678901234567891'] })).text).toBe(
    '{"n":12345678901234567890,"d":[0.12345678901234567890],"__proto__":{"a":1},"constructor":2,"x":12345678901234567891}\n',
  );
});

test('rows that cannot be read keep their reasons', async () => {
  const { rejects } = await reshape('{"a":1}\nnope\n[1]\n', { set: ['x=1'] });
  expect(rejects.map(({ line, column, reason }) => [line, column, reason])).toEqual([
    [2, 1, 'not-json'],
    [3, 1, 'not-an-object'],
  ]);
});

test('nesting without end is a reject, not a crash', async () => {
  const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  const { rejects, rows } = await reshape(`${deep}\n{"b":1}\n`, { set: ['x=1'] });
  expect(rejects).toMatchObject([{ line: 1, reason: 'too-deep' }]);
  expect(rows).toBe(1);
});

describe('a map file', () => {
  test('holds all of it as JSON, and flags come on top', async () => {
    const file = JSON.stringify({
      map: { when: '$time' },
      type: { n: 'int', when: 'time' },
      'type-errors': 'null',
      'time-zone': 'Europe/Berlin',
      set: { deep: { er: 1 }, v: '1' },
      drop: ['x'],
    });
    const table = 'when,n,x\n2024-06-04 12:00,z,1\n';
    expect(await rowsOf(table, { set: ['v=2'] }, file)).toEqual([
      { $time: '2024-06-04T10:00:00Z', n: null, deep: { er: 1 }, v: 2 },
    ]);
  });

  test.each(['{"when":"$time","a=b":"c"}', '# names\nwhen,$time\n\na=b=c\r\n', 'when\t$time\na=b,c'])(
    'may be a table: %j',
    async (file) => {
      expect(await rowsOf('{"when":1,"a=b":2}', {}, file)).toEqual([{ $time: 1, c: 2 }]);
    },
  );

  test.each([
    '{"map":1}',
    '{"map":{},"other":{}}',
    '{',
    'nonsense',
    '{"keep":["a",1]}',
    '{"type-errors":"x","map":{}}',
  ])('%s is refused', (file) => {
    expect(() => readReshaping({ typeErrors: 'reject', decimal: '.', timeZone: 'UTC' }, file)).toThrow(
      '--map-file',
    );
  });
});

test.each([
  [{ map: ['a'] }, '--map'],
  [{ map: ['=b'] }, '--map'],
  [{ map: ['a='] }, '--map'],
  [{ type: ['a:float'] }, '--type'],
  [{ type: ['int'] }, '--type'],
  [{ set: ['a'] }, '--set'],
  [{ timeZone: 'Mars/Olympus' }, 'Mars/Olympus'],
])('%j is refused', (settings, words) => {
  const read = () => readReshaping({ typeErrors: 'reject', decimal: '.', timeZone: 'UTC', ...settings });
  expect(read).toThrow(words);
  expect(read).toThrow(expect.objectContaining({ kind: 'usage' }) as Error);
});
