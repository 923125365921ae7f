/**
 * A vendor of a few lines, which shares nothing with the program: each day has rows, some of them come late, and the
 * columns may change from one day of asking to the next.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

const dayMs = 86_400_000;

export interface DayServer {
  url: string;
  /** `2026-11-01..2026-11-05`, in the order they came. */
  asked: string[];
  /** The day on which the vendor is asked: later rows are not there yet. */
  today: string;
  columns: string[];
  rowsPerDay: number;
  /** Days of which there are no rows. */
  quietDays: Set<string>;
  /** The question, counted from 0, that is answered by a failure; undefined: none. */
  failsAt?: number | undefined;
  /** Answers 200 and nothing else. */
  saysNothing: boolean;
}

/** One row in five comes one to three days late; those of the day that is not over are there by half. */
export async function startDayServer(given: Partial<DayServer> = {}): Promise<DayServer> {
  const vendor: DayServer = {
    url: '',
    asked: [],
    today: '2026-11-22',
    columns: ['id', 'type', 'package', 'time', 'origin_country'],
    rowsPerDay: 5,
    quietDays: new Set(),
    saysNothing: false,
    ...given,
  };
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://vendor.invalid');
    const from = searchParams.get('start_date') ?? '';
    const to = searchParams.get('end_date') ?? '';
    const number = vendor.asked.push(`${from}..${to}`) - 1;
    if (number === vendor.failsAt) {
      response.writeHead(500).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/csv' });
    response.end(vendor.saysNothing ? '' : tableOf(vendor, rowsOf(vendor, from, to)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  vendor.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return vendor;
}

/** The ids of these days that the vendor has. */
export function idsOf(vendor: DayServer, from: string, to: string): string[] {
  return rowsOf(vendor, from, to).map(({ id = '' }) => id);
}

/** The day so many days later. */
export function later(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
}

function rowsOf(vendor: DayServer, from: string, to: string): Record<string, string>[] {
  const rows: Record<string, string>[] = [];
  for (let day = from; day <= to; day = later(day, 1)) {
    if (vendor.quietDays.has(day)) continue;
    for (let index = 0; index < vendor.rowsPerDay; index++) {
      const hour = Math.floor((24 * index) / vendor.rowsPerDay);
      const time = `${day}T${String(hour).padStart(2, '0')}:15:00Z`;
      const lateDays = index % 5 === 3 ? 1 + ((Date.parse(day) / dayMs) % 3) : 0;
      const isThere = lateDays === 0 ? time < `${vendor.today}T12` : later(day, lateDays) < vendor.today;
      if (isThere)
        rows.push({ id: `${day}#${index}`, type: 'view', package: 'p, q', time, origin_country: 'NZ' });
    }
  }
  return rows;
}

function tableOf({ columns }: DayServer, rows: readonly Record<string, string>[]): string {
  const cell = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map((row) => columns.map((name) => cell(row[name] ?? `new ${name}`)).join(','));
  return [columns.map(cell).join(','), ...lines].map((line) => `${line}\n`).join('');
}
