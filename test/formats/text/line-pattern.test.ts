/** Patterns that begin an event: they match what JavaScript's match, and say why they cannot be taken. */
import { describe, expect, test } from 'vitest';
import { compileLinePattern } from '../../../src/formats/text/line-pattern.ts';

test('constructs in a class or behind a backslash are text', () => {
  expect(compileLinePattern('[(?=]\\(\\?=').test('?(?=')).toBe(true);
  expect(compileLinePattern('\\Q(?=\\1\\u0041\\E').test('(?=\\1\\u0041')).toBe(true);
});

const LINES = [
  '2026-11-26 07:30:00 INFO started',
  '  at com.example.Foo.bar(Foo.java:12)',
  '\tat x',
  '[2026-11-26T07:30:00Z] "GET / HTTP/1.1" 200',
  'ERROR é ß Ω 日本 😀',
  'Caused by: java.io.IOException: a/b',
  '',
  'aaa',
  'a b c',
  'foo.bar+baz',
  'line with carriage return\r',
];

test.each([
  '^\\d{4}-\\d\\d-\\d\\d ',
  '^\\S',
  'INFO|ERROR',
  '^(?:INFO|ERROR)\\b',
  '^\\[?20\\d\\d',
  '^[A-Z]+ ',
  '^[^\\s\\]]+$',
  '\\bbar\\b',
  '^a+?$',
  '^(?<word>\\w+) ',
  '\\u0041|\\u00e9',
  '\\u{1F600}',
  '\\uD83D\\uDE00$',
  '^.{3}$',
  '^$',
  '\\p{Lu}',
  '^\\P{L}',
  'a\\/b',
  '\\.\\w+\\+',
  '\\x41|\\t',
  'return$',
  'at',
  '^.*[Ω日]',
  '(a|b) (b|c)',
  '😀',
])('%s matches what RegExp matches', (pattern) => {
  const [ours, theirs] = [compileLinePattern(pattern), new RegExp(pattern, 'u')];
  expect(LINES.map((line) => ours.test(line))).toEqual(LINES.map((line) => theirs.test(line)));
});

describe('code points', () => {
  test.each([
    ['^\\u0041$', 'A', 'u0041'],
    ['^\\u00E9$', 'é', 'e'],
    ['^\\u{41}$', 'A', 'u'],
    ['^\\u{1f600}$', '😀', '\u{1f601}'],
    ['^\\ud83d\\ude00$', '😀', '\ud83d'],
    ['^\\u0041\\u0042+$', 'ABB', 'ABAB'],
    ['^\\ud83d\\ude00\\u0041$', '😀A', '😀'],
    ['^\\\\u0041$', '\\u0041', '\\A'],
    ['^\\Q\\u{41}\\E\\u{41}$', '\\u{41}A', 'AA'],
    ['^\\Qa\\E.\\Q.\\E$', 'ax.', 'a.x'],
    ['^\\Q\\u0041', '\\u0041', 'A'],
  ])('%s matches %s, and not %s', (pattern, line, other) => {
    const compiled = compileLinePattern(pattern);
    expect([compiled.test(line), compiled.test(other)]).toEqual([true, false]);
  });
});

describe('what RE2 does not have', () => {
  test.each([
    ['^(?=2026)', 'a look-ahead, (?=,'],
    ['a(?!b)', 'a look-ahead, (?!,'],
    ['(?<=a)b', 'a look-behind, (?<=,'],
    ['(?<!a)b', 'a look-behind, (?<!,'],
    ['(?>a)', 'an atomic group, (?>,'],
    ['(a)?(?(1)b|c)', 'a condition, (?(,'],
    ['(?<name>a)\\k<name>', 'a back reference, \\k,'],
    ['(a)\\1', 'a back reference, \\1,'],
    ['(a)(b)(c)(d)(e)(f)(g)(h)(i)\\9', 'a back reference, \\9,'],
  ])('%s is named', (pattern, construct) => {
    const reason = `has ${construct} which RE2 does not have: it could take for ever on one line`;
    expect(() => compileLinePattern(pattern)).toThrow(new Error(`"${pattern}" ${reason}`));
  });
});

test.each([
  ['(', 'missing closing ) ('],
  ['\\', 'trailing backslash at end of expression'],
  ['\\q', 'invalid escape sequence \\q'],
  ['a{1001}', 'invalid repeat count {1001}'],
  ['[b-a]', 'invalid character class range b-a'],
])('%s is no pattern: %s', (pattern, fault) => {
  const thrown = catchIn(() => compileLinePattern(pattern));
  expect(thrown).toBeInstanceOf(Error);
  const { message, cause } = thrown as Error;
  expect(message.startsWith(`"${pattern}" is not a regular expression of RE2: `)).toBe(true);
  expect(message).toContain(fault);
  expect(message).toBe(message.trimEnd());
  expect(cause).toBeInstanceOf(Error);
});

test.each(['a{600}b{600}', '(?:ab{50}c){20}'])('%s is too large', (pattern) => {
  expect(() => compileLinePattern(pattern)).toThrow(`"${pattern}" is too large`);
});

test('nine hundred steps are few enough', () => {
  expect(compileLinePattern('^a{900}$').test('a'.repeat(900))).toBe(true);
});

function catchIn(work: () => unknown): unknown {
  try {
    return work();
  } catch (thrown) {
    return thrown;
  }
}
