/** Renders a list as a table: a header, aligned columns, and no line wider than the terminal. */
import type { ChalkInstance } from 'chalk';
import { formatBytes, formatCount } from '../terminal/numbers.ts';
import { printableLine } from '../terminal/printable.ts';
import { relativeTime } from '../terminal/relative-time.ts';
import type { Widths } from '../terminal/width.ts';
import type { ListColumn } from './list.ts';

export interface TableOptions {
  /** The terminal's width; undefined: lines may have any length. */
  width: number | undefined;
  nowMs: number;
  colors: ChalkInstance;
  widths: Widths;
}

interface TableColumn {
  header: string;
  cells: readonly string[];
  align: 'left' | 'right';
  width: number;
  least: number;
  drops: number | undefined;
}

const gap = '  ';

/** The lines of the table, header first. Cell text is made printable and kept on one line. */
export function tableLines<Row>(
  columns: readonly ListColumn<Row>[],
  rows: readonly Row[],
  { width, nowMs, colors, widths }: TableOptions,
): string[] {
  const made = columns.map((column) => columnOf(column, rows, { nowMs, widths }));
  const fitted = width === undefined ? made : fit(made, width);
  const { fitLine, widthOf } = widths;
  const pad = (text: string, room: number, align: 'left' | 'right') => {
    const blanks = ' '.repeat(Math.max(room - widthOf(text), 0));
    return align === 'left' ? text + blanks : blanks + text;
  };
  const lineOf = (cells: readonly string[]) => {
    const line = cells
      .map((cell, index) => {
        const { align = 'left', width: room = 0 } = fitted[index] ?? {};
        return pad(fitLine(cell, room), room, align);
      })
      .join(gap)
      .trimEnd();
    return width === undefined ? line : fitLine(line, width);
  };
  const header = colors.bold(lineOf(fitted.map((column) => column.header)));
  return [header, ...rows.map((_, row) => lineOf(fitted.map(({ cells }) => cells[row] ?? '')))];
}

function columnOf<Row>(
  column: ListColumn<Row>,
  rows: readonly Row[],
  { nowMs, widths: { widthOf } }: Pick<TableOptions, 'nowMs' | 'widths'>,
): TableColumn {
  const cells = rows.map((row) => printableLine(cellOf(column, row, nowMs)));
  const header = column.name.toUpperCase();
  const width = Math.max(widthOf(header), ...cells.map(widthOf));
  const least = column.shrinksTo === undefined ? width : Math.min(width, column.shrinksTo);
  const align = column.kind === 'count' || column.kind === 'bytes' ? 'right' : 'left';
  return { header, cells, align, width, least, drops: column.drops };
}

function cellOf<Row>(column: ListColumn<Row>, row: Row, nowMs: number): string {
  if (column.shown !== undefined) return column.shown(row);
  const value = column.value(row) ?? null;
  if (value === null) return '-';
  if (column.kind === 'time') return relativeTime(String(value), nowMs);
  if (typeof value !== 'number') return String(value);
  if (column.kind === 'count') return formatCount(value);
  return column.kind === 'bytes' ? formatBytes(value) : String(value);
}

/** First narrows the widest columns that may shrink, then drops columns. */
function fit(columns: readonly TableColumn[], width: number): TableColumn[] {
  const kept = columns.map((column) => ({ ...column }));
  for (;;) {
    const excess = kept.reduce((sum, column) => sum + column.width, gap.length * (kept.length - 1)) - width;
    if (excess <= 0) return kept;
    if (roomIn(kept) >= excess) return shrink(kept, excess);
    const dropped = kept.reduce((worst, column) =>
      (column.drops ?? 0) > (worst.drops ?? 0) ? column : worst,
    );
    if (dropped.drops === undefined) return shrink(kept, Math.min(excess, roomIn(kept)));
    kept.splice(kept.indexOf(dropped), 1);
  }
}

function roomIn(columns: readonly TableColumn[]): number {
  return columns.reduce((sum, { width, least }) => sum + width - least, 0);
}

function shrink(columns: TableColumn[], excess: number): TableColumn[] {
  for (let left = excess; left > 0; left--) {
    const roomy = columns.filter(({ width, least }) => width > least);
    roomy.reduce((widest, column) => (column.width > widest.width ? column : widest)).width -= 1;
  }
  return columns;
}
