/** Horizontal bars as SVG, with both axes named. */
import { ticksUpTo } from './axis.ts';
import { characterWidth, color, count, svg } from './dom.ts';
import { noneText, otherText } from './filters.ts';

export interface Bar {
  name: string;
  count: number;
}

export interface BarsLayout {
  /** What the chart shows, as a sentence. */
  title: string;
  /** Label of the left axis: what a bar represents. */
  noun: string;
  /** Below: what is counted. */
  unit: string;
  /** Pixels. */
  width: number;
}

const barHeight = 24;
const thickness = 16;
/** For the name above the labels. */
const top = 24;
/** For numbers and the name below them. */
const bottom = 42;
const widestLabels = 210;
/** Beside a label, in pixels. */
const labelSpace = 12;
const tickSpace = 80;
/** Of the width, for names. */
const largestShare = 0.45;
/** Where there is less, names that do not fit stand above their bars. */
const narrowWidth = 420;
/** The height of a name above its bar. */
const nameHeight = 18;

/** One bar a row, its value behind it; name and value are what the pointer shows. */
export function barPicture(bars: readonly Bar[], { title, noun, unit, width }: BarsLayout): SVGElement {
  const { left, rowHeight, isStacked } = placeNames(bars, width);
  const most = Math.max(0, ...bars.map((bar) => bar.count));
  const room = width - left - characterWidth * count(most).length - 12;
  const ticks = ticksUpTo(most, Math.max(1, Math.floor(room / tickSpace)));
  const x = (value: number) => left + (room * value) / (ticks.at(-1) as number);
  const base = top + bars.length * rowHeight;
  const height = base + bottom;
  const marks = ticks.flatMap((value) => [
    svg('line', {
      class: value === 0 ? 'axis-base' : 'axis-grid',
      x1: x(value),
      x2: x(value),
      y1: top,
      y2: base,
    }),
    svg(
      'text',
      {
        class: 'axis-text',
        x: x(value),
        y: base + 16,
        'text-anchor': value === 0 && isStacked ? 'start' : 'middle',
      },
      count(value),
    ),
  ]);
  const rows = bars.map((bar, index) => {
    const end = x(bar.count);
    const y = top + index * rowHeight;
    return row(bar, isStacked ? { left, end, y: y + nameHeight, above: width } : { left, end, y });
  });
  return svg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': title, class: 'bars' },
    ...marks,
    svg('text', { class: 'axis-name', x: 0, y: 14 }, noun),
    svg('text', { class: 'axis-name', x: left + room / 2, y: height - 6, 'text-anchor': 'middle' }, unit),
    ...rows,
  );
}

/** Names stand before their bars, or above them where they need too much of the width. */
function placeNames(
  bars: readonly Bar[],
  width: number,
): { left: number; rowHeight: number; isStacked: boolean } {
  const usual = Math.round(Math.min(widestLabels, 0.36 * width));
  const longest = Math.max(0, ...bars.map(({ name }) => [...name].length));
  const wanted = Math.ceil(longest * characterWidth + labelSpace);
  if (wanted > usual && width < narrowWidth)
    return { left: 2, rowHeight: nameHeight + barHeight, isStacked: true };
  const left = Math.max(usual, Math.min(wanted, Math.round(largestShare * width)));
  return { left, rowHeight: barHeight, isStacked: false };
}

/** The rules that a picture needs when it stands alone; on the page they are in report.css. */
export function barStyles(): string {
  return (
    `text{fill:${color('ink')};font:12px system-ui,sans-serif}` +
    `.axis-text,.axis-name{fill:${color('quiet')}}.axis-name{font-weight:bold}` +
    `.axis-base{stroke:${color('quiet')}}.axis-grid{stroke:${color('line')}}` +
    `.bar-fill{fill:${color('accent')}}.bar-rest{fill:${color('quiet')}}`
  );
}

/** `y`: the top of the bar's own row. `above`: the name stands above it, and has this width. */
interface RowPlace {
  left: number;
  end: number;
  y: number;
  above?: number;
}

function row(bar: Bar, { left, end, y, above }: RowPlace): SVGElement {
  const isRest = bar.name === noneText || bar.name === otherText;
  const middle = y + barHeight / 2;
  const place =
    above === undefined ? { x: left - 8, y: middle + 4, 'text-anchor': 'end' } : { x: left + 3, y: y - 2 };
  return svg(
    'g',
    {},
    svg('title', {}, `${bar.name}: ${count(bar.count)}`),
    svg('text', place, shortened(bar.name, above ?? left)),
    svg('rect', {
      class: isRest ? 'bar-rest' : 'bar-fill',
      x: left,
      y: middle - thickness / 2,
      width: Math.max(1, end - left),
      height: thickness,
    }),
    svg('text', { x: Math.max(end, left + 1) + 6, y: middle + 4 }, count(bar.count)),
  );
}

function shortened(name: string, room: number): string {
  const most = Math.max(4, Math.floor((room - labelSpace) / characterWidth));
  const characters = [...name];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : name;
}
