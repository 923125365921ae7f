/** Lines over days as SVG, for a picture that is kept; on the page they are drawn on a canvas. */
import { ticksUpTo } from './axis.ts';
import { characterWidth, color, count, svg } from './dom.ts';
import { periodText } from './period.ts';
import type { Series } from './selection.ts';

const width = 640;
const height = 300;
/** For the name of the axis and its ticks, without their numbers. */
const leftOfNumbers = 34;
const right = 14;
const bottom = 52;
const top = 10;
/** Where 0 is. */
const base = height - bottom;
const legendRow = 18;

interface Scale {
  /** Where the first day is. */
  left: number;
  ticks: readonly number[];
  /** The position of a day, by its index. */
  x: (day: number) => number;
  y: (value: number) => number;
}

export function linePicture(series: Series, { title, unit }: { title: string; unit: string }): SVGElement {
  const { lines } = series;
  const full = height + legendRow * (lines.length + 1);
  const scale = scaleOf(series);
  return svg(
    'svg',
    { viewBox: `0 0 ${width} ${full}`, width, height: full, role: 'img', 'aria-label': title },
    ...valueAxis(scale),
    ...dayAxis(series, scale),
    ...axisNames(series, { unit, ...scale }),
    ...lines.flatMap((line, index) => drawLine(line, index, scale)),
  );
}

function scaleOf({ days, lines }: Series): Scale {
  const most = Math.max(0, ...lines.flatMap(({ counts }) => counts.map((value) => value ?? 0)));
  const ticks = ticksUpTo(most, 5);
  const times = days.map((day) => Date.parse(day));
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const span = Math.max(1, last - first);
  const longest = Math.max(...ticks.map((tick) => count(tick).length));
  const left = Math.max(84, Math.ceil(leftOfNumbers + longest * characterWidth));
  return {
    left,
    ticks,
    x: (day) => left + ((width - left - right) * ((times[day] as number) - first)) / span,
    y: (value) => top + (base - top) * (1 - value / (ticks.at(-1) as number)),
  };
}

/** A grid line and a number for each tick. */
function valueAxis({ left, ticks, y }: Scale): SVGElement[] {
  return ticks.flatMap((value) => [
    svg('line', {
      ...{ class: value === 0 ? 'axis-base' : 'axis-grid', x1: left, x2: width - right },
      ...{ y1: y(value), y2: y(value) },
    }),
    svg('text', { class: 'axis-text', x: left - 6, y: y(value) + 4, 'text-anchor': 'end' }, count(value)),
  ]);
}

/** The first period and the last. */
function dayAxis({ days, period }: Series, { left }: Scale): SVGElement[] {
  const last = days.length > 1 ? periodText(days.at(-1) as string, period) : '';
  return [
    svg('text', { class: 'axis-text', x: left, y: base + 18 }, periodText(days[0] ?? '', period)),
    svg('text', { class: 'axis-text', x: width - right, y: base + 18, 'text-anchor': 'end' }, last),
  ];
}

function axisNames({ period }: Series, { unit, left }: { unit: string; left: number }): SVGElement[] {
  const middle = (top + base) / 2;
  const common = { class: 'axis-name', 'text-anchor': 'middle' };
  return [
    svg('text', { ...common, x: (left + width - right) / 2, y: base + 40 }, `${period} (UTC)`),
    svg('text', { ...common, x: 16, y: middle, transform: `rotate(-90 16 ${middle})` }, unit),
  ];
}

/** The line, and its row of the legend. */
function drawLine(
  { name, counts }: Series['lines'][number],
  index: number,
  { left, x, y }: Scale,
): SVGElement[] {
  const stroke = color(`hue-${(index % 8) + 1}`);
  const dash = index % 2 === 1 ? '6 3' : undefined;
  const row = height + legendRow * (index + 1);
  return [
    ...stretches(counts).map((days) =>
      svg('polyline', {
        points: days.map((day) => `${x(day).toFixed(1)},${y(counts[day] as number).toFixed(1)}`).join(' '),
        ...{ fill: 'none', stroke, 'stroke-width': 2, 'stroke-linecap': 'round', 'stroke-dasharray': dash },
      }),
    ),
    svg('rect', { x: left, y: row - 10, width: 12, height: 10, fill: stroke }),
    svg('text', { x: left + 18, y: row }, name),
  ];
}

/** Days in a row that have a number; one alone is there twice, so that it is drawn as a dot. */
function stretches(counts: readonly (number | null)[]): number[][] {
  const all: number[][] = [];
  counts.forEach((value, day) => {
    if (value === null) return;
    if (day > 0 && counts[day - 1] !== null) all.at(-1)?.push(day);
    else all.push([day]);
  });
  return all.map((days) => (days.length === 1 ? [days[0] as number, days[0] as number] : days));
}
