/** Bar charts as SVG without scripts: hovering over a bar shows its value. */
import { formatCount } from '../../report/terminal/numbers.ts';
import { html, type Html } from '../html.ts';

export interface Bar {
  /** From 0 to 1 along the axis. */
  from: number;
  to: number;
  value: number;
  /** Its width has no meaning, so it need not fill the available space. */
  isNarrow?: boolean;
  /** `12:03:04 to 12:03:10: 1,234 rows a second` */
  title: string;
}

export interface BarChart {
  /** What the chart shows, in a sentence; also its accessible name. */
  title: string;
  /** Label of the vertical axis: `rows a second`. */
  unit: string;
  /** Label of the horizontal axis: `day (UTC)`. */
  across: string;
  bars: readonly Bar[];
  /** Below the axis; `at` is from 0 to 1. */
  ticks: readonly { at: number; label: string }[];
  /** Vertical lines where a period without data is omitted. */
  breaks?: readonly number[];
}

/** Every chart is drawn in two sizes, so that its text is legible on a phone too; the style sheet shows one of them. */
const looks = [
  { name: 'wide', width: 900, minTickDistance: 0 },
  { name: 'slim', width: 380, minTickDistance: 0.3 },
] as const;
const height = 254;
const left = 70;
const right = 12;
/** The unit stands above the bars. */
const top = 26;
/** For the ticks, and the name of the axis below them. */
const bottom = 44;
/** Keeps a few bars from becoming blocks. */
const widestBar = 64;
const gridLines = 4;

/** The chart without its heading. */
export function barChart(chart: BarChart): Html {
  return html`${looks.map((look) => drawn(chart, look))}`;
}

function drawn(
  { title, unit, across, bars, ticks, breaks = [] }: BarChart,
  { name, width, minTickDistance }: (typeof looks)[number],
): Html {
  const most = niceMaximum(Math.max(0, ...bars.map(({ value }) => value)));
  const x = (share: number) => rounded(left + share * (width - left - right));
  const y = (value: number) => rounded(top + (1 - value / most) * (height - top - bottom));
  const grid = Array.from({ length: gridLines + 1 }, (_, nth) => (most / gridLines) * nth);
  return html`<svg class="chart ${name}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
    ${grid.map(
      (value) =>
        html`<line class="grid" x1="${left}" x2="${width - right}" y1="${y(value)}" y2="${y(value)}" />
          <text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${tickText(value)}</text> `,
    )}${bars.map((bar) => {
      const room = x(bar.to) - x(bar.from) - gapOf(bars.length);
      const wide = bar.isNarrow === true ? Math.min(room, widestBar) : room;
      return html`<rect
        class="bar"
        x="${rounded(x(bar.from) + (room - wide) / 2)}"
        y="${y(bar.value)}"
        width="${rounded(Math.max(wide, 1))}"
        height="${rounded(y(0) - y(bar.value))}"
        ><title>${bar.title}</title></rect
      > `;
    })}${breaks.map(
      (at) => html`<line class="break" x1="${x(at)}" x2="${x(at)}" y1="${top}" y2="${height - bottom}" /> `,
    )}${spaced(ticks, minTickDistance).map(
      ({ at, label }) =>
        html`<text x="${x(at)}" y="${height - 26}" text-anchor="${anchorAt(at)}">${label}</text> `,
    )}
    <text class="unit" x="${left}" y="${top - 12}">${unit}</text>
    <text class="unit" x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">
      ${across}
    </text>
  </svg>`;
}

/** The first tick, and each that is at least this far from the one before. */
function spaced<Tick extends { at: number }>(ticks: readonly Tick[], minDistance: number): Tick[] {
  const kept: Tick[] = [];
  for (const tick of ticks) {
    const last = kept.at(-1);
    if (last === undefined || tick.at - last.at >= minDistance) kept.push(tick);
  }
  return kept;
}

/** The end of the axis: a round number that is not below the largest value. */
function niceMaximum(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 5, 8, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}

function tickText(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(2)));
}

function gapOf(bars: number): number {
  return bars > 200 ? 0 : 1;
}

function anchorAt(at: number): string {
  if (at <= 0.02) return 'start';
  return at >= 0.98 ? 'end' : 'middle';
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
