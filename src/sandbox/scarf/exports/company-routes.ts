import type { Exchange } from '../../wire/exchange.ts';
import type { Reply } from '../../wire/reply.ts';
import type { Route } from '../../wire/router.ts';
import type { Artifact } from '../options.ts';
import { formatDay } from './calendar.ts';
import { csvReply } from './csv.ts';
import type { ExportParts } from './event-routes.ts';
import { Seeded, seedOf } from './seeded.ts';
import { COMPANIES, type Company } from './vocabulary.ts';
import { fileNameOf, readWindow } from './window.ts';

/** The columns of the company rollup (Scarf docs, Exporting data, 2025-12-31). */
const ROLLUP_COLUMNS = [
  'company_name',
  'company_domain',
  'funnel_stage',
  'total_events',
  'total_downloads',
  'total_unique_downloads',
  'total_views',
  'total_unique_views',
  'unique_sources',
  'first_seen',
  'last_seen',
  'company_linkedin_url',
  'company_industry',
  'company_size',
  'company_country',
  'company_state',
  'interest_start_date',
  'investigation_start_date',
  'experimentation_start_date',
  'ongoing_usage_start_date',
  'inactive_start_date',
  'scarf_url',
  'package_totals',
  'tracking_pixel_totals',
];
const SCORE_COLUMNS = ['company', 'company_domain', 'scarf_score', 'funnel_stage', 'first_seen', 'last_seen'];
const STAGES = ['interest', 'investigation', 'experimentation', 'ongoing-usage', 'inactive'];

/** The exports by company: three rollups and the scores (api-v2-public.json, 2023-05; scarf-sh/scarf-skill, 2026-09-24). */
export function companyRoutes(parts: ExportParts): Route[] {
  const route = (path: string, name: string, handle: Route['handle']): Route => {
    const guarded: Route['handle'] = (exchange) => {
      parts.checkAccess(exchange, 'raw-export');
      return handle(exchange);
    };
    return { owner: 'scarf', name, method: 'GET', path, handle: guarded };
  };
  const { packages, pixels } = parts.catalog;
  return [
    route('/v2/packages/:owner/company-rollup', 'companies-csv', (exchange) => exportRollup(parts, exchange)),
    route('/v2/companies/:owner/package-rollup', 'companies-csv', (exchange) =>
      exportDaily(parts, exchange, packages),
    ),
    route('/v2/companies/:owner/pixel-rollup', 'companies-csv', (exchange) =>
      exportDaily(parts, exchange, pixels),
    ),
    route('/v2/companies/:owner/scoring', 'scores-csv', () => {
      return csvReply(
        'scores.csv',
        SCORE_COLUMNS,
        COMPANIES.map((company) => scoreRow(parts, company)),
      );
    }),
  ];
}

function exportRollup(parts: ExportParts, exchange: Exchange): Reply {
  const window = readWindow(exchange, parts.clock(), parts.settings.maxRangeDays);
  const lastSeen = formatDay(window.lastDay);
  const rows = COMPANIES.map((company) => {
    const seeded = new Seeded(parts.settings.seed, seedOf(company.domain));
    const packageCounts = parts.catalog.packages.map(() => 1 + seeded.below(400));
    const pixelCounts = parts.catalog.pixels.map(() => 1 + seeded.below(200));
    const downloads = packageCounts.reduce((sum, count) => sum + count, 0);
    const views = pixelCounts.reduce((sum, count) => sum + count, 0);
    const counts = [
      downloads + views,
      downloads,
      seeded.below(downloads + 1),
      views,
      seeded.below(views + 1),
      3,
    ];
    const facts = ['Software', '51-200', 'US', 'CA'];
    const linkedIn = `https://www.linkedin.com/company/${company.domain}`;
    return [
      ...[
        company.name,
        company.domain,
        seeded.pick(STAGES),
        ...counts.map(String),
        '2025-03-01',
        lastSeen,
        linkedIn,
      ],
      ...[...facts, '2025-03-01', '2025-04-01', '', '', ''],
      `https://app.scarf.sh/company/${company.domain}`,
      totals(parts.catalog.packages, packageCounts),
      totals(parts.catalog.pixels, pixelCounts),
    ];
  });
  return csvReply(fileNameOf('company-rollups', window), ROLLUP_COLUMNS, rows);
}

/** `name=count&…`, names percent-encoded. */
function totals(artifacts: Artifact[], counts: number[]): string {
  return artifacts
    .map(({ name, id }, index) => `${encodeURIComponent(name ?? id)}=${counts[index] ?? 0}`)
    .join('&');
}

/** The columns of the pixel rollup as probed live (2026-09-01); those of packages by analogy. */
function exportDaily(parts: ExportParts, exchange: Exchange, artifacts: Artifact[]): Reply {
  const window = readWindow(exchange, parts.clock(), parts.settings.maxRangeDays);
  const what = artifacts === parts.catalog.pixels ? 'pixel' : 'package';
  const columns = ['date', what, `${what}_name`, 'company', 'company_domain', 'total', 'total_unique'];
  function* rows(): Generator<string[]> {
    for (let day = window.firstDay; day <= window.lastDay; day += 1) {
      for (const { id, name } of artifacts) {
        for (const company of COMPANIES) {
          const seeded = new Seeded(parts.settings.seed, day, seedOf(id), seedOf(company.domain));
          const total = 1 + seeded.below(90);
          const numbers = [String(total), String(1 + seeded.below(total))];
          yield [formatDay(day), id, name ?? '', company.name, company.domain, ...numbers];
        }
      }
    }
  }
  return csvReply(fileNameOf(`${what}-rollups`, window), columns, rows());
}

function scoreRow({ settings }: ExportParts, company: Company): string[] {
  const seeded = new Seeded(settings.seed, seedOf(company.domain));
  return [
    company.name,
    company.domain,
    String(seeded.below(100)),
    seeded.pick(STAGES),
    '2025-03-01',
    '2026-11-01',
  ];
}
