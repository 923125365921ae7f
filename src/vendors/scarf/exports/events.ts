/** Raw events: downloads and pixel views, one per row, possibly repeated. */
import type { Dataset, DatasetRequest } from '../../../contracts/dataset.ts';
import { Failure } from '../../../failure.ts';
import { scarfUrl, type ScarfAccount } from '../account.ts';
import { askForExport } from './ask.ts';
import { EVENT_COLUMNS } from './columns.ts';

const csv = 'text/csv, */*;q=0.1';

/** Selected events: of all packages or pixels, or of single ones by id. */
export interface EventSelection {
  packages: 'all' | readonly string[];
  pixels: 'all' | readonly string[];
}

/** Events of the selection. Rows may repeat with the same `id` ("Scarf docs, Data export", 2026-01). */
export function createEvents(account: ScarfAccount, selection: EventSelection, windowDays: number): Dataset {
  const paths = new Map<string, readonly string[]>();
  const { owner } = account;
  if (selection.packages === 'all') paths.set('all packages', ['v2', 'packages', owner, 'events']);
  else {
    for (const id of selection.packages) {
      paths.set(`package ${id}`, ['v2', 'packages', owner, id, 'events']);
    }
  }
  if (selection.pixels === 'all') paths.set('all pixels', ['v2', 'tracking-pixels', owner, 'events']);
  else {
    for (const id of selection.pixels) {
      paths.set(`pixel ${id}`, ['v2', 'tracking-pixels', owner, id, 'events']);
    }
  }
  return createEventTable(account, {
    name: 'events',
    selection: { packages: selection.packages, pixels: selection.pixels },
    paths,
    windowDays,
    missingHint: `check --owner "${owner}" and the ids of --package and --pixel; "scarf-cli export events" alone takes all packages`,
  });
}

/** Events of one company, by its domain. */
export function createCompanyEvents(account: ScarfAccount, domain: string, windowDays: number): Dataset {
  return createEventTable(account, {
    name: `company-events-${fileWord(domain)}`,
    selection: { company: domain },
    paths: new Map([[`company ${domain}`, ['v2', 'companies', account.owner, domain, 'events']]]),
    windowDays,
    missingHint: `check --owner "${account.owner}" and the domain "${domain}"`,
  });
}

interface EventTable {
  name: string;
  selection: Readonly<Record<string, unknown>>;
  /** Path segments by source. */
  paths: ReadonlyMap<string, readonly string[]>;
  windowDays: number;
  missingHint: string;
}

function createEventTable(account: ScarfAccount, table: EventTable): Dataset {
  return {
    name: table.name,
    identity: { dataset: 'events', url: account.baseUrl, owner: account.owner, ...table.selection },
    encoding: 'csv',
    columns: EVENT_COLUMNS,
    idColumn: 'id',
    timeColumn: 'time',
    sources: [...table.paths.keys()],
    windows: { maxDays: table.windowDays, align: 'day' },
    open: (request, signal) =>
      askForExport(
        account,
        { url: eventUrl(account, table, request), accept: csv, missingHint: table.missingHint },
        signal,
      ),
  };
}

/**
 * v2 treats both dates as inclusive. Rows outside the window are dropped, so that either reading gives the
 * same result (2026-09).
 */
function eventUrl(account: ScarfAccount, table: EventTable, { source, days }: DatasetRequest): string {
  const path = table.paths.get(source);
  if (path === undefined) throw new Failure('bug', `no such source: ${source}`);
  const query = new URLSearchParams(days === undefined ? {} : { start_date: days.from, end_date: days.to });
  return scarfUrl(account, path, query);
}

function fileWord(text: string): string {
  return text.replace(/[^\w.-]+/g, '-');
}
