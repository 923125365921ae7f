/** Lines over days, drawn by uPlot. */
import uPlot from 'uplot';
import { secondsPerDay } from '../../../calendar.ts';
import { color, count } from './dom.ts';
import type { Series } from './selection.ts';

const height = 260;
/** How far apart days are named. */
const dayIncrements = [1, 2, 3, 7, 14, 28, 56, 91, 182, 365].map((days) => days * secondsPerDay);

export interface LineChart {
  canvas(): HTMLCanvasElement;
  show(series: Series): void;
  destroy(): void;
}

/** Draws into `place`, which can be entered with the keyboard: the arrow keys go from day to day. */
export function lineChart(place: HTMLElement, { unit }: { unit: string }): LineChart {
  let plot: uPlot | undefined;
  let shown: Series = { days: [], lines: [] };
  const draw = () => {
    plot?.destroy();
    plot = new uPlot(optionsFor(shown, { unit, width: widthOf(place) }), dataOf(shown), place);
  };
  const observer = new ResizeObserver(() => plot?.setSize({ width: widthOf(place), height }));
  observer.observe(place);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', draw);
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
      dark.removeEventListener('change', draw);
      document.removeEventListener('themechange', draw);
      plot?.destroy();
    },
  };
}

function widthOf(place: HTMLElement): number {
  return Math.max(280, Math.floor(place.clientWidth));
}

function dataOf({ days, lines }: Series): uPlot.AlignedData {
  return [days.map((day) => Date.parse(`${day}T00:00:00Z`) / 1000), ...lines.map(({ counts }) => counts)];
}

function optionsFor({ lines }: Series, { unit, width }: { unit: string; width: number }): uPlot.Options {
  const axis = {
    stroke: color('quiet'),
    grid: { stroke: color('line'), width: 1 },
    ticks: { stroke: color('line') },
  };
  return {
    width,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.05)] } },
    axes: [
      {
        ...axis,
        label: 'day (UTC)',
        space: 80,
        incrs: dayIncrements,
        values: (_plot, ticks) => ticks.map((tick) => dayText(tick).slice(5)),
      },
      { ...axis, label: unit, size: 64, values: (_plot, ticks) => ticks.map((tick) => count(tick)) },
    ],
    series: [
      { label: 'day', value: (_plot, seconds) => dayText(seconds) },
      ...lines.map(({ name }, index) => ({
        label: name,
        stroke: color(`hue-${(index % 8) + 1}`),
        width: 2,
        ...(index % 2 === 1 ? { dash: [6, 3] } : {}),
        points: { size: 5 },
        value: (_plot: uPlot, value: number | null) => (value === null ? '–' : count(value)),
      })),
    ],
  };
}

function dayText(seconds: number | null): string {
  return seconds === null ? '–' : new Date(seconds * 1000).toISOString().slice(0, 10);
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
