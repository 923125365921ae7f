/** Breaks lines that are wider than a terminal between words, where the terminal would break them anywhere. */
import { stripVTControlCharacters } from 'node:util';
import type { Widths } from './width.ts';

/** How much further than its beginning a line goes on. */
const hanging = '  ';

/**
 * Wraps each line of the text that is wider than `columns`. Lines with a word that fits in no line, such as a path, and
 * lines with a command stay as they are: what a terminal has broken by itself is copied whole.
 */
export function wrapLines(text: string, columns: number, widthOf: Widths['widthOf']): string {
  return text
    .split('\n')
    .map((line) => (widthOf(line) <= columns ? line : wrapLine(line, columns, widthOf)))
    .join('\n');
}

function wrapLine(line: string, columns: number, widthOf: Widths['widthOf']): string {
  const [indent = ''] = /^ */.exec(stripVTControlCharacters(line)) ?? [];
  // Those of the indentation are empty.
  const words = line.split(' ');
  const next = `${indent}${hanging}`;
  const isFixed = /\bscarf-cli /.test(line) || words.some((word) => widthOf(next) + widthOf(word) > columns);
  if (isFixed) return line;
  const lines: string[] = [];
  let current = words[0] ?? '';
  for (const word of words.slice(1)) {
    const longer = `${current} ${word}`;
    if (widthOf(longer) <= columns) current = longer;
    else {
      lines.push(current);
      current = `${next}${word}`;
    }
  }
  return [...lines, current].join('\n');
}
