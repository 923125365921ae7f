/** Tables that can be sorted and searched. */
import { count, element } from './dom.ts';

export interface Column {
  name: string;
  isNumber?: boolean;
}

export type Row = readonly (string | number)[];

export interface TableOptions {
  caption: string;
  columns: readonly Column[];
  rows: readonly Row[];
}

/** More rows are found by searching: a browser that lays out a hundred thousand is slow. */
const maxRows = 200;

/** Sorted by the headings, which are buttons; the search looks at all cells. */
export function table({ caption, columns, rows }: TableOptions): HTMLElement {
  const state = { column: -1, isDown: false, search: '' };
  const body = element('tbody');
  const status = element('p', { class: 'quiet', role: 'status' });
  const headings = columns.map(({ name, isNumber }, index) => {
    const button = element('button', { type: 'button' }, name);
    button.addEventListener('click', () => {
      state.isDown = state.column === index ? !state.isDown : isNumber === true;
      state.column = index;
      draw();
    });
    return element('th', { scope: 'col', class: isNumber === true && 'number' }, button);
  });
  function draw(): void {
    const found = sorted(searched(rows, state.search), state);
    headings.forEach((heading, index) => {
      const direction = state.isDown ? 'descending' : 'ascending';
      heading.setAttribute('aria-sort', index === state.column ? direction : 'none');
    });
    body.replaceChildren(...found.slice(0, maxRows).map((row) => rowElement(row, columns)));
    status.textContent =
      found.length > maxRows
        ? `${count(maxRows)} of ${count(found.length)} rows; search for others`
        : `${count(found.length)} ${found.length === 1 ? 'row' : 'rows'}`;
  }
  draw();
  const search = element('input', {
    type: 'search',
    'aria-label': `Search in: ${caption}`,
    placeholder: 'Search',
  });
  search.addEventListener('input', () => {
    state.search = search.value;
    draw();
  });
  return element(
    'div',
    { class: 'table' },
    element('div', { class: 'screen' }, search),
    element(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
      element(
        'table',
        {},
        element('caption', {}, caption),
        element('thead', {}, element('tr', {}, ...headings)),
        body,
      ),
    ),
    status,
  );
}

function searched(rows: readonly Row[], search: string): readonly Row[] {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return rows;
  return rows.filter((row) => row.some((cell) => String(cell).toLowerCase().includes(wanted)));
}

function sorted(
  rows: readonly Row[],
  { column, isDown }: { column: number; isDown: boolean },
): readonly Row[] {
  if (column < 0) return rows;
  const sign = isDown ? -1 : 1;
  return [...rows].sort((one, two) => sign * compare(one[column] ?? '', two[column] ?? ''));
}

function compare(one: string | number, two: string | number): number {
  if (typeof one === 'number' && typeof two === 'number') return one - two;
  return String(one).localeCompare(String(two), 'en', { numeric: true });
}

const day = /^\d{4}-\d\d-\d\d$/;

function rowElement(row: Row, columns: readonly Column[]): HTMLElement {
  const cells = row.map((cell, index) => {
    const text = typeof cell === 'number' ? count(cell) : cell;
    const isNumber = columns[index]?.isNumber === true;
    const look = isNumber ? 'number' : day.test(text) && 'day';
    return index === 0
      ? element('th', { scope: 'row', class: look }, text)
      : element('td', { class: look }, text);
  });
  return element('tr', {}, ...cells);
}
