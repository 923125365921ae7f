/** Lines over days as SVG, for a picture that is kept; on the page they are drawn on a canvas. */
import { color, count, svg } from './dom.ts';
import type { Series } from './selection.ts';

const width = 640;
const height = 300;
const left = 70;
const bottom = 40;
const top = 10;
const legendRow = 18;

export function linePicture({ days, lines }: Series, label: string): SVGElement {
  const most = Math.max(1, ...lines.flatMap(({ counts }) => counts));
  const x = (day: number) => left + ((width - left - 10) * day) / Math.max(1, days.length - 1);
  const y = (value: number) => top + (height - top - bottom) * (1 - value / most);
  const drawn = lines.flatMap(({ name, counts }, index) => {
    const stroke = color(`hue-${(index % 8) + 1}`);
    const points = counts.map((value, day) => `${x(day).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    const row = height + legendRow * (index + 1);
    return [
      svg('polyline', { points, fill: 'none', stroke, 'stroke-width': 2 }),
      svg('rect', { x: left, y: row - 10, width: 12, height: 10, fill: stroke }),
      svg('text', { x: left + 18, y: row }, name),
    ];
  });
  const full = height + legendRow * (lines.length + 1);
  return svg(
    'svg',
    { viewBox: `0 0 ${width} ${full}`, width, height: full, role: 'img', 'aria-label': label },
    svg('line', { x1: left, x2: width - 10, y1: y(0), y2: y(0), stroke: color('quiet') }),
    svg('text', { x: left - 6, y: y(0), 'text-anchor': 'end' }, '0'),
    svg('text', { x: left - 6, y: y(most) + 10, 'text-anchor': 'end' }, count(most)),
    svg('text', { x: left, y: height - 18 }, days[0] ?? ''),
    svg('text', { x: width - 10, y: height - 18, 'text-anchor': 'end' }, days.at(-1) ?? ''),
    ...drawn,
  );
}
