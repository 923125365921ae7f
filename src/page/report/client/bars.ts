/** Horizontal bars as SVG. */
import { color, count, svg } from './dom.ts';

export interface Bar {
  name: string;
  count: number;
}

const rowHeight = 24;
const labelWidth = 210;
const width = 640;
const valueWidth = 80;
const longestLabel = 30;

/** One bar a row, its value behind it; the whole name is what the pointer shows. */
export function barPicture(bars: readonly Bar[], label: string): SVGElement {
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  const height = bars.length * rowHeight + 4;
  const room = width - labelWidth - valueWidth;
  const rows = bars.map((bar, index) => {
    const y = index * rowHeight;
    const length = Math.max(1, (room * bar.count) / most);
    return svg(
      'g',
      {},
      svg('title', {}, `${bar.name}: ${count(bar.count)}`),
      svg('text', { x: labelWidth - 8, y: y + 17, 'text-anchor': 'end' }, shortened(bar.name)),
      svg('rect', {
        class: 'bar-fill',
        x: labelWidth,
        y: y + 4,
        width: length,
        height: rowHeight - 8,
        rx: 2,
      }),
      svg('text', { x: labelWidth + length + 6, y: y + 17 }, count(bar.count)),
    );
  });
  return svg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label, class: 'bars' },
    ...rows,
  );
}

/** The rules that a picture needs when it stands alone. */
export function barStyles(): string {
  return `text{fill:${color('ink')};font:12px system-ui,sans-serif}.bar-fill{fill:${color('accent')}}`;
}

function shortened(name: string): string {
  const characters = [...name];
  return characters.length > longestLabel ? `${characters.slice(0, longestLabel - 1).join('')}…` : name;
}
