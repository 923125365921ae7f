import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RowShape } from '../../../src/contracts/target.ts';
import type { Changes } from '../../../src/records.ts';
import { HeadBytes } from '../../../src/shaping/ids/head-bytes.ts';
import { JsonRows } from '../../../src/shaping/rows/json-rows.ts';
import type { RowRules } from '../../../src/shaping/rows/row-rules.ts';

const TIME = '"$time":"2024-06-04T00:00:00Z"';
const BULK: RowShape = {
  required: [{ path: '$time', reason: 'time-missing' }],
  times: [{ path: '$time', oldAfterMs: 1000, oldReason: 'old-event' }],
  oneOf: { keys: ['$package', '$tracking_pixel', '$pixel'], reason: 'artifact-missing' },
  renames: { $pixel: '$tracking_pixel' },
};
const SINGLE: RowShape = {
  required: [],
  fixed: {
    $package: { value: 'p"é', reason: 'other-artifact' },
    $tracking_pixel: { value: null, reason: 'other-artifact' },
    $pixel: { value: null, reason: 'other-artifact' },
  },
};

/** What becomes of a row: the text that leaves, or the reason why none does. */
function shape(text: string, rowShape: RowShape, options: Partial<RowRules> = {}) {
  const rules: RowRules = {
    shape: rowShape,
    idField: '$unique_id',
    fillId: 'off',
    recipe: 'r',
    oldEvents: 'warn',
    nowMs: Date.parse('2024-06-04T00:00:00Z'),
    ...options,
  };
  const shaper = new JsonRows(rules, new HeadBytes());
  const bytes = Buffer.from(`\n\n${text}\n`);
  const row = { bytes, from: 2, to: bytes.length - 1, offset: 0 };
  const outcome = shaper.shape(row, row);
  if (outcome === 'rejected') return { reason: shaper.problem.reason };
  const out = Buffer.alloc(bytes.length + 200);
  const { edits, text: source } = shaper;
  const length = outcome === 'as-is' ? 0 : edits.write(source.bytes, source, out, 0);
  if (outcome === 'edited') expect(length).toBe(source.to - source.from + edits.growth);
  const sent = outcome === 'as-is' ? text : out.toString('utf8', 0, length);
  const changes: Changes = {};
  const warnings: Changes = {};
  shaper.changes.countInto(changes);
  shaper.warnings.countInto(warnings);
  return { sent, changes: Object.keys(changes), warnings: Object.keys(warnings), hasId: shaper.hasId };
}

describe('one of several keys', () => {
  test.each([
    ['{"$package":"p",TIME}', '{"$package":"p",TIME}', []],
    ['{"$tracking_pixel":"x",TIME}', '{"$tracking_pixel":"x",TIME}', []],
    ['{TIME, "$pixel" : "x"}', '{TIME, "$tracking_pixel" : "x"}', ['key-renamed']],
    ['{"$package":"p","$pixel":null,TIME}', '{"$package":"p","$pixel":null,TIME}', []],
  ])('%s leaves', (row, sent, changes) => {
    const filled = (text: string) => text.replace('TIME', TIME);
    expect(shape(filled(row), BULK)).toMatchObject({ sent: filled(sent), changes });
  });

  test.each([
    '{TIME}',
    '{"$package":"","$time":1}',
    '{"$package":1,TIME}',
    '{"$package":"p","$pixel":"x",TIME}',
  ])('%s is refused', (row) => {
    expect(shape(row.replace('TIME', TIME), BULK)).toEqual({ reason: 'artifact-missing' });
  });
});

describe('keys that the address makes needless', () => {
  const p = String.raw`"p\"é"`;
  test.each([
    [`{"$package":${p}}`, '{}'],
    [`{"$package":${p},"a":1}`, '{"a":1}'],
    [`{"a":1,"$package":${p}}`, '{"a":1}'],
    [`{"a":1 , "$package":${p} , "b":2}`, '{"a":1  , "b":2}'],
    [`{"$package":${p},"$pixel":null,"b":2}`, '{"b":2}'],
    [`{"a":1,"$package":${p},"$pixel":null}`, '{"a":1}'],
    [`{"$pixel":null,"a":1,"$tracking_pixel":null,"$package":${p},"b":2}`, '{"a":1,"b":2}'],
    [String.raw`{"$package":"\u0070\"\u00e9","a":1}`, '{"a":1}'],
  ])('%s', (row, sent) => {
    expect(shape(row, SINGLE)).toMatchObject({ sent, changes: ['key-dropped'] });
  });

  test.each(['{"$package":"q"}', '{"$pixel":"x"}', '{"$package":["p"]}'])('%s is refused', (row) => {
    expect(shape(row, SINGLE)).toEqual({ reason: 'other-artifact' });
  });

  test('any members in any order, ids filled: what remains is what a parser would keep', () => {
    const members = fc.uniqueArray(
      fc.constantFrom('$package', '$tracking_pixel', '$pixel', 'a', 'b', '$unique_id'),
    );
    const space = fc.constantFrom('', ' ');
    fc.assert(
      fc.property(members, space, (keys, gap) => {
        const written = keys.map(
          (key) => `${gap}"${key}"${gap}:${gap}${key === '$package' ? p : 'null'}${gap}`,
        );
        const { sent } = shape(`{${written.join(',')}${gap}}`, SINGLE, { fillId: 'content' });
        const kept = keys.filter((key) => key === 'a' || key === 'b');
        expect(Object.keys(JSON.parse(sent ?? '') as object).sort()).toEqual(['$unique_id', ...kept].sort());
      }),
    );
  });
});

describe('ids', () => {
  const anId = /"\$unique_id":"[0-9a-f-]{36}"/g;
  test.each([
    ['{}', '{ID}'],
    ['{ }', '{ID }'],
    [' {"a":1}', ' {ID,"a":1}'],
    ['{"$unique_id":"","a":1}', '{ID,"a":1}'],
    ['{"a":1,"$unique_id":null}', '{"a":1,ID}'],
  ])('%s is given one', (row, sent) => {
    const shaped = shape(row, { required: [] }, { fillId: 'position' });
    expect(shaped).toMatchObject({ changes: ['id-filled'], hasId: true });
    expect(shaped.sent?.replace(anId, 'ID')).toBe(sent);
  });

  test.each([
    ['{"$unique_id":17}', '{"$unique_id":"17"}'],
    ['{"$unique_id":1.10,"a":1}', '{"$unique_id":"1.10","a":1}'],
    ['{"$unique_id":12345678901234567890}', '{"$unique_id":"12345678901234567890"}'],
    ['{"$unique_id":false}', '{"$unique_id":"false"}'],
    ['{"$unique_id":{"a":"b"}}', String.raw`{"$unique_id":"{\"a\":\"b\"}"}`],
  ])('%s keeps its own, as text', (row, sent) => {
    for (const fillId of ['position', 'off'] as const) {
      const shaped = shape(row, { required: [] }, { fillId });
      expect(shaped).toMatchObject({ sent, changes: ['id-to-text'], hasId: true });
    }
  });

  test('one that is there stays', () => {
    const row = '{"$unique_id":"x"}';
    expect(shape(row, { required: [] }, { fillId: 'position' })).toMatchObject({ sent: row, hasId: true });
  });

  test('off: none is added, and it is known which rows lack one', () => {
    expect(shape('{"$unique_id":""}', { required: [] })).toMatchObject({
      sent: '{"$unique_id":""}',
      hasId: false,
    });
  });
});

describe('fields of a declared type', () => {
  const typed: RowShape = {
    required: [],
    fieldTypes: { $version: 'text', $headers: 'header-list', weight: 'integer', metadata: 'object' },
  };
  test.each([
    ['{"$version":"1.10","weight":3}', undefined],
    ['{"$version":"","$headers":[],"metadata":{}}', undefined],
    ['{"$version":null,"$headers":null,"weight":null}', undefined],
    ['{"$headers":[{"name":"A","value":"b"}]}', undefined],
    ['{"$version":1.10}', '{"$version":"1.10"}'],
    ['{"$version":-0,"a":1}', '{"$version":"-0","a":1}'],
    ['{"$version":true}', '{"$version":"true"}'],
    ['{"$headers":[{"name":"A","value":7}]}', '{"$headers":[{"name":"A","value":"7"}]}'],
    ['{"$headers":{"A":"b","C":1}}', '{"$headers":[{"name":"A","value":"b"},{"name":"C","value":"1"}]}'],
    ['{"$headers":""}', '{"$headers":null}'],
    ['{"weight":"12"}', '{"weight":12}'],
    ['{"weight":12.0}', '{"weight":12}'],
  ])('%s becomes %s', (row, sent) => {
    const changes = sent === undefined ? [] : ['field-converted'];
    expect(shape(row, typed)).toMatchObject({ sent: sent ?? row, changes });
  });

  test.each([
    '{"$version":{"a":1}}',
    '{"$version":[]}',
    '{"$headers":"x"}',
    '{"$headers":[{"name":"A"}]}',
    '{"$headers":[{"name":"A","value":[]}]}',
    '{"$headers":[1]}',
    '{"weight":"many"}',
    '{"weight":1.5}',
    '{"metadata":"x"}',
  ])('%s is refused', (row) => {
    expect(shape(row, typed)).toEqual({ reason: 'field-type' });
  });
});

describe('times', () => {
  test.each([
    ['{"$time":1717459200,"$package":"p"}', ['time-from-number'], []],
    ['{"$time":"2024-06-04","$package":"p"}', ['time-zone-assumed'], []],
  ])('%s is sent as ISO text', (row, changes, warnings) => {
    const sent = `{${TIME},"$package":"p"}`;
    expect(shape(row, BULK)).toMatchObject({ sent, changes, warnings });
  });

  test.each([
    ['warn', { warnings: ['old-event'] }],
    ['send', { warnings: [] }],
    ['reject', { reason: 'old-event' }],
  ] as const)('old events: %s', (oldEvents, expected) => {
    expect(shape('{"$time":"2024-06-03T23:59:58.999Z","$package":"p"}', BULK, { oldEvents })).toMatchObject(
      expected,
    );
    const young = shape('{"$time":"2024-06-03T23:59:59Z","$package":"p"}', BULK, { oldEvents });
    expect(young).toMatchObject({ warnings: [] });
  });

  test.each([
    ['{"$package":"p"}', 'time-missing'],
    ['{"$package":"p","$time":null}', 'time-missing'],
    ['{"$package":"p","$time":""}', 'time-unreadable'],
    ['{"$package":"p","$time":[]}', 'time-unreadable'],
  ])('%s', (row, reason) => {
    expect(shape(row, BULK)).toEqual({ reason });
  });
});

test('required keys: types, and conditions', () => {
  const rowShape: RowShape = {
    required: [
      { path: 's', type: 'string', reason: 's-missing' },
      { path: 'o', type: 'object', when: 's', reason: 'o-missing' },
      { path: 'i', type: 'integer', when: 'x', reason: 'i-missing' },
    ],
  };
  const reasonOf = (row: string) => shape(row, rowShape).reason;
  expect(reasonOf('{"o":{}}')).toBe('s-missing');
  expect(reasonOf('{"s":"","o":{}}')).toBe('s-missing');
  expect(reasonOf('{"s":"t","o":[]}')).toBe('o-missing');
  expect(reasonOf('{"s":"t","o":{}}')).toBe(undefined);
  expect(reasonOf('{"s":"t","o":{},"x":1}')).toBe('i-missing');
  expect(reasonOf('{"s":"t","o":{},"x":1,"i":1.5}')).toBe('i-missing');
  expect(reasonOf('{"s":"t","o":{},"x":1,"i":-15}')).toBe(undefined);
});

describe('rows that only a parser understands', () => {
  test('a key twice: the last one counts, and unchanged it leaves as it is', () => {
    const row = `{"$package":1,${TIME},"$package":"p"}`;
    expect(shape(row, BULK)).toMatchObject({ sent: row, changes: [] });
  });

  test('where it must change it is written anew', () => {
    const row = String.raw`{"\u0024pixel":"x","n":12345678901234567890,${TIME}}`;
    expect(shape(row, BULK)).toMatchObject({
      sent: `{"$tracking_pixel":"x","n":12345678901234567890,${TIME}}`,
      changes: ['key-renamed'],
    });
  });
});
