/**
 * An owner's packages and pixels, whole. Scarf's documents disagree about paging: `after` with an id or a name
 * (OpenAPI, 2022 to 2025), `page` (vendor's notes, 2026-09), `_links.next` or none, and a silent cut at 10
 * rows. Each way is tried, and only a page without anything new ends the list.
 */
import type { Again } from '../../../records.ts';
import { asObject, parsedJson } from '../../json.ts';
import { againToRead, askScarf, scarfUrl, unknownOwner, type ScarfAccount } from '../account.ts';

export interface Artifact {
  id: string;
  name: string | undefined;
  /** Of a package: `npm`, `docker`. */
  type: string | undefined;
}

export type ArtifactList = 'packages' | 'tracking-pixels';

const perPage = 200;

/** Ways to ask for what follows, in the order in which they are tried. */
type Step = 'after-id' | 'after-name' | 'page';
const steps: readonly Step[] = ['after-id', 'after-name', 'page'];

interface Page {
  kind: 'page';
  artifacts: Artifact[];
  /** The server's own address of the next page. */
  next: string | undefined;
}

/** Every artifact of the owner, or the request to try again. */
export async function listArtifacts(
  account: ScarfAccount,
  list: ArtifactList,
  signal: AbortSignal,
): Promise<{ kind: 'artifacts'; artifacts: Artifact[] } | Again> {
  const found = new Map<string, Artifact>();
  let step = 0;
  let pageNumber = 1;
  let url: string | undefined = pageUrl(account, list, {});
  while (url !== undefined) {
    const page = await readPage(account, url, signal);
    if (page.kind === 'again') return page;
    const known = found.size;
    for (const artifact of page.artifacts) found.set(artifact.id, artifact);
    const isNew = found.size > known;
    if (page.next !== undefined && isNew) url = page.next;
    else if (isNew && !mayGoOn(page.artifacts.length)) url = undefined;
    else {
      if (!isNew) step++;
      if (steps[step] === 'page') pageNumber++;
      url = found.size === 0 ? undefined : nextUrl(account, list, { step: steps[step], pageNumber, found });
    }
  }
  return { kind: 'artifacts', artifacts: [...found.values()] };
}

/** A page that is full, or as long as a round limit that the server may have, need not be the last. */
function mayGoOn(rows: number): boolean {
  return rows >= perPage || (rows > 0 && rows % 5 === 0);
}

function nextUrl(
  account: ScarfAccount,
  list: ArtifactList,
  position: { step: Step | undefined; pageNumber: number; found: ReadonlyMap<string, Artifact> },
): string | undefined {
  const last = [...position.found.values()].at(-1);
  switch (position.step) {
    case 'after-id':
      return last && pageUrl(account, list, { after: last.id });
    case 'after-name':
      return last && pageUrl(account, list, { after: last.name ?? last.id });
    case 'page':
      return pageUrl(account, list, { page: String(position.pageNumber) });
    case undefined:
      return undefined;
  }
}

function pageUrl(account: ScarfAccount, list: ArtifactList, position: Record<string, string>): string {
  const query = new URLSearchParams({ per_page: String(perPage), ...position });
  return scarfUrl(account, ['v2', list, account.owner], query);
}

async function readPage(account: ScarfAccount, url: string, signal: AbortSignal): Promise<Page | Again> {
  const reply = await askScarf(account, { method: 'GET', url }, signal);
  if (reply.kind === 'reply' && reply.status === 404) throw unknownOwner(account);
  if (reply.kind !== 'reply' || reply.status !== 200) return againToRead(reply, account);
  const body = parsedJson(reply.text);
  const rows = Array.isArray(body) ? (body as unknown[]) : asObject(body)?.['results'];
  if (!Array.isArray(rows)) return againToRead(reply, account);
  const next = asObject(asObject(body)?.['_links'])?.['next'];
  return {
    kind: 'page',
    artifacts: rows.map(readArtifact).filter((artifact) => artifact !== undefined),
    next: sameOrigin(account, typeof next === 'string' ? next : asObject(next)?.['href']),
  };
}

/** An artifact in a reply; undefined when it is none. */
export function readArtifact(value: unknown): Artifact | undefined {
  const { id, name, type } = asObject(value) ?? {};
  if (typeof id !== 'string') return undefined;
  return {
    id,
    name: typeof name === 'string' ? name : undefined,
    type: typeof type === 'string' ? type : undefined,
  };
}

/** A token follows no link to another origin. */
function sameOrigin(account: ScarfAccount, link: unknown): string | undefined {
  if (typeof link !== 'string' || !URL.canParse(link, account.baseUrl)) return undefined;
  const url = new URL(link, account.baseUrl);
  return url.origin === new URL(account.baseUrl).origin ? url.href : undefined;
}
