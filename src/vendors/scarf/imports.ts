/**
 * Import routes of Scarf, one function each, used by the target and the `imports` commands ("Scarf docs, Importing
 * events" and its OpenAPI document, 2026-06).
 */
import { asObject } from '../../json.ts';
import { boundedLines, type BoundedLine } from '../../http/reply/bounded-lines.ts';
import type { HttpStream, TransportError, HttpReply } from '../../http/client.ts';
import { readReply } from '../../http/reply/reply.ts';
import { classifyTransportError } from '../../http/transport-error.ts';
import { isWebPage } from '../../http/reply/web-page.ts';
import type { Retry, Body } from '../../records.ts';
import { parsedJson } from '../json.ts';
import { isBareSuccess } from '../rules.ts';
import { classifyReadReply, askScarf, scarfUrl, type ScarfAccount } from './account.ts';

/** An import as Scarf returns it. Only `id` is always present. */
export interface EventImport {
  id: string;
  /** `importing`, `done`, `aborted`; others are passed on. */
  status?: string;
  [field: string]: unknown;
}

/** An entry of an import's log; `line` counts from 1 in the uploaded body. */
export type ImportLogEntry = Record<string, unknown>;

/** The artifact of an upload; undefined when each row names its own. */
export type Artifact = { kind: 'package' | 'pixel'; id: string } | undefined;

const uploadTimeoutMs = 300_000;

/** Address for uploads. */
export function importUrl(account: ScarfAccount, artifact: Artifact): string {
  if (artifact === undefined) return scarfUrl(account, ['v2', account.owner, 'import']);
  const folder = artifact.kind === 'package' ? 'packages' : 'tracking-pixels';
  return scarfUrl(account, ['v2', folder, account.owner, artifact.id, 'import']);
}

/** `POST …/import`: uploads a body of rows. The caller interprets the reply. */
export function startImport(
  account: ScarfAccount,
  upload: { artifact: Artifact; body: Body; contentType: string },
  signal: AbortSignal,
): Promise<HttpReply | TransportError> {
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

/** `GET /v2/imports/{owner}/{id}`. Throws a Failure when the request is refused. */
export async function getImport(
  account: ScarfAccount,
  id: string,
  signal: AbortSignal,
): Promise<{ kind: 'import'; import: EventImport } | { kind: 'missing' } | Retry> {
  const url = scarfUrl(account, ['v2', 'imports', account.owner, id]);
  const reply = await askScarf(account, { method: 'GET', url }, signal);
  if (reply.kind === 'reply' && isMissing(reply)) return { kind: 'missing' };
  const found = reply.kind === 'reply' && reply.status === 200 ? asImport(parsedJson(reply.text)) : undefined;
  const isAnswer = found?.id.toLowerCase() === id.toLowerCase();
  return found === undefined || !isAnswer
    ? classifyReadReply(reply, account)
    : { kind: 'import', import: { ...found, id } };
}

/** Called for each log entry as it arrives, one at a time. */
export type VisitEntry = (entry: ImportLogEntry) => void | Promise<void>;

/**
 * A log read to its end. `unreadable`: number of lines that are truncated, too long or not an object. `endsTorn`:
 * the last line is unreadable and has no line end, so more may be missing. `isEmpty`: it has no line.
 */
export interface ReadLog {
  kind: 'read';
  unreadable: number;
  endsTorn: boolean;
  isEmpty: boolean;
}

/** `GET …/{id}/log`: calls `visit` for each entry as it arrives. A retry starts again with the first entry. */
export async function readImportLog(
  account: ScarfAccount,
  question: { id: string; visit: VisitEntry },
  signal: AbortSignal,
): Promise<ReadLog | { kind: 'missing' } | Retry> {
  const stream = await account.http.stream({
    method: 'GET',
    url: scarfUrl(account, ['v2', 'imports', account.owner, question.id, 'log']),
    headers: { ...account.authorize(), accept: 'application/x-ndjson' },
    signal,
    timeoutMs: uploadTimeoutMs,
  });
  if (stream.kind === 'transport-error') return classifyReadReply(stream, account);
  if (stream.status === 200) return visitEntries(stream, question.visit);
  const reply = await readReply(stream);
  return reply.kind === 'reply' && isMissing(reply) ? { kind: 'missing' } : classifyReadReply(reply, account);
}

/** `POST …/{id}/abort`, answered with 204. `missing` means that the import has ended or does not exist. */
export async function abortImport(
  account: ScarfAccount,
  id: string,
  signal: AbortSignal,
): Promise<{ kind: 'aborted' } | { kind: 'missing' } | Retry> {
  const url = scarfUrl(account, ['v2', 'imports', account.owner, id, 'abort']);
  const reply = await askScarf(account, { method: 'POST', url }, signal);
  if (reply.kind === 'reply' && isBareSuccess(reply)) return { kind: 'aborted' };
  if (reply.kind === 'reply' && isMissing(reply)) return { kind: 'missing' };
  return classifyReadReply(reply, account);
}

/** The import in a reply; undefined when it has no id. */
export function asImport(value: unknown): EventImport | undefined {
  const found = asObject(value);
  if (found === undefined || typeof found['id'] !== 'string' || found['id'] === '') return undefined;
  const { status, ...rest } = found;
  return { ...rest, id: found['id'], ...(typeof status === 'string' ? { status } : {}) };
}

/** Whether the import does not exist: an id that is not a UUID is refused with an empty 400. */
function isMissing(reply: HttpReply): boolean {
  return reply.status === 404 || (reply.status === 400 && reply.text.trim() === '');
}

async function visitEntries(stream: HttpStream, visit: VisitEntry): Promise<ReadLog | Retry> {
  const lines = logLines(stream);
  const log: ReadLog = { kind: 'read', unreadable: 0, endsTorn: false, isEmpty: true };
  try {
    for (;;) {
      const { done, value: line } = await lines.next();
      if (done === true) return line ?? log;
      if (isBlank(line)) continue;
      log.isEmpty = false;
      const entry = line.kind === 'line' ? asObject(parsedJson(line.text)) : undefined;
      if (entry !== undefined) await visit(entry);
      else log.unreadable++;
      log.endsTorn = entry === undefined && line.kind === 'line' && !line.ended;
    }
  } finally {
    await lines.return(undefined);
  }
}

function isBlank(line: BoundedLine): boolean {
  return line.kind === 'line' && line.text.trim() === '';
}

/** Yields the lines of a log. Returns a retry when the log was cut or was not a log. */
async function* logLines({ body, headers }: HttpStream): AsyncGenerator<BoundedLine, Retry | undefined> {
  let isBeginning = true;
  try {
    for await (const line of boundedLines(body)) {
      const text: string = isBeginning && line.kind === 'line' ? line.text : '';
      if (isBeginning && isWebPage({ headers, text })) return cutLog('a web page came instead');
      // A web page may start with blank lines.
      isBeginning &&= line.kind === 'line' && text.trim() === '';
      yield line;
    }
    return undefined;
  } catch (error) {
    return cutLog(classifyTransportError(error).message);
  }
}

function cutLog(why: string): Retry {
  return { kind: 'retry', taken: 'no', why: 'transient', message: `the log ended early: ${why}` };
}
