import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { wrapLines } from '../../../src/report/terminal/wrap.ts';

const wrap = (text: string, columns: number) => wrapLines(text, columns, (line) => stringWidth(line));

test.each([
  ['a line that fits', '  read 5 = accepted 5\n', 40, '  read 5 = accepted 5\n'],
  [
    'an equation',
    '  read 1,500 = accepted 1,495 + rejected 5\n  sent 21 kB\n',
    40,
    '  read 1,500 = accepted 1,495 + rejected\n    5\n  sent 21 kB\n',
  ],
  ['several lines of one', 'a b c d e f', 4, 'a b\n  c\n  d\n  e\n  f'],
  [
    'colours, which take no columns',
    '\u{1b}[32mgreen\u{1b}[39m and more',
    9,
    '\u{1b}[32mgreen\u{1b}[39m and\n  more',
  ],
  ['an indentation in colour', '\u{1b}[2m  run: 77\u{1b}[22m', 8, '\u{1b}[2m  run:\n    77\u{1b}[22m'],
  ['wide characters', '東京 東京 東京', 9, '東京 東京\n  東京'],
  ['a path, which stays in one piece', 'rejects: /a/long/path/to', 12, 'rejects: /a/long/path/to'],
  ['a command, which stays in one piece', 'hint: scarf-cli runs show 7', 12, 'hint: scarf-cli runs show 7'],
  ['nothing', '', 1, ''],
])('%s', (_what, text, columns, expected) => {
  expect(wrap(text, columns)).toBe(expected);
});
