/** From options to a format: what goes with what, and what is said when nothing can be told. */
import { describe, expect, test } from 'vitest';
import {
  createFormat,
  FORMAT_OPTIONS,
  isFormatKnown,
  presetOption,
  type FormatSettings,
} from '../../src/formats/options.ts';
import { PRESETS } from '../../src/formats/presets.ts';
import type { OptionSpec } from '../../src/settings/option-spec.ts';
import { deliver } from '../shaping/delivered.ts';
import { places, rowsOf, supplyIn } from './rows.ts';

function formatOf(content: string, settings: Partial<FormatSettings> = {}, path = 'input') {
  const head = { bytes: Buffer.from(content), isWhole: true };
  return createFormat({ format: 'auto', empty: 'omit', ...settings }, { path, head });
}

const read = async (content: string, settings: Partial<FormatSettings> = {}) =>
  deliver(supplyIn(formatOf(content, settings), content));

const rowsIn = async (content: string, settings: Partial<FormatSettings> = {}) =>
  rowsOf(await read(content, settings));

/** The line of a web server's log. */
const ACCESS = '192.0.2.1 - - [01/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 12\n';

test.each([
  ['ndjson', '{"a":1}\n{"a":2}\n'],
  ['csv', 'a,b\n1,2\n'],
  ['tsv', 'a\tb\n1\t2\n'],
  ['json', '[{"a":1}]'],
])('the beginning of an input says that it is %s', (name, content) => {
  expect(formatOf(content).name).toBe(name);
});

test.each(['ndjson', 'csv', 'tsv', 'json', 'text', 'log'] as const)('%s is what was asked for', (format) => {
  expect(formatOf('a|b\n', { format }).name).toBe(format);
  expect(formatOf('a|b\n', { format }, 'a.csv').name).toBe(format);
});

describe('where the rows are', () => {
  test('--path says that an input is JSON, and where its list is', async () => {
    const content = '{"a":{"b":[{"n":1}],"c":[{"n":2}]}}';
    expect(await rowsIn(content, { path: 'a.b' })).toEqual([{ n: 1 }]);
    expect(await rowsIn(content, { path: 'a.c', format: 'json' })).toEqual([{ n: 2 }]);
    expect(formatOf('a,b\n', { path: 'a.b' }, 'x.csv').name).toBe('json');
  });

  test('without it the list is found', async () => {
    expect(await rowsIn('{"count":1,"data":[{"n":1},{"n":2}]}')).toEqual([{ n: 1 }, { n: 2 }]);
    // Asked for as JSON, an object is a row.
    expect(await rowsIn('{"n":[{"m":1}]}', { format: 'json' })).toEqual([{ n: [{ m: 1 }] }]);
  });

  test('a key that the target reads makes an object a row', async () => {
    const content = '{"$time":"x","items":[{"n":1}]}';
    const head = { bytes: Buffer.from(content), isWhole: true };
    const isField = (key: string) => key === '$time';
    const format = createFormat({ format: 'auto', empty: 'omit' }, { path: 'input', head, isField });
    expect(rowsOf(await deliver(supplyIn(format, content)))).toEqual([JSON.parse(content)]);
  });
});

test('lines begin events where they match', async () => {
  const content = '1 a\n b\n2 c\n';
  expect(await rowsIn(content, { format: 'text' })).toHaveLength(3);
  expect(await rowsIn(content, { format: 'text', multilineStart: '^\\d' })).toEqual([
    { text: '1 a\n b' },
    { text: '2 c' },
  ]);
});

describe('logs', () => {
  const header = 'host,ident,user,time,request,status,bytes';
  const cells = {
    host: '192.0.2.1',
    ident: '-',
    user: '-',
    time: '01/Nov/2026:10:00:00 +0000',
    request: 'GET / HTTP/1.1',
    status: '200',
    bytes: '12',
  };

  test('cells have the names that were listed', async () => {
    expect(await rowsIn(ACCESS, { format: 'log', header })).toEqual([cells]);
  });

  test('a cell that means nothing is left out or null', async () => {
    const { ident: _, user: __, ...rest } = cells;
    const settings = { format: 'log', header, null: ['-'] } as const;
    expect(await rowsIn(ACCESS, settings)).toEqual([rest]);
    // Text that means null is no empty text.
    for (const empty of ['null', 'string'] as const) {
      expect(await rowsIn(ACCESS, { ...settings, empty })).toEqual([{ ...cells, ident: null, user: null }]);
    }
  });

  test('a line of other length is a reject, unless it is made to fit', async () => {
    const longer = ACCESS.replace('\n', ' more\n');
    expect(places(await read(longer, { format: 'log', header }))).toEqual([[1, 'ragged-row']]);
    expect(await rowsIn(longer, { format: 'log', header, ragged: 'truncate' })).toEqual([cells]);
    const shorter = ACCESS.replace(' 12', '');
    expect(places(await read(shorter, { format: 'log', header, ragged: 'truncate' }))).toEqual([
      [1, 'ragged-row'],
    ]);
  });

  test('with --only lines of pairs without that text are no rows', async () => {
    const content = 'level=info msg=done\nlevel=info msg=other\n';
    expect(await rowsIn(content, { format: 'log' })).toHaveLength(2);
    expect(await rowsIn(content, { format: 'log', only: 'msg=done' })).toEqual([
      { level: 'info', msg: 'done' },
    ]);
  });

  test('lines of cells are left out where pairs say the same', async () => {
    const content = `level=info msg=done\n${ACCESS}`;
    const settings = { format: 'log', only: 'msg=done', header } as const;
    expect(await rowsIn(content, settings)).toEqual([{ level: 'info', msg: 'done' }]);
    expect(await rowsIn(ACCESS, settings)).toEqual([cells]);
  });
});

describe('when the format cannot be told', () => {
  const sample = (content: string) => ({
    path: 'my.txt',
    head: { bytes: Buffer.from(content), isWhole: true },
  });
  const settings: FormatSettings = { format: 'auto', empty: 'omit' };

  test.each([
    ['plain words\n', 'my.txt: cannot detect the format', '--format ndjson, csv, tsv, json, text or log'],
    [ACCESS, 'my.txt looks like the log of a web server', '--preset combined'],
  ])('%j: %s', (content, message, hint) => {
    expect(isFormatKnown(settings, sample(content))).toBe(false);
    expect(() => createFormat(settings, sample(content))).toThrow(
      expect.objectContaining({ kind: 'usage', message, hint: expect.stringContaining(hint) as string }),
    );
  });

  test('it is known where it is given, or can be told', () => {
    expect(isFormatKnown({ ...settings, format: 'text' }, sample('plain words\n'))).toBe(true);
    expect(isFormatKnown({ ...settings, path: 'a' }, sample('plain words\n'))).toBe(true);
    expect(isFormatKnown(settings, sample('a,b\n1,2\n'))).toBe(true);
  });
});

describe('values of options', () => {
  const specs: readonly OptionSpec[] = FORMAT_OPTIONS;
  const parse = (name: string, text: string): unknown =>
    specs.find((option) => option.name === name)?.parse?.(text, undefined);

  test.each(['data', 'data.items', 'a.b.c', 'a b.ü'])('%s is a path', (text) => {
    expect(parse('path', text)).toBe(text);
  });

  test.each(['', '.', 'a.', '.a', 'a..b'])('%j is none', (text) => {
    expect(() => parse('path', text)).toThrow(`"${text}" is no path of keys with dots between them`);
  });

  test('a preset gives its options, and maps what the vendor has fields for', () => {
    const { choices, implies } = presetOption({ time: '$time', address: '$ip' });
    expect(choices).toEqual(PRESETS.map(({ name }) => name));
    expect(implies('clf')).toMatchObject({ format: 'log', map: ['time=$time', 'remote_host=$ip'] });
    expect(implies('excel-eu')).toMatchObject({ format: 'csv', delimiter: ';', decimal: ',' });
    expect(implies('excel-eu')).not.toHaveProperty('map');
    expect(implies('nothing')).toEqual({});
  });
});
