/** One chart on the page: title, picture, table, downloads. */
import { barPicture, barStyles } from './bars.ts';
import type { Chart, Shown } from './charts.ts';
import { color, element, share } from './dom.ts';
import { csvOf, offer, offerPng, svgText } from './download.ts';
import { lineChart, type LineChart } from './lines.ts';
import { linePicture } from './line-picture.ts';
import { table, type TableOptions } from './table.ts';

const mostBars = 12;

/** What a figure is of, beside what it shows now. */
export type FigureKind = Pick<Chart, 'id' | 'noun' | 'unit'>;

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
  const details = element('details', {}, element('summary', {}, 'Table'));
  let shown: Shown | undefined;
  let lines: LineChart | undefined;
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
      downloads(chart, { id, shown: () => shown, canvas: () => lines?.canvas() }),
      details,
    ),
    show(now) {
      shown = now;
      title.textContent = shown.title;
      if (shown.kind === 'bars') {
        picture.replaceChildren(barPicture(shown.bars.slice(0, mostBars), shown.title), axisName(chart.unit));
      } else {
        lines ??= startLines(picture, chart);
        picture.setAttribute(
          'aria-label',
          `${shown.title}. Arrow keys go from day to day; the numbers follow.`,
        );
        lines.show(shown.series);
      }
      drawTable();
    },
  };
}

function startLines(picture: HTMLElement, { unit }: FigureKind): LineChart {
  picture.tabIndex = 0;
  picture.setAttribute('role', 'group');
  return lineChart(picture, { unit });
}

function axisName(unit: string): HTMLElement {
  return element('p', { class: 'axis' }, unit);
}

function tableOf({ noun, unit }: FigureKind, shown: Shown): TableOptions {
  if (shown.kind === 'bars') {
    return {
      caption: shown.title,
      columns: [{ name: noun }, { name: unit, isNumber: true }, { name: 'share' }],
      rows: shown.bars.map(({ name, count }) => [name, count, share(count, shown.all)]),
    };
  }
  const { days, lines } = shown.series;
  return {
    caption: shown.title,
    columns: [{ name: 'day' }, ...lines.map(({ name }) => ({ name, isNumber: true }))],
    rows: days.map((day, index) => [day, ...lines.map(({ counts }) => counts[index] ?? 0)]),
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
      const text = pictureText(now);
      offer(`${id}.svg`, new Blob([text], { type: 'image/svg+xml' }));
    }),
    button('PNG', (now) => savePng(id, now, canvas())),
  );
}

function pictureText(shown: Shown): string {
  const picture =
    shown.kind === 'bars'
      ? barPicture(shown.bars.slice(0, mostBars), shown.title)
      : linePicture(shown.series, shown.title);
  return svgText(picture, barStyles(), color('paper'));
}

/** Lines are on a canvas already; bars are drawn on one. */
function savePng(id: string, shown: Shown, canvas: HTMLCanvasElement | undefined): void {
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
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(pictureText(shown))}`;
}
