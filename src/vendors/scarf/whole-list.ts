/**
 * Reads whole lists from Scarf, whatever the page size of the server. Lists are silently truncated at 10 rows, and
 * the documentation disagrees on how to continue: `after` with an id or a name (OpenAPI, 2022 to 2025), `page`
 * (notes of the vendor, 2026-09), `_links.next` or nothing. So the length of a page never marks the last one: each
 * way is tried until a page brings nothing new.
 */
import { asObject } from '../../json.ts';
import { Failure } from '../../failure.ts';
import type { TransportError, HttpReply } from '../../http/client.ts';
import type { Retry } from '../../records.ts';
import { parsedJson } from '../json.ts';
import { isSuccess } from '../rules.ts';
import { classifyReadReply, askScarf, scarfUrl, unknownOwner, type ScarfAccount } from './account.ts';

/** A list to read, and how to identify its rows. */
export interface ListSource {
  /** Noun for messages, such as `imports`. */
  noun: string;
  path: readonly string[];
  /** Query parameters of every page. */
  query?: readonly (readonly [string, string])[];
  /** The rows in the JSON of a page; undefined when it is not a page of this list. */
  rowsOf: (body: unknown) => unknown[] | undefined;
  /** Identifies a row; undefined when it is not a row of this list. */
  keyOf: (row: unknown) => string | undefined;
  /** The name of a row, as another possible value of `after`. */
  nameOf?: (row: unknown) => string | undefined;
}

/** A page, and those of its rows that no earlier page had. */
export interface ListPage {
  body: unknown;
  rows: readonly unknown[];
  fresh: readonly unknown[];
  /** Counts from 1. */
  number: number;
}

/** Rows per request, so that one call is nearly always enough. */
const perPage = 200;
const maxPages = 10_000;
const maxRows = 1_000_000;

/** Ways to request the next page, in the order in which they are tried. */
const WAYS = ['link', 'after-id', 'after-name', 'page'] as const;
type Way = (typeof WAYS)[number];

/**
 * Reads page after page until `take` returns true or the list ends. Throws a Failure `usage` for an owner that does
 * not exist, `unavailable` for an endless list, and others for refused requests.
 */
export async function readWholeList(
  account: ScarfAccount,
  { source, take }: { source: ListSource; take: (page: ListPage) => boolean },
  signal: AbortSignal,
): Promise<{ kind: 'read' } | Retry> {
  const walk = new ListWalk(account, source);
  let url: string | undefined = walk.firstUrl;
  for (let number = 1; url !== undefined; number++) {
    if (number > maxPages || walk.rows > maxRows) throw endless(source);
    const reply = await askScarf(account, { method: 'GET', url }, signal);
    const body = pageIn(reply);
    const rows = body === undefined ? undefined : source.rowsOf(body);
    if (rows === undefined) {
      if (number === 1 || !isNotUnderstood(reply)) return unread(reply, account);
      url = walk.nextWay();
      continue;
    }
    const fresh = walk.add(rows);
    if (take({ body, rows, fresh, number })) break;
    url = walk.next(body, { rows, isNews: fresh.length > 0 });
  }
  return { kind: 'read' };
}

/** Progress through a list. */
class ListWalk {
  readonly #account: ScarfAccount;
  readonly #source: ListSource;
  readonly #seen = new Set<string>();
  readonly #asked = new Set<string>();
  #way = 0;
  /** Whether the current way has brought new rows. */
  #works = false;
  #pageNumber = 1;
  #firstLength = 0;
  #last: unknown;
  /** The pages of this server link to the next one. */
  #hasLinks = false;

  constructor(account: ScarfAccount, source: ListSource) {
    this.#account = account;
    this.#source = source;
    this.#asked.add(this.firstUrl);
  }

  get firstUrl(): string {
    return this.#url([]);
  }

  get rows(): number {
    return this.#seen.size;
  }

  /** Returns the rows that no earlier page had. */
  add(rows: readonly unknown[]): unknown[] {
    const keyed = rows
      .map((row) => ({ row, key: this.#source.keyOf(row) }))
      .filter(({ key }) => key !== undefined && !this.#seen.has(key));
    for (const { key } of keyed) this.#seen.add(key as string);
    return keyed.map(({ row }) => row);
  }

  /** Address of the next page; undefined at the end of the list. */
  next(body: unknown, { rows, isNews }: { rows: readonly unknown[]; isNews: boolean }): string | undefined {
    if (this.#firstLength === 0) this.#firstLength = rows.length;
    if (this.#seen.size === 0) return undefined;
    if (isNews) this.#last = rows.at(-1);
    if (isNews && this.#asked.size > 1) this.#works = true;
    const link = this.#linkIn(body);
    if (link === undefined && this.#hasLinks && this.#way === 0) return undefined;
    if (isNews && link !== undefined) {
      this.#hasLinks = true;
      if (this.#ask(link)) return link;
    }
    if (!isNews && rows.length === 0 && this.#works) return undefined;
    return isNews || this.#isBehind() ? (this.#following() ?? this.nextWay()) : this.nextWay();
  }

  /** Address of the next page by the next way; undefined when all were tried. */
  nextWay(): string | undefined {
    this.#works = false;
    for (this.#way++; this.#way < WAYS.length; this.#way++) {
      const url = this.#following();
      if (url !== undefined) return url;
    }
    return undefined;
  }

  /** Whether a numbered page may still repeat rows that other ways have brought. */
  #isBehind(): boolean {
    return WAYS[this.#way] === 'page' && this.#pageNumber * this.#firstLength < this.#seen.size;
  }

  #following(): string | undefined {
    const url = this.#urlBy(WAYS[this.#way]);
    return url !== undefined && this.#ask(url) ? url : undefined;
  }

  /** Whether the address is new: a repeated cursor leads nowhere. */
  #ask(url: string): boolean {
    const isNew = !this.#asked.has(url);
    this.#asked.add(url);
    return isNew;
  }

  #urlBy(way: Way | undefined): string | undefined {
    const { keyOf, nameOf } = this.#source;
    switch (way) {
      case 'after-id':
        return this.#after(keyOf(this.#last));
      case 'after-name':
        return this.#after(nameOf?.(this.#last));
      case 'page':
        this.#pageNumber++;
        return this.#url([['page', String(this.#pageNumber)]]);
      case 'link':
      case undefined:
        return undefined;
    }
  }

  #after(cursor: string | undefined): string | undefined {
    return cursor === undefined ? undefined : this.#url([['after', cursor]]);
  }

  #url(position: readonly (readonly [string, string])[]): string {
    const { path, query = [] } = this.#source;
    const parameters = new URLSearchParams();
    for (const [name, value] of [...query, ['per_page', String(perPage)], ...position]) {
      parameters.append(name, value);
    }
    return scarfUrl(this.#account, path, parameters);
  }

  /** Link of the server to the next page, if it has the same origin: the token must not be sent elsewhere. */
  #linkIn(body: unknown): string | undefined {
    const next = asObject(asObject(body)?.['_links'])?.['next'];
    const link = typeof next === 'string' ? next : asObject(next)?.['href'];
    const { baseUrl } = this.#account;
    if (typeof link !== 'string' || link === '' || !URL.canParse(link, baseUrl)) return undefined;
    const url = new URL(link, baseUrl);
    return url.origin === new URL(baseUrl).origin ? url.href : undefined;
  }
}

function pageIn(reply: HttpReply | TransportError): unknown {
  return reply.kind === 'reply' && isSuccess(reply) ? parsedJson(reply.text) : undefined;
}

/** Whether the server does not support this way. */
function isNotUnderstood(reply: HttpReply | TransportError): boolean {
  return reply.kind === 'reply' && [400, 404, 422].includes(reply.status);
}

function unread(reply: HttpReply | TransportError, account: ScarfAccount): Retry {
  if (reply.kind === 'reply' && reply.status === 404) throw unknownOwner(account);
  return classifyReadReply(reply, account);
}

function endless({ noun }: ListSource): Failure {
  return new Failure('unavailable', `the list of ${noun} has no end: stopped after ${maxPages} pages`, {
    hint: 'check SCARF_API_URL',
  });
}
