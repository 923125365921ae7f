/**
 * The list of imports, page by page. Scarf cuts lists silently at 10 rows unless told otherwise, and its documents
 * disagree about how to ask for more (`after` in the OpenAPI document of 2025, `page` in the vendor's notes of 2026-09):
 * both are tried, and only a page without anything new ends the list.
 */
import type { Again } from '../../records.ts';
import type { ScarfAccount } from './account.ts';
import { listImportPage, type EventImport } from './imports.ts';

/** Rows that are asked for at once, so that one call nearly always is enough. */
const perPage = 200;

/** What a list is silently cut at when `per_page` is not heard. */
const silentCut = 10;

export interface ImportSearch {
  /** All when absent or empty. */
  status?: readonly string[];
  /** Asked after each page with everything found so far, in the list's order: true ends the search. */
  enough: (found: ReadonlyMap<string, EventImport>) => boolean;
}

/** Where the next page begins: behind an id, or by its number. The first page has neither. */
type Position = { after?: string; page?: number };

/** Imports of the owner by id, page after page until it is enough or the list ends. */
export async function collectImports(
  account: ScarfAccount,
  search: ImportSearch,
  signal: AbortSignal,
): Promise<{ kind: 'imports'; imports: Map<string, EventImport> } | Again> {
  const found = new Map<string, EventImport>();
  const status = search.status === undefined ? {} : { status: search.status };
  let position: Position | undefined = {};
  while (position !== undefined) {
    const page = await listImportPage(account, { perPage, ...status, ...position }, signal);
    if (page.kind === 'again') return page;
    const sizeBefore = found.size;
    for (const item of page.imports) found.set(item.id, item);
    const isNews = found.size > sizeBefore;
    position = search.enough(found) ? undefined : positionAfter(page.imports, { position, isNews, found });
  }
  return { kind: 'imports', imports: found };
}

/** Undefined at the end of the list. */
function positionAfter(
  page: readonly EventImport[],
  {
    position,
    isNews,
    found,
  }: { position: Position; isNews: boolean; found: ReadonlyMap<string, EventImport> },
): Position | undefined {
  const last = page.at(-1)?.id;
  if (last === undefined) return undefined;
  if (!isNews) {
    // The same page came again: `after` was not heard, so the rest is asked for by number.
    return position.after === undefined ? undefined : { page: Math.floor(found.size / page.length) + 1 };
  }
  if (page.length < perPage && page.length !== silentCut) return undefined;
  return position.page === undefined ? { after: last } : { page: position.page + 1 };
}

/** At most `limit` imports of the owner, newest first: the list's own order is not documented. */
export async function listImports(
  account: ScarfAccount,
  wanted: { status?: readonly string[]; limit: number },
  signal: AbortSignal,
): Promise<{ kind: 'imports'; imports: EventImport[] } | Again> {
  const { status = [], limit } = wanted;
  const isWanted = (item: EventImport) => status.length === 0 || status.includes(item.status ?? '');
  const wantedOf = (found: ReadonlyMap<string, EventImport>) => [...found.values()].filter(isWanted);
  const enough: ImportSearch['enough'] = (found) => wantedOf(found).length >= limit;
  const listed = await collectImports(account, { status, enough }, signal);
  if (listed.kind === 'again') return listed;
  return { kind: 'imports', imports: wantedOf(listed.imports).sort(newestFirst).slice(0, limit) };
}

function newestFirst(one: EventImport, other: EventImport): number {
  return createdMs(other) - createdMs(one);
}

function createdMs({ created_at: time }: EventImport): number {
  const ms = typeof time === 'string' ? Date.parse(time) : NaN;
  return Number.isNaN(ms) ? 0 : ms;
}
