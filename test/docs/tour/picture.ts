/** A screen as a picture (SVG): the text where it stands, in the colours of a dark terminal. */
import { stretchesOf, type Look } from '../../report/terminal/painted-text.ts';

const columnWidth = 8.4;
const lineHeight = 18;
const margin = 14;

/** Of the colours of a terminal, on dark ground; all have a contrast of at least 4.5 to it (WCAG AA). */
const COLORS = ['#8b949e', '#ff7b72', '#3fb950', '#d29922', '#79c0ff', '#d2a8ff', '#56d4dd', '#e6edf3'];
const plainColor = '#e6edf3';
const dimColor = '#9aa4af';
const ground = '#0d1117';

/** The picture of marked text as `paintedText` gives it. */
export function pictureOf(painted: string): string {
  const lines = painted.split('\n');
  const columns = Math.max(...lines.map((line) => lengthOf(line)));
  const [width, height] = [columns * columnWidth + 2 * margin, lines.length * lineHeight + 2 * margin];
  const texts = lines.flatMap((line, index) => textsOf(line, margin + (index + 0.75) * lineHeight));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}">`,
    `<rect width="100%" height="100%" rx="6" fill="${ground}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`,
    '<style>text{white-space:pre}</style>',
    ...texts,
    '</g>',
    '</svg>\n',
  ].join('\n');
}

function textsOf(line: string, y: number): string[] {
  let column = 0;
  return stretchesOf(line).map(({ text, look }) => {
    const x = margin + column * columnWidth;
    const length = lengthOf(text);
    column += length;
    const bold = look.isBold ? ' font-weight="bold"' : '';
    const fit = `textLength="${round(length * columnWidth)}"`;
    return `<text x="${round(x)}" y="${round(y)}" ${fit} fill="${fillOf(look)}"${bold}>${escaped(text)}</text>`;
  });
}

function fillOf({ color, isDim }: Look): string {
  if (color !== undefined) return COLORS[color % 8] ?? plainColor;
  return isDim ? dimColor : plainColor;
}

function lengthOf(text: string): number {
  return [...text.replaceAll(/[\ue000-\ue0ff]/g, '')].length;
}

function round(length: number): string {
  return String(Math.round(length * 10) / 10);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
