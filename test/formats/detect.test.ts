import { describe, expect, test } from 'vitest';
import { detectFormat } from '../../src/formats/detect.ts';
import type { OptionSpec } from '../../src/settings/option-spec.ts';
import { createFormat, FORMAT_OPTIONS, type FormatSettings } from '../../src/formats/options.ts';

const named = (path: string, content: string | Buffer) =>
  detectFormat(path, { bytes: Buffer.from(content as string), isWhole: true })?.name;

describe('by name', () => {
  test.each([
    ['a.ndjson', 'ndjson'],
    ['a.jsonl.gz', 'ndjson'],
    ['/x.json/A.CSV', 'csv'],
    ['a.tsv.gz', 'tsv'],
    ['a.tab', 'tsv'],
  ])('%s is %s', (path, format) => {
    expect(named(path, 'a,b')).toBe(format);
  });
});

test.each([
  ['{"a":1}\n{"a":2}\n', 'ndjson'],
  ['{"data":[{"a":1}]}\n', 'json'],
  ['{"a","b"}\n1,2\n', 'csv'],
  ['{"a":1},b\n1,2\n', 'csv'],
  ['[1]\n', 'csv'],
])('%j in a.csv is %s', (content, format) => {
  expect(named('a.csv', content)).toBe(format);
});

test.each([
  ['a,b\n1,2\n', 'csv'],
  ['\uFEFFa;b\r\n1;2\r\n3;4\r\n5', 'csv'],
  ['a\tb\n1\t2\n', 'tsv'],
  ['a,b\n{"a":1}\n', 'ndjson'],
  ['a,b\n', 'ndjson'],
  ['a,b\n1,2\nnote\n3,4\n', 'ndjson'],
  ['Started, at last\nStopped, too\nLeft, at once\n', 'ndjson'],
])('%j in a.ndjson is %s', (content, format) => {
  expect(named('a.ndjson', content)).toBe(format);
});

describe('by content', () => {
  test.each([
    ['', 'ndjson'],
    ['\uFEFF\n {"a":1}', 'ndjson'],
    ['not, json\n{"a":1}\n', 'ndjson'],
    ['[1]\n{"a":1}\n', 'ndjson'],
    ['\uFEFF [\n{"a":1}', 'json'],
    ['[{"a":1},\n{"a":2}]', 'json'],
    ['[{"a":1}]\n', 'json'],
    ['a,b\n1,2', 'csv'],
    ['a\tb,c\n1\t2', 'tsv'],
    ['a\tb\nnote\n1\t2', 'tsv'],
    ['a;b\n1;2\nnote', 'csv'],
  ])('%j is %s', (content, format) => {
    expect(named('-', content)).toBe(format);
    expect(named('export.json', content)).toBe(format);
  });

  test.each([
    ['plain words'],
    ['a;b\nnote\n1;2'],
    ['Started, at last\nStopped\nNothing, not even that, is left\n'],
  ])('%s is not guessed', (content) => {
    expect(named('-', content)).toBeUndefined();
  });
});

test('a log is JSON or text, however many commas its lines have', () => {
  expect(named('app.log', 'INFO a, b\nINFO c, d\n')).toBeUndefined();
  expect(named('app.log', '{"a":1}\n')).toBe('ndjson');
});

test('what is called NDJSON and is something else is said', () => {
  const notesOf = (path: string, content: string) =>
    detectFormat(path, { bytes: Buffer.from(content), isWhole: true })?.notes;
  const array = '[{"a":1},\n{"a":2}]';
  const said = 'and read as such (--format ndjson reads it line by line)';
  expect(notesOf('a.ndjson', array)).toEqual([`a.ndjson is a JSON array, ${said}`]);
  expect(notesOf('a.json', array)).toEqual([]);
  expect(notesOf('a.jsonl', 'a,b\n1,2\n')).toEqual([
    'a.jsonl holds a table, and is read as such (--format ndjson reads it line by line)',
  ]);
  expect(notesOf('a.json', '{"data":[{"a":1}]}')).toEqual([expect.stringContaining('data')]);
});

describe('options', () => {
  const settings: FormatSettings = { format: 'auto', empty: 'omit' };
  const input = { path: 'a.csv', head: { bytes: Buffer.from('a,b\n'), isWhole: true } };

  test('the format asked for wins over the name', () => {
    expect(createFormat(settings, input).name).toBe('csv');
    for (const format of ['ndjson', 'json', 'tsv', 'text'] as const) {
      expect(createFormat({ ...settings, format }, input).name).toBe(format);
    }
  });

  test('what is saved for another format changes nothing', () => {
    const saved = { ...settings, multilineStart: '^a', only: 'a' };
    expect(createFormat(saved, input).name).toBe('csv');
    expect(createFormat({ ...saved, format: 'text' }, input).name).toBe('text');
  });

  const specs: readonly OptionSpec[] = FORMAT_OPTIONS;
  const parse = (name: string, text: string): unknown =>
    specs.find((option) => option.name === name)?.parse?.(text, undefined);

  test('a delimiter is one character or more', () => {
    const texts = ['\\t', 'tab', ';', '|', ' ', '||', '¦', '\\x01', '\\u00a6'];
    expect(texts.map((text) => parse('delimiter', text))).toEqual([
      '\t',
      '\t',
      ';',
      '|',
      ' ',
      '||',
      '¦',
      '\x01',
      '¦',
    ]);
    for (const text of ['', '"', '\n']) expect(() => parse('delimiter', text)).toThrow('characters');
  });

  test('as many lines are passed over as a file of rejects may repeat', () => {
    expect(parse('skipLines', '1000000')).toBe(1_000_000);
    for (const text of ['1000001', '99999999999', '-1', '1.5', '', 'x'])
      expect(() => parse('skipLines', text)).toThrow('is not a number of lines');
  });

  test('a pattern must be one', () => {
    expect(parse('multilineStart', '^\\d')).toBe('^\\d');
    expect(() => parse('multilineStart', '(')).toThrow('regular expression');
  });
});
