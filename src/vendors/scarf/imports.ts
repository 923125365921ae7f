/**
 * Scarf's import routes, one function each: the target and the `imports` commands ask through these.
 * "Scarf docs, Importing events" and its OpenAPI document, 2026-06.
 */
import { pipeline } from 'node:stream';
import ndjson from 'ndjson';
import type { HttpReply, HttpStream, HttpTrouble } from '../../http/request.ts';
import { readReply } from '../../http/reply.ts';
import { classifyTransportError } from '../../http/trouble.ts';
import type { Again, Body } from '../../records.ts';
import { asObject, parsedJson } from '../json.ts';
import { againToRead, askScarf, scarfUrl, unknownOwner, type ScarfAccount } from './account.ts';

/** An import as Scarf shows it. Only `id` is always there. */
export interface EventImport {
  id: string;
  /** `importing`, `done`, `aborted`; others are passed on. */
  status?: string;
  [field: string]: unknown;
}

/** One entry of an import's log; `line` counts from 1 in the uploaded body. */
export type ImportLogEntry = Record<string, unknown>;

/** Where rows of an upload go: one artifact, or (undefined) the artifact that each row names. */
export type Artifact = { kind: 'package' | 'pixel'; id: string } | undefined;

/** What to ask the list for. `status` filters at the server; `after` and `page` are never both given. */
export interface ListQuery {
  status?: readonly string[];
  perPage: number;
  after?: string;
  page?: number;
}

const uploadTimeoutMs = 300_000;

/** The address that uploads go to. */
export function importUrl(account: ScarfAccount, artifact: Artifact): string {
  if (artifact === undefined) return scarfUrl(account, ['v2', account.owner, 'import']);
  const folder = artifact.kind === 'package' ? 'packages' : 'tracking-pixels';
  return scarfUrl(account, ['v2', folder, account.owner, artifact.id, 'import']);
}

/** `POST …/import`: hands over a body of rows. What the reply means is the target's to say. */
export function startImport(
  account: ScarfAccount,
  upload: { artifact: Artifact; body: Body; contentType: string },
  signal: AbortSignal,
): Promise<HttpReply | HttpTrouble> {
  const { artifact, body, contentType } = upload;
  return account.http.request({
    method: 'POST',
    url: importUrl(account, artifact),
    headers: {
      ...account.authorize(),
      'content-type': contentType,
      ...(body.encoding === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
    },
    body,
    signal,
    timeoutMs: uploadTimeoutMs,
  });
}

/** `GET /v2/imports/{owner}`: one page of the list. Throws a Failure `usage` for an owner that does not exist. */
export async function listImportPage(
  account: ScarfAccount,
  query: ListQuery,
  signal: AbortSignal,
): Promise<{ kind: 'page'; imports: EventImport[] } | Again> {
  const url = scarfUrl(account, ['v2', 'imports', account.owner], listParameters(query));
  const reply = await askScarf(account, { method: 'GET', url }, signal);
  if (reply.kind === 'reply' && reply.status === 404) throw unknownOwner(account);
  const imports = reply.kind === 'reply' && reply.status === 200 ? importsIn(reply.text) : undefined;
  return imports === undefined ? againToRead(reply, account) : { kind: 'page', imports };
}

/** `GET /v2/imports/{owner}/{id}`. */
export async function getImport(
  account: ScarfAccount,
  id: string,
  signal: AbortSignal,
): Promise<{ kind: 'import'; import: EventImport } | { kind: 'missing' } | Again> {
  const url = scarfUrl(account, ['v2', 'imports', account.owner, id]);
  const reply = await askScarf(account, { method: 'GET', url }, signal);
  if (reply.kind === 'reply' && isMissing(reply)) return { kind: 'missing' };
  const found = reply.kind === 'reply' && reply.status === 200 ? asImport(parsedJson(reply.text)) : undefined;
  return found === undefined ? againToRead(reply, account) : { kind: 'import', import: found };
}

/** `GET …/{id}/log`: shows every entry to `visit` as it arrives. After `again`, entries come anew from the first. */
export async function readImportLog(
  account: ScarfAccount,
  question: { id: string; visit: (entry: ImportLogEntry) => void },
  signal: AbortSignal,
): Promise<{ kind: 'read' } | { kind: 'missing' } | Again> {
  const stream = await account.http.stream({
    method: 'GET',
    url: scarfUrl(account, ['v2', 'imports', account.owner, question.id, 'log']),
    headers: { ...account.authorize(), accept: 'application/x-ndjson' },
    signal,
    timeoutMs: uploadTimeoutMs,
  });
  if (stream.kind === 'trouble') return againToRead(stream, account);
  if (stream.status === 200) return visitEntries(stream, question.visit);
  const reply = await readReply(stream);
  return reply.kind === 'reply' && isMissing(reply) ? { kind: 'missing' } : againToRead(reply, account);
}

/** `POST …/{id}/abort`. An import that has ended, or is not there, is `missing`: no longer running. */
export async function abortImport(
  account: ScarfAccount,
  id: string,
  signal: AbortSignal,
): Promise<{ kind: 'aborted' } | { kind: 'missing' } | Again> {
  const url = scarfUrl(account, ['v2', 'imports', account.owner, id, 'abort']);
  const reply = await askScarf(account, { method: 'POST', url }, signal);
  if (reply.kind === 'reply' && reply.status >= 200 && reply.status < 300) return { kind: 'aborted' };
  if (reply.kind === 'reply' && isMissing(reply)) return { kind: 'missing' };
  return againToRead(reply, account);
}

/** The import in a reply; undefined when it names no id. */
export function asImport(value: unknown): EventImport | undefined {
  const found = asObject(value);
  if (found === undefined || typeof found['id'] !== 'string' || found['id'] === '') return undefined;
  const { status, ...rest } = found;
  return { ...rest, id: found['id'], ...(typeof status === 'string' ? { status } : {}) };
}

function importsIn(text: string): EventImport[] | undefined {
  const rows = asObject(parsedJson(text))?.['event_imports'];
  if (!Array.isArray(rows)) return undefined;
  return rows.map(asImport).filter((row) => row !== undefined);
}

function listParameters(query: ListQuery): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const status of query.status ?? []) parameters.append('status', status);
  parameters.set('per_page', String(query.perPage));
  if (query.after !== undefined) parameters.set('after', query.after);
  if (query.page !== undefined) parameters.set('page', String(query.page));
  return parameters;
}

/** An id that is no UUID is refused with an empty 400: it cannot exist either. */
function isMissing(reply: HttpReply): boolean {
  return reply.status === 404 || (reply.status === 400 && reply.text.trim() === '');
}

async function visitEntries(
  stream: HttpStream,
  visit: (entry: ImportLogEntry) => void,
): Promise<{ kind: 'read' } | Again> {
  const parser = ndjson.parse();
  try {
    pipeline(stream.body, parser, () => undefined);
    for await (const value of parser) {
      const entry = asObject(value);
      if (entry !== undefined) visit(entry);
    }
    return { kind: 'read' };
  } catch (error) {
    const { message } = classifyTransportError(error);
    return { kind: 'again', taken: 'no', why: 'transient', message: `the log was cut: ${message}` };
  }
}
