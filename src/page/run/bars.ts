/** Charts of bars as SVG that needs no script: each bar names its value where a pointer rests on it. */
import { formatCount } from '../../report/terminal/numbers.ts';
import { html, type Html } from '../html.ts';

export interface Bar {
  /** From 0 to 1 along the axis. */
  from: number;
  to: number;
  value: number;
  /** `12:03:04 to 12:03:10: 1,234 rows a second` */
  title: string;
}

export interface BarChart {
  /** What the chart shows, in a sentence; also its name for who cannot see it. */
  title: string;
  /** Of the vertical axis: `rows a second`. */
  unit: string;
  bars: readonly Bar[];
  /** Below the axis; `at` is from 0 to 1. */
  ticks: readonly { at: number; label: string }[];
  /** Lines across the chart, where time is left out. */
  breaks?: readonly number[];
}

const width = 900;
const height = 236;
const left = 70;
const right = 12;
/** The unit stands above the bars. */
const top = 26;
const bottom = 26;
const gridLines = 4;

/** The chart without its heading. */
export function barChart({ title, unit, bars, ticks, breaks = [] }: BarChart): Html {
  const most = niceMaximum(Math.max(0, ...bars.map(({ value }) => value)));
  const x = (share: number) => rounded(left + share * (width - left - right));
  const y = (value: number) => rounded(top + (1 - value / most) * (height - top - bottom));
  const grid = Array.from({ length: gridLines + 1 }, (_, nth) => (most / gridLines) * nth);
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
    ${grid.map(
      (value) =>
        html`<line class="grid" x1="${left}" x2="${width - right}" y1="${y(value)}" y2="${y(value)}" />
          <text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${tickText(value)}</text> `,
    )}${bars.map((bar) => {
      const wide = Math.max(x(bar.to) - x(bar.from) - gapOf(bars.length), 1);
      return html`<rect
        class="bar"
        x="${x(bar.from)}"
        y="${y(bar.value)}"
        width="${rounded(wide)}"
        height="${rounded(y(0) - y(bar.value))}"
        ><title>${bar.title}</title></rect
      > `;
    })}${breaks.map(
      (at) => html`<line class="break" x1="${x(at)}" x2="${x(at)}" y1="${top}" y2="${height - bottom}" /> `,
    )}${ticks.map(
      ({ at, label }) =>
        html`<text x="${x(at)}" y="${height - 8}" text-anchor="${anchorAt(at)}">${label}</text> `,
    )}
    <text class="unit" x="${left}" y="${top - 12}">${unit}</text>
  </svg>`;
}

/** A round number that is not below the largest value: the axis ends there. */
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
