/** The content of exported rows on one screen: rows by day, and the most frequent values. Readable without colour. */
import { countOf, formatCount } from '../terminal/numbers.ts';
import { printableLine } from '../terminal/printable.ts';
import type { Widths } from '../terminal/width.ts';

/** Rows that were counted together. */
export interface RowsSummary {
  /** Which rows these are, where that is not clear: `daily by-country`. */
  label?: string;
  noun: 'event' | 'company';
  /** Absent: the sum over days. */
  total?: number;
  /** Every day from the first to the last, `2026-11-26`; empty where rows are of no day. */
  days: readonly { day: string; count: number }[];
  lists: readonly TopList[];
}

export interface TopList {
  title: string;
  /** All rows, those without a value included. */
  total: number;
  /** The most frequent first. */
  entries: readonly { name: string; count: number }[];
  /** What is not shown. */
  rest: { names: number; count: number };
  /** Rows without a value. */
  without: number;
}

export interface SummaryLayout {
  columns: number;
  /** Nothing but ASCII. */
  ascii: boolean;
  widths: Widths;
}

/** More days than this share one line. */
const maxDayBars = 14;
const indent = '  ';
const gap = '  ';
const maxBar = 40;
const minBar = 4;
const plurals = { event: 'events', company: 'companies' } as const;

/** The lines, none wider than the terminal. */
export function rowsSummaryLines(summary: RowsSummary, look: SummaryLayout): string[] {
  const { label, noun, days, lists } = summary;
  const total = summary.total ?? days.reduce((sum, { count }) => sum + count, 0);
  const counted = countOf(total, noun, plurals[noun]);
  const head = label === undefined ? counted : `${counted}, ${printableLine(label)}`;
  const lines = [
    head,
    ...dayLines(days, look),
    ...lists.flatMap((list) => [`${list.title}:`, ...listLines(list, look)]),
  ];
  return lines.map((line) => fit(line, look));
}

function dayLines(days: RowsSummary['days'], look: SummaryLayout): string[] {
  if (days.length === 0) return [];
  if (days.length > maxDayBars) return sparkLines(days, look);
  return barLines(
    days.map(({ day, count }) => ({ name: day, count, note: '' })),
    look,
  );
}

function listLines({ entries, rest, total, without }: TopList, look: SummaryLayout): string[] {
  const bars = entries.map(({ name, count }) => ({
    name: printableLine(name),
    count,
    note: shareText(count, total),
  }));
  const left = [
    rest.count > 0
      ? `${rest.names > 0 ? `${formatCount(rest.names)} others` : 'others'} ${formatCount(rest.count)}`
      : '',
    without > 0 ? `none ${formatCount(without)}` : '',
  ].filter((text) => text !== '');
  return [...barLines(bars, look), ...(left.length === 0 ? [] : [`${indent}and ${left.join(', ')}`])];
}

interface NamedBar {
  name: string;
  count: number;
  note: string;
}

/** Name, bar, count and note below each other; where there is no room for a bar, without. */
function barLines(bars: readonly NamedBar[], { columns, ascii, widths }: SummaryLayout): string[] {
  const { widthOf, fitLine } = widths;
  const counts = bars.map(({ count }) => formatCount(count));
  const countWidth = Math.max(...counts.map((text) => text.length));
  const noteWidth = Math.max(...bars.map(({ note }) => note.length));
  const fixed = indent.length + gap.length + countWidth + (noteWidth > 0 ? gap.length + noteWidth : 0);
  const room = columns - fixed - gap.length;
  const nameWidth = Math.min(
    Math.max(...bars.map(({ name }) => widthOf(name))),
    Math.max(Math.floor(room * 0.6), 8),
  );
  const barWidth = Math.min(room - nameWidth, maxBar);
  const most = Math.max(...bars.map(({ count }) => count));
  return bars.map(({ name, count, note }, index) => {
    const cut = fitted(name, nameWidth, { ascii, widths: { widthOf, fitLine } });
    const bar = barWidth < minBar ? '' : `${barText(count / most, barWidth, ascii).padEnd(barWidth)}${gap}`;
    const number = (counts[index] ?? '').padStart(countWidth);
    return `${indent}${cut}${gap}${bar}${number}${note === '' ? '' : `${gap}${note.padStart(noteWidth)}`}`;
  });
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A share above zero is always visible, however small. */
function barText(share: number, width: number, ascii: boolean): string {
  if (!(share > 0)) return '';
  if (ascii) return '#'.repeat(Math.max(Math.round(share * width), 1));
  const parts = Math.max(Math.round(share * width * 8), 1);
  return `${'█'.repeat(Math.floor(parts / 8))}${eighths[parts % 8] ?? ''}`;
}

const levels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const asciiLevels = ['1', '2', '3', '4', '5', '6', '7', '8'];

/** One character per day, or per average of as many days as needed to fit; below it a legend. */
function sparkLines(days: RowsSummary['days'], { columns, ascii }: SummaryLayout): string[] {
  const room = Math.max(columns - indent.length, 1);
  const daysEach = Math.ceil(days.length / room);
  const groups = Array.from({ length: Math.ceil(days.length / daysEach) }, (_, nth) =>
    averageOf(days.slice(nth * daysEach, (nth + 1) * daysEach)),
  );
  const most = Math.max(...groups);
  const signs = ascii ? asciiLevels : levels;
  const spark = groups.map((count) =>
    count === 0 ? (ascii ? '.' : '·') : (signs[Math.min(Math.floor((count / most) * 8), 7)] ?? ''),
  );
  const top = days.reduce((best, one) => (one.count > best.count ? one : best));
  const each = daysEach === 1 ? 'a sign a day' : `a sign for ${daysEach} days`;
  return [
    `${indent}${spark.join('')}`,
    `${indent}${days[0]?.day} to ${days.at(-1)?.day}, ${each}`,
    `${indent}${formatCount(averageOf(days))} a day on average, ${formatCount(top.count)} at the most, on ${top.day}`,
  ];
}

function averageOf(days: RowsSummary['days']): number {
  return days.reduce((sum, { count }) => sum + count, 0) / days.length;
}

function shareText(count: number, total: number): string {
  return total === 0 ? '' : `${((count / total) * 100).toFixed(1)} %`;
}

function fitted(name: string, width: number, look: Pick<SummaryLayout, 'ascii' | 'widths'>): string {
  const cut = fit(name, { ...look, columns: width });
  return `${cut}${' '.repeat(Math.max(width - look.widths.widthOf(cut), 0))}`;
}

/** Truncates a line; where only ASCII is printed, other characters become question marks. */
function fit(line: string, { columns, ascii, widths }: SummaryLayout): string {
  const cut = widths.fitLine(line, columns);
  if (!ascii) return cut;
  return cut.replace(/…$/, '~').replaceAll(/[^\x20-\x7e]/gu, '?');
}
