import { parameter, type Exchange } from '../../wire/exchange.ts';
import { jsonReply, ndjsonReply, Refusal, type Reply } from '../../wire/reply.ts';
import type { Route } from '../../wire/router.ts';
import { checkToken, planAllows } from '../access.ts';
import type { Artifact, ScarfSettings } from '../options.ts';
import { aggregateCells, COMPANY_BREAKDOWNS, V3_BREAKDOWNS, type Breakdown } from './aggregate-row.ts';
import { bucketsOf, dayOf, formatDay, parseDay, type DayNumber, type Rollup } from './calendar.ts';
import type { ExportParts } from './event-routes.ts';
import { selectArtifacts } from './selectors-v3.ts';

const ROLLUPS = ['total', 'daily', 'weekly', 'monthly', 'yearly'] as const;
const MAX_SPAN_DAYS = 366;

/** The keys of every row, most of them null (live probe, 2026-09-01). */
const EMPTY_ROW = {
  date: null,
  artifact: null,
  artifact_name: null,
  artifact_type: null,
  rollup: null,
  breakdown: null,
  breakdowns: null,
  country: null,
  cloud_provider_name: null,
  cloud_provider_domain: null,
  platform: null,
  version: null,
  client: null,
  variable: null,
  value: null,
  domain: null,
  company_name: null,
  company_domain: null,
  referer: null,
  endpoint_id: null,
  origin_id: null,
  user_agent: null,
  points: null,
  company_sic_codes: null,
  company_count: null,
  last_seen: null,
  total: null,
  unique_origins: null,
  unique_endpoints: null,
};

/** The aggregates of v3, public since 2026-04-30 (scarf-sh/scarf-skill, 2026-09-24). */
export function aggregateRouteV3(parts: ExportParts, account: ScarfSettings): Route {
  const path = '/v3/insights/:owner/aggregations/export';
  const handle: Route['handle'] = (exchange) => exportAggregates(parts, account, exchange);
  return { owner: 'scarf', name: 'aggregates', method: 'GET', path, handle };
}

function refuseDetail(status: number, detail: string): Refusal {
  return new Refusal(jsonReply(status, { detail }));
}

function exportAggregates(parts: ExportParts, account: ScarfSettings, exchange: Exchange): Reply {
  checkAccount(account, exchange);
  const { url } = exchange;
  const window = readSpan(url, parts.clock());
  const rollup = readChoice(url, 'rollup', ROLLUPS) ?? 'daily';
  const format = readChoice(url, 'format', ['ndjson', 'json'] as const) ?? 'ndjson';
  const breakdowns = readBreakdowns(url);
  const isCompanyCount = breakdowns.some((name) => COMPANY_BREAKDOWNS.some((other) => other === name));
  if (isCompanyCount && (format !== 'json' || rollup !== 'total' || breakdowns.length !== 1)) {
    throw refuseDetail(422, 'This breakdown needs format=json, rollup=total and no second dimension.');
  }
  const artifacts = selectArtifacts(url, parts.catalog);
  const groups =
    url.searchParams.get('group_by_artifact') === 'false' ? mergeKinds(artifacts) : artifacts.map(alone);
  const rows = aggregateRows({ seed: parts.settings.seed, window, rollup, breakdowns, groups });
  const headers = {
    'X-Scarf-Effective-Start-Date': formatDay(window.start),
    'X-Scarf-Effective-End-Date': formatDay(window.end),
  };
  if (format === 'json') return jsonReply(200, { data: [...rows] }, headers);
  const reply = ndjsonReply(rows);
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

/** v3 compares the owner's letter case and answers with `detail` (live probe, 2026-09-01). */
function checkAccount(account: ScarfSettings, exchange: Exchange): void {
  try {
    checkToken(exchange, account.token);
  } catch {
    throw refuseDetail(401, 'Invalid token');
  }
  if (!account.owners.includes(parameter(exchange, 'owner')))
    throw refuseDetail(404, 'Organization not found');
  if (account.role === 'member' || !planAllows(account.plan, 'aggregate-export')) {
    throw refuseDetail(403, 'Aggregation exports are not available to you');
  }
}

interface Span {
  start: DayNumber;
  /** Exclusive. */
  end: DayNumber;
}

/** Without dates: the 30 days that end tomorrow, as the reply's headers for the effective window show. */
function readSpan(url: URL, nowMs: number): Span {
  const end = readDay(url, 'end_date') ?? dayOf(nowMs) + 1;
  const start = readDay(url, 'start_date') ?? end - 30;
  if (end <= start) throw refuseDetail(422, 'end_date must be after start_date');
  if (end - start > MAX_SPAN_DAYS) throw refuseDetail(422, `The range must not exceed ${MAX_SPAN_DAYS} days`);
  return { start, end };
}

function readDay(url: URL, name: string): DayNumber | undefined {
  const text = url.searchParams.get(name);
  if (text === null) return undefined;
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(parseDay(text)))
    throw refuseDetail(422, `${name} is no date`);
  return parseDay(text);
}

function readChoice<Choice extends string>(
  url: URL,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = url.searchParams.get(name);
  if (text === null) return undefined;
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw refuseDetail(422, `${name} must be one of ${choices.join(', ')}`);
  return choice;
}

function readBreakdowns(url: URL): Breakdown[] {
  const single = readChoice(url, 'breakdown', V3_BREAKDOWNS);
  const names = url.searchParams.get('breakdown_set')?.split(',') ?? (single === undefined ? [] : [single]);
  if (names.length > 2) throw refuseDetail(422, 'breakdown_set takes one or two dimensions');
  return names.map((name) => {
    const known = V3_BREAKDOWNS.find((candidate) => candidate === name);
    if (known === undefined) throw refuseDetail(422, `Unknown breakdown ${name}`);
    return known;
  });
}

interface Group {
  kind: Artifact['kind'];
  artifact: Artifact | undefined;
}

function alone(artifact: Artifact): Group {
  return { kind: artifact.kind, artifact };
}

/** Combined rows still keep packages and pixels apart. */
function mergeKinds(artifacts: Artifact[]): Group[] {
  const kinds = [...new Set(artifacts.map(({ kind }) => kind))];
  return kinds.map((kind) => ({ kind, artifact: undefined }));
}

interface RowParts {
  seed: number;
  window: Span;
  rollup: Rollup;
  breakdowns: Breakdown[];
  groups: Group[];
}

function* aggregateRows({ seed, window, rollup, breakdowns, groups }: RowParts): Generator<object> {
  for (const bucket of bucketsOf(window.start, window.end, rollup)) {
    for (const { kind, artifact } of groups) {
      for (const cells of aggregateCells({ seed, bucket, rollup, breakdowns, kind, artifact })) {
        yield {
          ...EMPTY_ROW,
          artifact: artifact?.id ?? '',
          artifact_name: artifact?.name ?? null,
          artifact_type: kind === 'package' ? 'package' : 'tracking-pixel',
          breakdown: breakdowns[0] ?? null,
          breakdowns,
          last_seen: `${formatDay(window.end - 1)} 11:16:21+00:00`,
          ...cells,
        };
      }
    }
  }
}
