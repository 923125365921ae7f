/** Lines over days, drawn by uPlot. */
import uPlot from 'uplot';
import { secondsPerDay, startOf } from '../../../calendar.ts';
import { characterWidth, color, count } from './dom.ts';
import { periodText, type Period } from './period.ts';
import type { Series } from './selection.ts';

const height = 260;
/** How far apart days are named. */
const dayIncrements = [1, 2, 3, 7, 14, 28, 56, 91, 182, 365, 730, 1095, 1826, 3652].map(
  (days) => days * secondsPerDay,
);

export interface LineChart {
  canvas(): HTMLCanvasElement;
  show(series: Series): void;
  destroy(): void;
}

/** Draws into `place`, which can be entered with the keyboard: the arrow keys go from day to day. */
export function lineChart(place: HTMLElement, { unit }: { unit: string }): LineChart {
  let plot: uPlot | undefined;
  let shown: Series = { period: 'day', days: [], lines: [] };
  const draw = () => {
    plot?.destroy();
    plot = new uPlot(optionsFor(shown, { unit, width: widthOf(place) }), dataOf(shown), place);
  };
  const observer = new ResizeObserver(() => plot?.setSize({ width: widthOf(place), height }));
  observer.observe(place);
  // A canvas keeps the colours that it was drawn in.
  const looks = [matchMedia('(prefers-color-scheme: dark)'), matchMedia('print')];
  for (const look of looks) look.addEventListener('change', draw);
  document.addEventListener('themechange', draw);
  place.addEventListener('keydown', (event) => {
    if (plot !== undefined && moveCursor(plot, event.key, shown.days.length)) event.preventDefault();
  });
  return {
    canvas: () => place.querySelector('canvas') as HTMLCanvasElement,
    show(series) {
      shown = series;
      draw();
    },
    destroy() {
      observer.disconnect();
      for (const look of looks) look.removeEventListener('change', draw);
      document.removeEventListener('themechange', draw);
      plot?.destroy();
    },
  };
}

function widthOf(place: HTMLElement): number {
  return Math.max(280, Math.floor(place.clientWidth));
}

function dataOf({ days, lines }: Series): uPlot.AlignedData {
  return [days.map(secondsOf), ...lines.map(({ counts }) => counts)];
}

function optionsFor(
  { days, lines, period }: Series,
  { unit, width }: { unit: string; width: number },
): uPlot.Options {
  const axis = {
    stroke: color('quiet'),
    grid: { stroke: color('line'), width: 1 },
    ticks: { stroke: color('line') },
  };
  const isOneYear = days[0]?.slice(0, 4) === days.at(-1)?.slice(0, 4);
  return {
    width,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.05)] } },
    axes: [
      {
        ...axis,
        ...{ label: `${period} (UTC)`, size: 34, labelSize: 22, space: 80 },
        ...placesOfTicks(days, { period, width }),
        values: (_plot, ticks) => ticks.map((tick) => tickText(tick, period, isOneYear)),
      },
      {
        ...axis,
        label: unit,
        size: (_plot, texts) => roomFor(texts),
        values: (_plot, ticks) => ticks.map((tick) => count(tick)),
      },
    ],
    series: [
      {
        label: period,
        value: (_plot, seconds) => (seconds === null ? '–' : periodText(dayText(seconds), period)),
      },
      ...lines.map(({ name }, index) => ({
        label: name,
        stroke: color(`hue-${(index % 8) + 1}`),
        width: 2,
        ...(index % 2 === 1 ? { dash: [6, 3] } : {}),
        points: { size: 5, filter: loneIndexes },
        value: (_plot: uPlot, value: number | null) => (value === null ? '–' : count(value)),
      })),
    ],
  };
}

/** For the numbers of the left axis and their ticks, in pixels. */
function roomFor(texts: readonly string[] | null): number {
  const longest = Math.max(0, ...(texts ?? []).map(({ length }) => length));
  return Math.max(64, Math.ceil(longest * characterWidth) + 22);
}

function secondsOf(day: string): number {
  return startOf(day) / 1000;
}

/** Where the axis of time has numbers: at round distances of days, or at as many months or years as there is room for. */
function placesOfTicks(
  days: readonly string[],
  { period, width }: { period: Period; width: number },
): Pick<uPlot.Axis, 'incrs' | 'splits'> {
  if (period === 'day' || period === 'week') return { incrs: dayIncrements };
  const step = Math.max(1, Math.ceil((days.length * 80) / width));
  return { splits: () => days.filter((_day, index) => index % step === 0).map(secondsOf) };
}

/** Of days and weeks, years are named where there are several. */
function tickText(seconds: number, period: Period, isOneYear: boolean): string {
  const day = dayText(seconds);
  return isOneYear && (period === 'day' || period === 'week') ? day.slice(5) : periodText(day, period);
}

function dayText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** Points between two days without a number, which no line would show; undefined where all points are drawn. */
function loneIndexes(plot: uPlot, index: number, areShown: boolean): number[] | null {
  if (areShown) return null;
  const counts = plot.data[index] ?? [];
  const isThere = (at: number) => typeof counts[at] === 'number';
  return [...counts.keys()].filter((at) => isThere(at) && !isThere(at - 1) && !isThere(at + 1));
}

/** Whether the key was one of those that move. */
function moveCursor(plot: uPlot, key: string, days: number): boolean {
  const step = { ArrowLeft: -1, ArrowRight: 1, Home: -days, End: days }[key];
  if (step === undefined || days === 0) return false;
  const at = plot.cursor.idx ?? (step > 0 ? -1 : days);
  const next = Math.min(days - 1, Math.max(0, at + step));
  const left = plot.valToPos(plot.data[0][next] as number, 'x');
  plot.setCursor({ left, top: 10 });
  return true;
}
