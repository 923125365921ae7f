import { isObject, parseJson, readWholeBody } from '../wire/body.ts';
import { header, parameter, type Exchange } from '../wire/exchange.ts';
import { emptyReply, jsonReply, Refusal, type Reply } from '../wire/reply.ts';
import type { Route } from '../wire/router.ts';
import { checkToken, type CheckAccess } from './access.ts';
import type { ArtifactCatalog } from './artifacts.ts';
import type { Artifact, ScarfSettings } from './options.ts';
import { cutPage, linksOf } from './paging.ts';
import { repeatedChoice } from './query.ts';

export interface ListParts {
  settings: ScarfSettings;
  artifacts: ArtifactCatalog;
  checkAccess: CheckAccess;
}

type Rendered = Record<string, unknown>;

const CREATED_AT = '2025-01-15T09:30:00.123456Z';
const PERMISSIONS = ['member', 'admin', 'owner'] as const;
const MAX_JSON_BYTES = 1_048_576;

/** Answers a request whose token may read the owner's artifacts. */
type Handle = (exchange: Exchange, owner: string) => Reply;

/** The lists that turn names into ids (api-v2-public.json, 2023-05; scarf-sh/scarf-skill, 2026-09-24). */
export function listRoutes(parts: ListParts): Route[] {
  const route = (name: string, path: string, handle: Handle): Route => ({
    owner: 'scarf',
    name,
    method: 'GET',
    path,
    handle: (exchange) => handle(exchange, parts.checkAccess(exchange, 'read')),
  });
  return [
    route('packages', '/v2/packages/:owner', packageList(parts)),
    route('packages', '/v2/packages/:owner/overview', packageOverview(parts)),
    route('package', '/v2/packages/:owner/:id', packageById(parts)),
    route('package', '/v2/packages/:owner/:type/:name', packageByName(parts)),
    route('pixels', '/v2/packages/:owner/:id/tracking-pixels', pixelsOfPackage(parts)),
    route('pixels', '/v2/tracking-pixels/:owner', pixelList(parts)),
    route('pixels', '/v2/pixels/:owner/overview', pixelOverview(parts)),
    {
      owner: 'scarf',
      name: 'search',
      method: 'POST',
      path: '/v2/search',
      handle: (exchange) => search(parts, exchange),
    },
  ];
}

function packageList(parts: ListParts): Handle {
  return (exchange, owner) => {
    repeatedChoice(exchange.url, 'permission', PERMISSIONS);
    const types = exchange.url.searchParams.getAll('type');
    const { packages } = parts.artifacts;
    const wanted = packages.filter(({ type }) => types.length === 0 || types.includes(type ?? 'file'));
    return listPage(parts, exchange, wanted, (artifact) => renderPackage(artifact, owner));
  };
}

function packageOverview(parts: ListParts): Handle {
  return (exchange, owner) =>
    listPage(parts, exchange, parts.artifacts.packages, (artifact) => ({
      package: renderPackage(artifact, owner),
      domains: [],
      total_installs: 0,
    }));
}

function packageById({ artifacts }: ListParts): Handle {
  return (exchange, owner) => renderFound(artifacts.find('package', parameter(exchange, 'id')), owner);
}

function packageByName({ artifacts }: ListParts): Handle {
  return ({ parameters: { type, name } }, owner) =>
    renderFound(
      artifacts.packages.find((artifact) => artifact.type === type && artifact.name === name),
      owner,
    );
}

function pixelsOfPackage({ artifacts, settings }: ListParts): Handle {
  return (exchange, owner) => {
    const own = artifacts.pixels.filter(({ packageId }) => packageId === parameter(exchange, 'id'));
    const { items } = cutPage(own, exchange.url, settings.pageSize, isCursor);
    const rendered = items.map((artifact) => renderPixel(artifact, owner));
    return jsonReply(200, rendered);
  };
}

function pixelList(parts: ListParts): Handle {
  return (exchange, owner) =>
    listPage(parts, exchange, parts.artifacts.pixels, (artifact) => renderPixel(artifact, owner));
}

function pixelOverview(parts: ListParts): Handle {
  return (exchange, owner) =>
    listPage(parts, exchange, parts.artifacts.pixels, (artifact) => ({
      tracking_pixel: renderPixel(artifact, owner),
    }));
}

function isCursor(artifact: Artifact, cursor: string): boolean {
  return artifact.id === cursor || artifact.name === cursor;
}

function listPage(
  parts: ListParts,
  exchange: Exchange,
  artifacts: Artifact[],
  render: (artifact: Artifact) => Rendered,
): Reply {
  const { items, hasMore } = cutPage(artifacts, exchange.url, parts.settings.pageSize, isCursor);
  const results = items.map(render);
  if (!parts.settings.links) return jsonReply(200, { results });
  return jsonReply(200, { results, _links: linksOf(exchange.url, hasMore ? items.at(-1)?.id : undefined) });
}

function renderPackage({ id, name, type }: Artifact, owner: string): Rendered {
  const times = { created_at: CREATED_AT, updated_at: CREATED_AT };
  return { id, name: name ?? id, owner, type: type ?? 'file', ...times };
}

function renderPixel({ id, name }: Artifact, owner: string): Rendered {
  const times = { created_at: CREATED_AT, updated_at: CREATED_AT };
  return { id, ...(name === undefined ? {} : { name }), owner, ...times };
}

function renderFound(artifact: Artifact | undefined, owner: string): Reply {
  return artifact === undefined ? emptyReply(404) : jsonReply(200, renderPackage(artifact, owner));
}

/** Reads a JSON body as the framework does: another `Content-Type` gets a 415, invalid JSON a 400. */
export async function readJsonObject(exchange: Exchange): Promise<Record<string, unknown>> {
  const contentType = (header(exchange, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (contentType !== 'application/json') throw new Refusal(emptyReply(415));
  const value = parseJson(await readWholeBody(exchange, MAX_JSON_BYTES));
  if (!isObject(value)) throw new Refusal(emptyReply(400));
  return value;
}

async function search(parts: ListParts, exchange: Exchange): Promise<Reply> {
  checkToken(exchange, parts.settings.token);
  const { query } = await readJsonObject(exchange);
  if (typeof query !== 'string') return emptyReply(400);
  const owner = parts.settings.owners[0] ?? '';
  const isHit = ({ name }: Artifact): boolean => (name ?? '').toLowerCase().includes(query.toLowerCase());
  const packages = parts.artifacts.packages.filter(isHit).map(({ id, name, type }) => ({
    type: 'package',
    package: { id, name: name ?? id, owner, type: type ?? 'file' },
  }));
  const pixels = parts.artifacts.pixels.filter(isHit).map(({ id, name }) => ({
    type: 'tracking-pixel',
    'tracking-pixel': { id, owner, name: name ?? id },
  }));
  return jsonReply(200, { results: [...packages, ...pixels] });
}
