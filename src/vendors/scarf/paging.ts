/** Lists the imports of an owner. */
import { asObject } from '../../json.ts';
import type { Retry } from '../../records.ts';
import type { ScarfAccount } from './account.ts';
import { asImport, type EventImport } from './imports.ts';
import { readWholeList, type ListSource } from './whole-list.ts';

export interface ImportSearch {
  /** Wanted statuses; all when absent or empty. */
  status?: readonly string[];
  /** Called with the imports of each page that no earlier page had; true ends the search. */
  take: (page: { fresh: EventImport[]; rows: number; number: number }) => boolean;
}

/**
 * Passes the imports of the owner to `take`, page by page, until it returns true or the list ends. Throws a Failure
 * when a request is refused.
 */
export function searchImports(
  account: ScarfAccount,
  { status = [], take }: ImportSearch,
  signal: AbortSignal,
): Promise<{ kind: 'read' } | Retry> {
  const source: ListSource = {
    noun: 'imports',
    path: ['v2', 'imports', account.owner],
    query: status.map((one) => ['status', one] as const),
    rowsOf: (body) => {
      const rows = asObject(body)?.['event_imports'];
      return Array.isArray(rows) ? (rows as unknown[]) : undefined;
    },
    keyOf: (row) => asImport(row)?.id,
  };
  const asImports = (rows: readonly unknown[]) => rows.map(asImport).filter((row) => row !== undefined);
  return readWholeList(
    account,
    {
      source,
      take: ({ fresh, number, rows }) => take({ fresh: asImports(fresh), number, rows: rows.length }),
    },
    signal,
  );
}

/** At most `limit` imports of the owner, newest first. The order of the list itself is undocumented. */
export async function listImports(
  account: ScarfAccount,
  wanted: { status?: readonly string[]; limit: number },
  signal: AbortSignal,
): Promise<{ kind: 'imports'; imports: EventImport[] } | Retry> {
  const { status = [], limit } = wanted;
  const newest = new NewestImports(limit);
  const listed = await searchImports(
    account,
    {
      status,
      take: ({ fresh }) => {
        for (const one of fresh) {
          if (status.length === 0 || status.includes(one.status ?? '')) newest.add(one);
        }
        return newest.isEnough;
      },
    },
    signal,
  );
  return listed.kind === 'retry' ? listed : { kind: 'imports', imports: newest.all() };
}

/** Keeps the newest imports. As long as they arrive newest first, `limit` of them are enough. */
class NewestImports {
  readonly #limit: number;
  #imports: EventImport[] = [];
  #comesNewestFirst = true;
  #lastMs = Number.POSITIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isEnough(): boolean {
    return this.#comesNewestFirst && this.#imports.length >= this.#limit;
  }

  add(one: EventImport): void {
    const ms = createdMs(one);
    if (ms > this.#lastMs) this.#comesNewestFirst = false;
    this.#lastMs = ms;
    this.#imports.push(one);
    if (this.#imports.length > 2 * this.#limit + 1000) this.#imports = this.all();
  }

  all(): EventImport[] {
    const newestFirst = this.#imports.toSorted((one, other) => createdMs(other) - createdMs(one));
    return newestFirst.slice(0, this.#limit);
  }
}

function createdMs({ created_at: time }: EventImport): number {
  const ms = typeof time === 'string' ? Date.parse(time) : NaN;
  return Number.isNaN(ms) ? 0 : ms;
}
