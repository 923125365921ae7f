/**
 * What stands on a terminal, colours included, as text: in front of each stretch of another look stands one character of
 * the private use area that says which look. It is no part of any word, so that patterns for words find them still.
 */
import type { IBuffer, IBufferCell } from '@xterm/headless';

export interface Look {
  /** Of the eight colours of a terminal, 8 to 15 the bright ones; undefined: the default. */
  color: number | undefined;
  isBold: boolean;
  isDim: boolean;
}

const firstMark = 0xe000;
const MARKS = /[\ue000-\ue0ff]/;

/** All lines, without blank ones at the end. */
export function paintedText(buffer: IBuffer): string {
  return Array.from({ length: buffer.length }, (_, line) => paintedLine(buffer, line))
    .join('\n')
    .trimEnd();
}

function paintedLine(buffer: IBuffer, index: number): string {
  const line = buffer.getLine(index);
  const length = line?.translateToString(true).length ?? 0;
  let mark = markOf({ color: undefined, isBold: false, isDim: false });
  let text = '';
  for (let column = 0; column < length; column += 1) {
    const cell = line?.getCell(column);
    if (cell === undefined) break;
    const own = markOf(lookOf(cell));
    if (own !== mark) text += own;
    mark = own;
    text += cell.getChars() || ' ';
  }
  return text;
}

/** A line in stretches of one look each. */
export function stretchesOf(line: string): { text: string; look: Look }[] {
  const [first = '', ...others] = line.split(/(?=[\ue000-\ue0ff])/);
  const plain = MARKS.test(first) ? [] : [{ text: first, look: lookBehind(firstMark) }];
  const marked = MARKS.test(first) ? [first, ...others] : others;
  const rest = marked.map((text) => ({ text: text.slice(1), look: lookBehind(text.charCodeAt(0)) }));
  return [...plain, ...rest].filter(({ text }) => text !== '');
}

function lookOf(cell: IBufferCell): Look {
  const color = cell.isFgPalette() ? cell.getFgColor() : undefined;
  return { color, isBold: cell.isBold() !== 0, isDim: cell.isDim() !== 0 };
}

/** Five bits of colour, then a bit each. */
function markOf({ color, isBold, isDim }: Look): string {
  const bits = (color === undefined ? 0 : (color % 16) + 1) + (isBold ? 32 : 0) + (isDim ? 64 : 0);
  return String.fromCharCode(firstMark + bits);
}

function lookBehind(code: number): Look {
  const bits = code - firstMark;
  const color = bits % 32 === 0 ? undefined : (bits % 32) - 1;
  return { color, isBold: (bits & 32) !== 0, isDim: (bits & 64) !== 0 };
}
