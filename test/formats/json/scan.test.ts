/** Values of JSON by hand: what is consumed of which bytes, with which lines, and what is left for later. */
import { describe, expect, test } from 'vitest';
import { createJsonFormat } from '../../../src/formats/json/json.ts';
import { scanOnce } from '../scan.ts';

function scannerOf({
  atStart = true,
  toEnd = true,
  head = '',
  line = 1,
  path,
}: { atStart?: boolean; toEnd?: boolean; head?: string; line?: number; path?: string[] } = {}) {
  const format = createJsonFormat(path === undefined ? {} : { path });
  return format.scanner({ atStart, toEnd, line, head: Buffer.from(head) });
}

const CUT = expect.objectContaining({
  kind: 'local',
  message: expect.stringContaining('truncated') as string,
}) as Error;

describe('bytes that more may follow', () => {
  test.each([
    // A number or a word may go on, an object that is closed may not.
    ['1234', [], '1234', 1],
    ['{"a":1}', ['row 1 "{\\"a\\":1}"'], '', 1],
    ['{"a":1}\n {"b"', ['row 1 "{\\"a\\":1}"'], '\n {"b"', 1],
    ['{"a":1}\n\n{"b":2},', ['row 1 "{\\"a\\":1}"', 'row 3 "{\\"b\\":2}"'], ',', 3],
    ['[ {"a":1},\n12,', ['row 1 "{\\"a\\":1}"', 'row 2 "12"'], ',', 2],
    // What separates rows goes with the row behind it.
    ['{"a":1}\n,\n', ['row 1 "{\\"a\\":1}"'], '\n,\n', 1],
    ['\n\n[\n', [], '\n\n[\n', 1],
    ['{"a":\n1', [], '{"a":\n1', 1],
  ])('%j', (content, said, rest, line) => {
    expect(scanOnce(scannerOf(), content)).toEqual({ said, rest, line });
  });

  test('the beginning waits for a mark of the encoding', () => {
    const scanner = scannerOf();
    expect(scanOnce(scanner, '{}x')).toEqual({ said: [], rest: '{}x', line: 1 });
    expect(scanOnce(scanner, '\uFEFF{}')).toEqual({ said: ['row 1 "{}"'], rest: '', line: 1 });
    expect(scanOnce(scanner, '{}').said).toEqual(['row 1 "{}"']);
    expect(scanOnce(scannerOf(), '{} ', { final: true }).said).toEqual(['row 1 "{}"']);
  });

  test('what was left is read with what follows, and lines are counted once', () => {
    const scanner = scannerOf();
    expect(scanOnce(scanner, '[{"a":1},\n\n {"b":')).toMatchObject({ rest: ',\n\n {"b":', line: 1 });
    expect(scanOnce(scanner, ',\n\n {"b":\n2}\n]\n')).toEqual({
      said: ['row 3 "{\\"b\\":\\n2}"'],
      rest: '\n]\n',
      line: 4,
    });
    expect(scanOnce(scanner, '\n]\n', { final: true })).toEqual({ said: [], rest: '', line: 6 });
  });

  test('who wants no more gets no more', () => {
    const scanner = scannerOf();
    expect(scanOnce(scanner, '{}\n{}\n{}', { stopAfter: 2 })).toMatchObject({ rest: '\n{}', line: 2 });
    expect(scanOnce(scanner, '\n{}', { final: true })).toEqual({ said: ['row 3 "{}"'], rest: '', line: 3 });
  });
});

describe('the end', () => {
  test.each([
    '',
    '\n',
    '{}',
    '{}\n',
    '[]',
    '[{}]',
    '[[{}]]\n',
    '{} ,',
    '12',
    '"a"',
    'null',
    '[{}],[{}]',
    ']',
    '{}]',
  ])('%j is whole', (content) => {
    expect(() => scanOnce(scannerOf(), content, { final: true })).not.toThrow();
  });

  test.each(['[', '[{}', '[{},', '{', '{"a":1', '"a', '[1', '[{}][', '{}[{}'])('%j is cut', (content) => {
    expect(() => scanOnce(scannerOf(), content, { final: true })).toThrow(CUT);
  });

  test('of a range in the middle is whole, whatever is open', () => {
    const middle = { toEnd: false, atStart: false, head: '[' };
    expect(scanOnce(scannerOf(middle), '{},{"a":1', { final: true })).toMatchObject({
      said: ['row 1 "{}"', 'row 1 "{\\"a\\":1"'],
      rest: '',
    });
    expect(() => scanOnce(scannerOf({ ...middle, toEnd: true }), '{}', { final: true })).toThrow(CUT);
    expect(scanOnce(scannerOf({ ...middle, toEnd: true }), '{}]', { final: true }).rest).toBe('');
  });

  test.each([
    ['[{},{}', undefined, false],
    ['[{},{}', '{},{}', false],
    ['[{},{}', '{},{}]', true],
    ['[{},{}', '{"a":[1]}\r\n]\r\n \n', true],
    ['[{"a":[1]}', '{"a":[1]}', false],
  ])('behind all bytes of %j is the end of the array, if it stands in front: %j', (head, before, isWhole) => {
    const start = { atStart: false, toEnd: true, line: 1, head: Buffer.from(head) };
    const scanner = createJsonFormat().scanner({
      ...start,
      ...(before === undefined ? {} : { before: Buffer.from(before) }),
    });
    const scan = () => scanOnce(scanner, '', { final: true });
    if (isWhole) expect(scan()).toEqual({ said: [], rest: '', line: 1 });
    else expect(scan).toThrow(CUT);
  });

  test('behind the end of an array that an earlier run has read is outside it', () => {
    const format = createJsonFormat();
    const start = {
      atStart: false,
      toEnd: true,
      line: 3,
      head: Buffer.from('[{}'),
      before: Buffer.from('{}]\n'),
    };
    expect(scanOnce(format.scanner(start), '{}\n{}\n', { final: true }).said).toEqual([
      'row 3 "{}"',
      'row 4 "{}"',
    ]);
  });

  test('may be one that grows: a value that is open outside all lists is left', () => {
    const open = (content: string) => scanOnce(scannerOf(), content, { final: true, mayGrow: true });
    expect(open('{}\n{"a":')).toEqual({ said: ['row 1 "{}"'], rest: '\n{"a":', line: 1 });
    expect(open('{}\n12').said).toEqual(['row 1 "{}"', 'row 2 "12"']);
    expect(() => open('[{},{"a":')).toThrow(CUT);
    expect(() => open('[{}')).toThrow(CUT);
  });
});

describe('commas', () => {
  test.each([
    ['[{},{}]', ['row 1 "{}"', 'row 1 "{}"']],
    ['[{} {}]', ['row 1 "{}"', 'bad 1 not-json "{}"']],
    ['[{}\n{},{}]', ['row 1 "{}"', 'bad 2 not-json "{}"', 'row 2 "{}"']],
    ['{} {}', ['row 1 "{}"', 'row 1 "{}"']],
    ['[{}][{}]', ['row 1 "{}"', 'row 1 "{}"']],
    ['[[{}] {}]', ['row 1 "{}"', 'row 1 "{}"']],
    ['[{},,{}]', ['row 1 "{}"', 'row 1 "{}"']],
    ['[[{}]] {} {}', ['row 1 "{}"', 'row 1 "{}"', 'row 1 "{}"']],
    [']{} {}', ['row 1 "{}"', 'row 1 "{}"']],
    ['\u001e{}\n\u001e{}\n', ['row 1 "{}"', 'row 2 "{}"']],
    ['{}\t\r\n {}', ['row 1 "{}"', 'row 2 "{}"']],
  ])('%j', (content, said) => {
    expect(scanOnce(scannerOf(), content, { final: true }).said).toEqual(said);
  });

  test.each([
    ['[', 'bad 7 not-json "{}"'],
    [' \n\t[', 'bad 7 not-json "{}"'],
    ['\uFEFF[', 'bad 7 not-json "{}"'],
    ['{', 'row 7 "{}"'],
    ['x[', 'row 7 "{}"'],
    ['', 'row 7 "{}"'],
  ])('a range behind %j knows whether it is in a list', (head, second) => {
    const scanner = scannerOf({ atStart: false, toEnd: false, head, line: 7 });
    expect(scanOnce(scanner, ' {} {} ', { final: true }).said).toEqual(['row 7 "{}"', second]);
  });
});

describe('rows in a list of an object', () => {
  const path = ['a', 'b'];

  test.each([
    ['{"a":{"b":[{},\n{}]}}', ['row 1 "{}"', 'row 2 "{}"']],
    ['{"n":1,\n"a":{"b":[\n{}],"c":2\n}}\n{"a":{"b":[{}]}}', ['row 3 "{}"', 'row 5 "{}"']],
    ['{"a":{"b":[[{}],{}]}}', ['row 1 "{}"', 'row 1 "{}"']],
    ['{"a":{"b":[]}}', []],
    ['{"a":{"b":[{} {}]}}', ['row 1 "{}"', 'bad 1 not-json "{}"']],
    ['[{"a":{"b":[{}]}},{"a":{"b":[{}]}}]', ['row 1 "{}"', 'row 1 "{}"']],
    // Pages of an array.
    [
      '[{"a":{"b":[{},{}],"c":[]}},\n{"a":{"b":[{} {}]}}]',
      ['row 1 "{}"', 'row 1 "{}"', 'row 2 "{}"', 'bad 2 not-json "{}"'],
    ],
    ['[{"a":1}\n]', ['bad 1 path-missing "{\\"a\\":1}"']],
    ['\n{"a":\n1}\n{"a":{"b":[{}]}}', ['bad 2 path-missing "{\\"a\\":\\n1}"', 'row 4 "{}"']],
  ])('%j', (content, said) => {
    expect(scanOnce(scannerOf({ path }), content, { final: true })).toMatchObject({ said, rest: '' });
  });

  test.each(['{"a":{"b":[{}', '{"a":{"b":[{}]', '{"a":{"b":[{}]}', '{"a":{', '{"a":{"b":[{}],"c"'])(
    '%j is cut',
    (content) => {
      expect(() => scanOnce(scannerOf({ path }), content, { final: true })).toThrow(CUT);
    },
  );

  test('who stops at an object without it goes on behind it', () => {
    const scanner = scannerOf({ path });
    const content = '{"c":\n1}\n{"a":{"b":[{}]}}';
    expect(scanOnce(scanner, content, { stopAfter: 1 })).toMatchObject({
      rest: '\n{"a":{"b":[{}]}}',
      line: 2,
    });
    expect(scanOnce(scanner, '\n{"a":{"b":[{}]}}', { final: true }).said).toEqual(['row 3 "{}"']);
  });

  test('an object without it is reported once, with the row behind it', () => {
    const scanner = scannerOf({ path: ['a'] });
    const missing = 'bad 1 path-missing "{\\"b\\":1}"';
    for (const content of ['{"b":1}', '{"b":1}\n{"a":', '{"b":1}\n{"a":[', '{"b":1}\n{"a":[{"c"']) {
      expect(scanOnce(scanner, content)).toEqual({ said: [], rest: content, line: 1 });
    }
    expect(scanOnce(scanner, '{"b":1}\n{"a":[{"c":1}')).toEqual({
      said: [missing, 'row 2 "{\\"c\\":1}"'],
      rest: '',
      line: 2,
    });
    expect(scanOnce(scannerOf({ path: ['a'] }), '{"b":1}\n', { final: true })).toEqual({
      said: [missing],
      rest: '',
      line: 2,
    });
  });

  test('what leads to the list waits with the first row, and what follows it with the next', () => {
    const scanner = scannerOf({ path });
    expect(scanOnce(scanner, '{"a":\n{"b":[ ')).toEqual({ said: [], rest: '{"a":\n{"b":[ ', line: 1 });
    expect(scanOnce(scanner, '{"a":\n{"b":[ {}]')).toEqual({ said: ['row 2 "{}"'], rest: ']', line: 2 });
    expect(scanOnce(scanner, ']\n}')).toEqual({ said: [], rest: ']\n}', line: 2 });
    expect(scanOnce(scanner, ']\n}}\n{"a":{"b":[{}')).toMatchObject({ said: ['row 4 "{}"'], rest: '' });
  });

  test.each(['{"a":{"n":"xxxx', '{"a":{"b":[{}],"n":"xxxx'])(
    'nothing else may be longer than a row: %j',
    (content) => {
      const scanner = scannerOf({ path });
      const { rest } = scanOnce(scanner, content);
      scanner.passRow();
      expect(() => scanOnce(scanner, rest)).toThrow(
        expect.objectContaining({
          kind: 'usage',
          message: 'the text around the list at a.b is longer than --max-row',
          hint: 'raise --max-row',
        }),
      );
    },
  );
});

describe('a row that is too long', () => {
  test('is passed over, piece by piece', () => {
    const scanner = scannerOf();
    expect(scanOnce(scanner, '[{},\n{"a":"xx')).toMatchObject({ said: ['row 1 "{}"'], rest: ',\n{"a":"xx' });
    scanner.passRow();
    expect(scanOnce(scanner, ',\n{"a":"xx')).toMatchObject({ said: [], rest: '' });
    expect(scanOnce(scanner, '}\n')).toMatchObject({ said: [], rest: '' });
    expect(scanOnce(scanner, '"},{}]')).toEqual({
      said: ['long 2 -10..2', 'row 3 "{}"'],
      rest: ']',
      line: 3,
    });
  });

  test('is reported behind the objects in front of it that have no list', () => {
    const scanner = scannerOf({ path: ['a'] });
    scanner.passRow();
    const begin = '{"b":1}\n[] {"c":2}\n{"a":[{"n":"x';
    expect(scanOnce(scanner, begin)).toEqual({ said: [], rest: '', line: 3 });
    expect(scanOnce(scanner, 'xx')).toEqual({ said: [], rest: '', line: 3 });
    expect(scanOnce(scanner, '"},{}]}', { final: true }).said).toEqual([
      'bad 1 path-missing -34..-27',
      'bad 2 path-missing -23..-16',
      'long 3 -9..2',
      'row 3 "{}"',
    ]);
  });

  test('ends with the input at the latest', () => {
    const scanner = scannerOf({ toEnd: false });
    scanner.passRow();
    expect(scanOnce(scanner, '{"a":"xx')).toMatchObject({ said: [], rest: '' });
    expect(scanOnce(scanner, '', { final: true }).said).toEqual(['long 1 -8..0']);
  });

  test('of nothing but what separates rows there is none', () => {
    const scanner = scannerOf();
    scanner.passRow();
    expect(scanOnce(scanner, ' \n \n ')).toEqual({ said: [], rest: '', line: 3 });
    expect(scanOnce(scanner, '{}', { final: true })).toEqual({ said: ['row 3 "{}"'], rest: '', line: 3 });
  });
});

test('a row on several lines is written on one', () => {
  const scanner = scannerOf();
  const bytes = Buffer.from('{"a":\r\n1\n}[2]');
  const texts: string[] = [];
  const row = (from: number, to: number) => {
    const text = scanner.toJson!(bytes, from, to);
    texts.push(text.bytes.toString('utf8', text.from, text.to));
    return true;
  };
  scanner.scan(
    bytes,
    { from: 0, to: bytes.length, final: true },
    { row, bad: () => true, tooLong: () => true },
  );
  expect(texts).toEqual(['{"a":  1 }', '2']);
});
