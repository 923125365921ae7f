/** A watch of imports: as a table that is drawn in place, as lines of a log, and as JSON. */
import type { ChalkInstance } from 'chalk';
import type { ListColumn } from '../list/list.ts';
import { tableLines } from '../list/table.ts';
import { dotted } from '../terminal/bar.ts';
import { countOf, formatCount } from '../terminal/numbers.ts';
import { printableLine } from '../terminal/printable.ts';
import type { Widths } from '../terminal/width.ts';
import { importCountsText } from '../words/imports.ts';
import { timeLeftText } from '../words/progress.ts';
import type { Unreachable } from './outage.ts';
import { processedOf, type WatchedImport, type WatchMoment } from './watched.ts';

export interface WatchLayout {
  columns: number | undefined;
  /** Rows of the terminal; undefined: any number. */
  rows: number | undefined;
  nowMs: number;
  colors: ChalkInstance;
  widths: Widths;
}

/** Facts that are the same throughout a watch. */
export interface WatchedAccount {
  owner: string;
  /** The most imports that may be active. */
  maxActive: number;
}

const columns: readonly ListColumn<WatchedImport>[] = [
  { name: 'import', value: ({ id }) => id, shrinksTo: 10 },
  { name: 'status', value: ({ status }) => status },
  { name: 'events', kind: 'count', value: ({ total }) => total, drops: 3 },
  { name: 'imported', kind: 'count', value: ({ imported }) => imported, drops: 2 },
  { name: 'failed', kind: 'count', value: ({ failed }) => failed },
  { name: 'done', value: shareText },
  { name: 'created', kind: 'time', value: ({ createdAt }) => createdAt, drops: 4 },
  { name: 'left', value: leftText, drops: 1 },
];

/** The table with its heading, no taller than the terminal. */
export function watchBlock(
  account: WatchedAccount,
  moment: WatchMoment,
  { columns: width, rows, ...look }: WatchLayout,
): string[] {
  const room = rows === undefined ? Number.POSITIVE_INFINITY : Math.max(rows - headLines, 1);
  const shown = moment.imports.slice(0, room);
  const more = moment.imports.length - shown.length;
  const table = shown.length === 0 ? [] : tableLines(columns, shown, { width, ...look });
  return [headText(account, moment), ...table, ...(more > 0 ? [`and ${countOf(more, 'more import')}`] : [])];
}

/** Lines of the block beside imports: heading, header of the table, how many are not shown, a hint, the cursor's. */
const headLines = 5;

/** `acme: 3 of 15 slots taken · 1,200 of 5,000 events · about 40 s left` */
export function headText({ owner, maxActive }: WatchedAccount, moment: WatchMoment): string {
  const { active, processed, total, leftMs } = moment;
  return printableLine(
    dotted([
      `${owner}: ${formatCount(active)} of ${formatCount(maxActive)} slots taken`,
      total > 0 ? `${formatCount(processed)} of ${countOf(total, 'event')}` : undefined,
      leftMs === undefined ? undefined : timeLeftText(leftMs),
    ]),
  );
}

/** An import on a line of a log. */
export function watchLine(one: WatchedImport): string {
  const { id, status, imported, total, failed, leftMs } = one;
  const counts = importCountsText({ imported, total, failed });
  const left = leftMs === undefined ? undefined : timeLeftText(leftMs);
  return printableLine(`${id}  ${status.padEnd(9)}  ${dotted([counts, left])}`);
}

/** A moment for programs. */
export function watchDocument(
  { owner, maxActive }: WatchedAccount,
  { imports, active, unreachable }: WatchMoment & { unreachable: Unreachable | undefined },
  nowMs: number,
): Record<string, unknown> {
  return {
    schema: 1,
    ts: new Date(nowMs).toISOString(),
    owner,
    unreachableSince: unreachable?.since ?? null,
    slots: { active, limit: maxActive },
    watched: imports.map(({ id, status, isActive, total, imported, failed, createdAt, leftMs }) => ({
      id,
      status,
      active: isActive,
      total: total ?? null,
      imported: imported ?? null,
      failed: failed ?? null,
      createdAt: createdAt ?? null,
      leftMs: leftMs === undefined ? null : Math.round(leftMs),
    })),
  };
}

/** Rounded down: 100 % are all. */
function shareText(one: WatchedImport): string | undefined {
  const processed = processedOf(one);
  if (processed === undefined || one.total === undefined || one.total === 0) return undefined;
  return `${Math.floor(Math.min(processed / one.total, 1) * 100)} %`;
}

function leftText({ leftMs }: WatchedImport): string | undefined {
  return leftMs === undefined ? undefined : timeLeftText(leftMs).replace(/ left$/, '');
}
