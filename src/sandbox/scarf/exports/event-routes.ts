import { parameter, type Exchange } from '../../wire/exchange.ts';
import type { Reply } from '../../wire/reply.ts';
import type { Route } from '../../wire/router.ts';
import type { Clock } from '../../identity.ts';
import type { CheckAccess } from '../access.ts';
import type { ArtifactCatalog } from '../artifacts.ts';
import type { Artifact } from '../options.ts';
import { csvReply } from './csv.ts';
import type { EventHistory, HistorySpan } from './history.ts';
import { compileNameQuery } from './name-query.ts';
import type { ScarfExportSettings } from './options.ts';
import { EVENT_COLUMNS } from './vocabulary.ts';
import { fileNameOf, readWindow, refuseExport } from './window.ts';

export interface ExportParts {
  settings: ScarfExportSettings;
  history: EventHistory;
  catalog: ArtifactCatalog;
  checkAccess: CheckAccess;
  clock: Clock;
}

type Selection = Pick<HistorySpan, 'kind' | 'artifacts' | 'domain'>;

/** The raw exports of v2 (api-v2-public.json, 2023-05; Scarf docs, Exporting data, 2026-07). */
export function eventRoutes(parts: ExportParts): Route[] {
  const route = (path: string, select: (exchange: Exchange) => Selection[]): Route => ({
    owner: 'scarf',
    name: 'events-csv',
    method: 'GET',
    path,
    handle: (exchange) => exportEvents(parts, exchange, select),
  });
  return [
    route('/v2/packages/:owner/events', ({ url }) => [{ kind: 'package', ...byName(parts, url) }]),
    route('/v2/packages/:owner/:id/events', (exchange) => [selectOne(parts, exchange, ['package', 'pixel'])]),
    route('/v2/tracking-pixels/:owner/events', () => [{ kind: 'pixel' }]),
    route('/v2/tracking-pixels/:owner/:id/events', (exchange) => [selectOne(parts, exchange, ['pixel'])]),
    route('/v2/companies/:owner/:domain/events', (exchange) => {
      const domain = parameter(exchange, 'domain');
      return [
        { kind: 'package', domain },
        { kind: 'pixel', domain },
      ];
    }),
  ];
}

function exportEvents(
  parts: ExportParts,
  exchange: Exchange,
  select: (exchange: Exchange) => Selection[],
): Reply {
  parts.checkAccess(exchange, 'raw-export');
  const selections = select(exchange);
  const window = readWindow(exchange, parts.clock(), parts.settings.maxRangeDays);
  function* rows(): Generator<string[]> {
    for (const selection of selections) yield* parts.history.rows({ ...selection, ...window });
  }
  return csvReply(fileNameOf('events', window), EVENT_COLUMNS, rows());
}

function byName({ catalog }: ExportParts, url: URL): { artifacts?: Artifact[] } {
  const query = url.searchParams.get('query');
  return query === null ? {} : { artifacts: catalog.packages.filter(compileNameQuery(query)) };
}

/** The id on the path of a package may also be a pixel's (api-v2-public.json, 2023-05). */
function selectOne({ catalog }: ExportParts, exchange: Exchange, kinds: Artifact['kind'][]): Selection {
  const id = parameter(exchange, 'id');
  for (const kind of kinds) {
    const artifact = catalog.find(kind, id);
    if (artifact !== undefined) return { kind, artifacts: [artifact] };
  }
  throw refuseExport(404, 'not-found', `No artifact ${id}`);
}
