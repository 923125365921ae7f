/** One chart on the page: title, picture, table, downloads. */
import { barChart, type BarChart } from './bar-chart.ts';
import { barPicture, barStyles } from './bars.ts';
import type { Chart, Shown } from './charts.ts';
import { color, element, share } from './dom.ts';
import { csvOf, offer, offerPng, svgText } from './download.ts';
import { lineChart, type LineChart } from './lines.ts';
import { linePicture } from './line-picture.ts';
import { periodText, type Period } from './period.ts';
import { table, type TableOptions } from './table.ts';

const maxBars = 12;

/** What a figure is of, beside what it shows now. */
export type FigureKind = Pick<Chart, 'id' | 'noun' | 'unit' | 'note'>;

/** A chart that can be shown again and again. */
export interface Figure {
  element: HTMLElement;
  show: (shown: Shown) => void;
}

/** `prefix` keeps ids apart where several sections have the same chart. */
export function figure(chart: FigureKind, prefix: string): Figure {
  const id = `${prefix}-${chart.id}`;
  const title = element('h3', { id: `${id}-title` });
  const picture = element('div', { class: 'picture' });
  const details = element('details', {}, element('summary', { 'aria-label': `Table of ${id}` }, 'Table'));
  let shown: Shown | undefined;
  let lines: LineChart | undefined;
  let bars: BarChart | undefined;
  details.addEventListener('toggle', () => drawTable());
  function drawTable(): void {
    details.querySelector('.table')?.remove();
    if (details.open && shown !== undefined) details.append(table(tableOf(chart, shown)));
  }
  return {
    element: element(
      'figure',
      { class: 'chart', id, 'aria-labelledby': `${id}-title` },
      title,
      picture,
      ...(chart.note === undefined ? [] : [element('p', { class: 'note' }, chart.note)]),
      downloads(chart, { id, shown: () => shown, canvas: () => lines?.canvas() }),
      details,
    ),
    show(now) {
      shown = now;
      title.textContent = shown.title;
      if (shown.kind === 'bars') {
        bars ??= barChart(picture, chart);
        bars.show(shown.bars.slice(0, maxBars), shown.title);
      } else {
        lines ??= startLines(picture, `${chart.unit} a ${shown.series.period}`);
        picture.setAttribute(
          'aria-label',
          lineLabel(shown.title, { unit: chart.unit, period: shown.series.period }),
        );
        lines.show(shown.series);
      }
      drawTable();
    },
  };
}

function lineLabel(title: string, { unit, period }: { unit: string; period: Period }): string {
  const axes = `Across: ${period} (UTC). Up: ${unit} a ${period}.`;
  return `${title}. ${axes} Arrow keys go from ${period} to ${period}; the numbers follow.`;
}

function startLines(picture: HTMLElement, unit: string): LineChart {
  picture.tabIndex = 0;
  picture.setAttribute('role', 'group');
  return lineChart(picture, { unit });
}

function tableOf({ noun, unit }: FigureKind, shown: Shown): TableOptions {
  if (shown.kind === 'bars') {
    return {
      caption: shown.title,
      columns: [{ name: noun }, { name: unit, isNumber: true }, { name: 'share' }],
      rows: shown.bars.map(({ name, count }) => [name, count, share(count, shown.all)]),
    };
  }
  const { period, days, lines } = shown.series;
  return {
    caption: `${shown.title} (${unit} a ${period})`,
    columns: [{ name: period }, ...lines.map(({ name }) => ({ name, isNumber: true }))],
    rows: days.map((day, index) => [
      periodText(day, period),
      ...lines.map(({ counts }) => counts[index] ?? ''),
    ]),
  };
}

interface Downloads {
  id: string;
  shown: () => Shown | undefined;
  canvas: () => HTMLCanvasElement | undefined;
}

function downloads(chart: FigureKind, { id, shown, canvas }: Downloads): HTMLElement {
  const button = (name: string, save: (now: Shown) => void) => {
    const made = element('button', { type: 'button', 'aria-label': `Download ${id} as ${name}` }, name);
    made.addEventListener('click', () => {
      const now = shown();
      if (now !== undefined) save(now);
    });
    return made;
  };
  return element(
    'div',
    { class: 'downloads screen' },
    button('CSV', (now) => {
      offer(`${id}.csv`, new Blob([csvOf(tableOf(chart, now))], { type: 'text/csv;charset=utf-8' }));
    }),
    button('SVG', (now) => {
      const text = pictureText(chart, now);
      offer(`${id}.svg`, new Blob([text], { type: 'image/svg+xml' }));
    }),
    button('PNG', (now) => savePng(id, pictureText(chart, now), canvas())),
  );
}

/** Pixels: the width of a picture of bars that is kept. */
const pictureWidth = 640;

function pictureText({ noun, unit }: FigureKind, shown: Shown): string {
  const { title } = shown;
  const picture =
    shown.kind === 'bars'
      ? barPicture(shown.bars.slice(0, maxBars), { title, noun, unit, width: pictureWidth })
      : linePicture(shown.series, { title, unit: `${unit} a ${shown.series.period}` });
  return svgText(picture, barStyles(), color('paper'));
}

/** Lines are on a canvas already; bars are drawn on one. */
function savePng(id: string, pictureOfBars: string, canvas: HTMLCanvasElement | undefined): void {
  if (canvas !== undefined) {
    offerPng(`${id}.png`, canvas, color('paper'));
    return;
  }
  const image = new Image();
  image.addEventListener('load', () => {
    const drawn = document.createElement('canvas');
    drawn.width = 2 * image.naturalWidth;
    drawn.height = 2 * image.naturalHeight;
    drawn.getContext('2d')?.drawImage(image, 0, 0, drawn.width, drawn.height);
    offerPng(`${id}.png`, drawn, color('paper'));
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(pictureOfBars)}`;
}
