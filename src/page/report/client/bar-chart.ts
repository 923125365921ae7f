/** Bars on the page, as wide as their place. */
import { barPicture, type Bar, type BarsLayout } from './bars.ts';

export interface BarChart {
  show(bars: readonly Bar[], title: string): void;
}

/** Narrower than this nothing can be read. */
const minWidth = 240;

/** Draws into `place`, and again whenever its width changes. */
export function barChart(place: HTMLElement, { noun, unit }: Pick<BarsLayout, 'noun' | 'unit'>): BarChart {
  let shown: { bars: readonly Bar[]; title: string } = { bars: [], title: '' };
  let drawnWidth = 0;
  const draw = () => {
    drawnWidth = Math.max(minWidth, Math.floor(place.clientWidth));
    const { bars, title } = shown;
    place.replaceChildren(
      ...(bars.length === 0 ? [] : [barPicture(bars, { title, noun, unit, width: drawnWidth })]),
    );
  };
  new ResizeObserver(() => {
    if (Math.floor(place.clientWidth) !== drawnWidth) draw();
  }).observe(place);
  return {
    show(bars, title) {
      shown = { bars, title };
      draw();
    },
  };
}
