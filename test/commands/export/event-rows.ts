/** Deterministic rows as Scarf's raw export gives them. */
import { createHash } from 'node:crypto';
import { EVENT_COLUMNS } from '../../../src/vendors/scarf/exports/columns.ts';
import { eachDay } from '../../../src/calendar.ts';

export type EventRow = Record<string, string>;

export const columnNames = EVENT_COLUMNS.map(({ name }) => name);

export interface EventPlan {
  from: string;
  to: string;
  perDay: number;
}

/** Events of these days, the same ones in every call; five in a hundred need quotes. */
export function makeEvents({ from, to, perDay }: EventPlan): EventRow[] {
  return eachDay({ from, to }).flatMap((day) =>
    Array.from({ length: perDay }, (_, index) => makeEvent(day, index, perDay)),
  );
}

function makeEvent(day: string, index: number, perDay: number): EventRow {
  const hex = createHash('sha256').update(`${day} ${index}`).digest('hex');
  const second = Math.floor((index * 86_400) / perDay);
  const time = new Date(Date.parse(day) + second * 1000).toISOString().slice(0, 19);
  const odd = index % 20 === 7;
  return {
    id: [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
      '-',
    ),
    type: 'binary-download',
    package: 'npm/widget',
    pixel: '',
    version: `1.${index % 7}.0`,
    time: `${time}Z`,
    referer: odd ? 'https://example.com/?a=1,2' : '',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)',
    platform: 'linux',
    variables: odd ? 'say "hello",\nthen go' : '',
    origin_id: hex.slice(32, 48),
    origin_latitude: '-33.86',
    origin_longitude: '151.2',
    origin_country: 'AU',
    origin_city: odd ? 'Zürich\r\n東京' : 'Sydney',
    origin_postal: '02000',
    origin_connection_type: 'business',
    origin_company: odd ? '=HYPERLINK("x")' : 'ACME, Inc.',
    origin_domain: 'acme.example',
    dnt: index % 2 === 0 ? 'true' : 'false',
    confidence: '0.874',
    endpoint_id: hex.slice(48, 64),
    origin_state: 'NSW',
    mtc_quota_exceeded: 'false',
  };
}

/** The rows as a CSV table, quoted only where it must be. */
export function writeCsv(rows: readonly EventRow[], names: readonly string[] = columnNames): string {
  const lines = rows.map((row) => names.map((name) => quoted(row[name] ?? '')).join(','));
  return [names.join(','), ...lines].map((line) => `${line}\n`).join('');
}

/** Every `every`th row twice, some of the copies far from their original. */
export function withDuplicates(rows: readonly EventRow[], every: number): EventRow[] {
  const copies = rows.filter((_, index) => index % every === 0);
  return [...rows.flatMap((row, index) => (index % (2 * every) === 0 ? [row, row] : [row])), ...copies];
}

/** Rows by their id, for comparing sets of rows. */
export function byId(rows: readonly EventRow[]): EventRow[] {
  return [...rows].sort((left, right) => ((left['id'] ?? '') < (right['id'] ?? '') ? -1 : 1));
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
