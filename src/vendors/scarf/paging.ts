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
  status?: readonly string[];
  /** Asked after each page with everything found so far, in the list's order: true ends the search. */
  enough: (found: ReadonlyMap<string, EventImport>) => boolean;
}

/** Imports of the owner by id, page after page until it is enough or the list ends. */
export async function collectImports(
  account: ScarfAccount,
  search: ImportSearch,
  signal: AbortSignal,
): Promise<{ kind: 'imports'; imports: Map<string, EventImport> } | Again> {
  const found = new Map<string, EventImport>();
  let step: 'after' | 'page' = 'after';
  let position: { after?: string; page?: number } = {};
  for (let pages = 1; ; pages++) {
    const status = search.status === undefined ? {} : { status: search.status };
    const page = await listImportPage(account, { perPage, ...status, ...position }, signal);
    if (page.kind === 'again') return page;
    const fresh = page.imports.filter(({ id }) => !found.has(id));
    for (const item of fresh) found.set(item.id, item);
    const last = page.imports.at(-1)?.id;

    if (search.enough(found) || last === undefined) return { kind: 'imports', imports: found };
    if (fresh.length === 0 && step === 'after' && pages > 1) {
      // `after` was not heard: the same page came again. Page 1 is known.
      step = 'page';
      position = { page: Math.floor(found.size / Math.max(page.imports.length, 1)) + 1 };
      continue;
    }
    if (fresh.length === 0 || !isFull(page.imports.length)) {
      return { kind: 'imports', imports: found };
    }
    position = step === 'after' ? { after: last } : { page: (position.page ?? 1) + 1 };
  }
}

function isFull(rows: number): boolean {
  return rows >= perPage || rows === silentCut;
}

/** At most `limit` imports of the owner, newest first: the list's own order is not documented. */
export async function listImports(
  account: ScarfAccount,
  wanted: { status?: readonly string[]; limit: number },
  signal: AbortSignal,
): Promise<{ kind: 'imports'; imports: EventImport[] } | Again> {
  const { status, limit } = wanted;
  const listed = await collectImports(
    account,
    { ...(status === undefined ? {} : { status }), enough: (found) => found.size >= limit },
    signal,
  );
  if (listed.kind === 'again') return listed;
  const ofStatus = [...listed.imports.values()].filter(
    (item) => status === undefined || status.length === 0 || status.includes(item.status ?? ''),
  );
  return { kind: 'imports', imports: ofStatus.sort(newestFirst).slice(0, limit) };
}

function newestFirst(one: EventImport, other: EventImport): number {
  return createdMs(other) - createdMs(one);
}

function createdMs({ created_at: time }: EventImport): number {
  const ms = typeof time === 'string' ? Date.parse(time) : NaN;
  return Number.isNaN(ms) ? 0 : ms;
}
