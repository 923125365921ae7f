import { isUuid, type Clock } from '../identity.ts';
import type { EventStore } from '../events/store.ts';
import { parameter, type Exchange } from '../wire/exchange.ts';
import { emptyReply, jsonReply, ndjsonReply, Refusal, type Reply } from '../wire/reply.ts';
import type { Route } from '../wire/router.ts';
import type { CheckAccess } from './access.ts';
import type { ArtifactCatalog } from './artifacts.ts';
import type { ImportRegistry } from './imports.ts';
import { renderJob, renderLog, type ImportJob } from './job.ts';
import type { ScarfSettings } from './options.ts';
import { cutPage } from './paging.ts';
import { optionalUuid, repeatedChoice } from './query.ts';
import type { RowRules } from './row.ts';
import { readUpload } from './upload.ts';

const DAY_MS = 86_400_000;
const STATUSES = ['importing', 'done', 'aborted'] as const;

export interface ImportParts {
  settings: ScarfSettings;
  imports: ImportRegistry;
  artifacts: ArtifactCatalog;
  store: EventStore;
  checkAccess: CheckAccess;
  clock: Clock;
}

/** The import family of v2 (Scarf docs, Importing events, 2026-06; `event-import.json`, 2026-06-08). */
export function importRoutes(parts: ImportParts): Route[] {
  const start = (kind?: 'package' | 'pixel') => (exchange: Exchange) => startImport(parts, exchange, kind);
  const one = (exchange: Exchange): ImportJob => findJob(parts, exchange);
  const route = (name: string, method: string, path: string, handle: Route['handle']): Route => {
    return { owner: 'scarf', name, method, path, handle };
  };
  return [
    route('import', 'POST', '/v2/:owner/import', start()),
    route('import', 'POST', '/v2/packages/:owner/:artifact/import', start('package')),
    route('import', 'POST', '/v2/tracking-pixels/:owner/:artifact/import', start('pixel')),
    route('list', 'GET', '/v2/imports/:owner', (exchange) => listImports(parts, exchange)),
    route('show', 'GET', '/v2/imports/:owner/:id', (exchange) =>
      jsonReply(200, renderJob(one(exchange), parts.clock())),
    ),
    route('log', 'GET', '/v2/imports/:owner/:id/log', (exchange) => ndjsonReply(renderLog(one(exchange)))),
    route('abort', 'POST', '/v2/imports/:owner/:id/abort', (exchange) => {
      parts.imports.abort(findJob(parts, exchange, 'import'));
      return emptyReply(204);
    }),
  ];
}

/**
 * Answers 422 before reading the body. No specification has the body of that reply; its text is in the docs.
 */
async function startImport(
  parts: ImportParts,
  exchange: Exchange,
  kind: 'package' | 'pixel' | undefined,
): Promise<Reply> {
  const { imports, artifacts, settings, store } = parts;
  const owner = parts.checkAccess(exchange, 'import');
  if (kind !== undefined && !artifacts.knows(kind, parameter(exchange, 'artifact'))) return emptyReply(404);
  const slot = imports.reserve(owner);
  if (slot === undefined) {
    return jsonReply(422, { code: 'too-many-active-imports', message: 'too many active imports' });
  }
  try {
    const rules: RowRules = {
      artifactFromRow: kind === undefined,
      knowsArtifact: (artifact, id) => artifacts.knows(artifact, id),
      pixelKey: settings.pixelKey,
      oldestMs: parts.clock() - settings.maxEventAgeDays * DAY_MS,
    };
    const job = imports.accept(slot, await readUpload(exchange, { rules, settings, store }));
    const rendered = renderJob(job, parts.clock());
    return jsonReply(200, job.outcome?.kind === 'no-counters' ? { id: job.id } : rendered);
  } finally {
    imports.release(slot);
  }
}

function listImports(parts: ImportParts, exchange: Exchange): Reply {
  const owner = parts.checkAccess(exchange, 'read');
  const statuses = repeatedChoice(exchange.url, 'status', STATUSES);
  optionalUuid(exchange.url, 'after');
  const isWanted = (job: ImportJob): boolean => statuses.length === 0 || statuses.includes(job.status);
  const jobs = parts.imports.list(owner).filter(isWanted);
  const isCursor = (job: ImportJob, cursor: string): boolean => job.id === cursor.toLowerCase();
  const { items } = cutPage(jobs, exchange.url, parts.settings.pageSize, isCursor);
  return jsonReply(200, { event_imports: items.map((job) => renderJob(job, parts.clock())) });
}

/** For an id that is not a UUID the framework answers 400 with an empty body (scarf-sh/tie, 2024-10-28). */
function findJob(parts: ImportParts, exchange: Exchange, deed: 'read' | 'import' = 'read'): ImportJob {
  const owner = parts.checkAccess(exchange, deed);
  const id = parameter(exchange, 'id');
  if (!isUuid(id)) throw new Refusal(emptyReply(400));
  const job = parts.imports.find(owner, id);
  if (job === undefined) throw new Refusal(emptyReply(404));
  return job;
}
