import type { Exchange } from '../../wire/exchange.ts';
import { ndjsonReply, type Reply } from '../../wire/reply.ts';
import type { Route } from '../../wire/router.ts';
import { repeatedChoice } from '../query.ts';
import { aggregateCells, V2_BREAKDOWNS } from './aggregate-row.ts';
import { bucketsOf } from './calendar.ts';
import type { ExportParts } from './event-routes.ts';
import { compileNameQuery } from './name-query.ts';
import { readWindow } from './window.ts';

const ROLLUPS = ['daily', 'weekly', 'monthly', 'yearly'] as const;

/** The aggregates of v2, deprecated but still listed (scarf-sh/scarf-skill, 2026-09-24). */
export function aggregateRouteV2(parts: ExportParts): Route {
  const path = '/v2/packages/:owner/aggregates';
  const handle: Route['handle'] = (exchange) => exportAggregates(parts, exchange);
  return { owner: 'scarf', name: 'aggregates', method: 'GET', path, handle };
}

/** Without `rollup` the reply contains every rollup, so its rows overlap. */
function exportAggregates(parts: ExportParts, exchange: Exchange): Reply {
  parts.checkAccess(exchange, 'aggregate-export');
  const window = readWindow(exchange, parts.clock(), parts.settings.maxRangeDays);
  const rollups = repeatedChoice(exchange.url, 'rollup', ROLLUPS);
  const breakdowns = repeatedChoice(exchange.url, 'breakdown', V2_BREAKDOWNS);
  const query = exchange.url.searchParams.get('query');
  const artifacts = parts.catalog.packages.filter(query === null ? () => true : compileNameQuery(query));
  function* rows(): Generator<Record<string, unknown>> {
    for (const rollup of rollups.length > 0 ? rollups : ROLLUPS) {
      for (const bucket of bucketsOf(window.firstDay, window.lastDay + 1, rollup)) {
        for (const artifact of artifacts) {
          for (const breakdown of breakdowns.length > 0 ? breakdowns : (['by-total'] as const)) {
            const { seed } = parts.settings;
            const question = { seed, bucket, rollup, breakdowns: [breakdown], kind: artifact.kind, artifact };
            for (const { unique_origins: unique, unique_endpoints: _, ...cells } of aggregateCells(
              question,
            )) {
              yield { artifact: artifact.name ?? artifact.id, breakdown, total_unique: unique, ...cells };
            }
          }
        }
      }
    }
  }
  return ndjsonReply(rows());
}
