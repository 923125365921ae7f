/** Published columns of exports from Scarf, which determine the types of values. Other columns are text. */
import type { Column, ColumnType } from '../../../contracts/dataset.ts';

/**
 * In the order in which Scarf sends them, including the undocumented `platform` ("Scarf docs, Data export",
 * 2026-01; scarf-sh/scarf-postgres-exporter, 2025-10).
 */
export const EVENT_COLUMNS = columns({
  id: 'text',
  type: 'text',
  package: 'text',
  pixel: 'text',
  version: 'text',
  time: 'timestamp',
  referer: 'text',
  user_agent: 'text',
  platform: 'text',
  variables: 'text',
  origin_id: 'text',
  origin_latitude: 'number',
  origin_longitude: 'number',
  origin_country: 'text',
  origin_city: 'text',
  origin_postal: 'text',
  origin_connection_type: 'text',
  origin_company: 'text',
  origin_domain: 'text',
  dnt: 'boolean',
  confidence: 'number',
  endpoint_id: 'text',
  origin_state: 'text',
  mtc_quota_exceeded: 'boolean',
});

/** "Scarf docs, Data export, Company data", 2025-12. */
export const COMPANY_COLUMNS = columns({
  company_name: 'text',
  company_domain: 'text',
  funnel_stage: 'text',
  total_events: 'integer',
  total_downloads: 'integer',
  total_unique_downloads: 'integer',
  total_views: 'integer',
  total_unique_views: 'integer',
  unique_sources: 'integer',
  first_seen: 'text',
  last_seen: 'text',
  company_linkedin_url: 'text',
  company_industry: 'text',
  company_size: 'text',
  company_country: 'text',
  company_state: 'text',
  interest_start_date: 'text',
  investigation_start_date: 'text',
  experimentation_start_date: 'text',
  ongoing_usage_start_date: 'text',
  inactive_start_date: 'text',
  scarf_url: 'text',
  package_totals: 'text',
  tracking_pixel_totals: 'text',
});

/** Columns of `company-rollup` by artifact: observed for pixels (2026-09), assumed to be the same for packages. */
export function rollupColumns(artifact: 'package' | 'pixel'): readonly Column[] {
  return columns({
    date: 'date',
    [artifact]: 'text',
    [`${artifact}_name`]: 'text',
    company: 'text',
    company_domain: 'text',
    total: 'integer',
    total_unique: 'integer',
  });
}

export const SCORE_COLUMNS = columns({
  company: 'text',
  company_domain: 'text',
  scarf_score: 'number',
  funnel_stage: 'text',
  first_seen: 'text',
  last_seen: 'text',
});

/** "Scarf API v2, exportEntityAggregates", 2023-05. */
export const AGGREGATE_V2_COLUMNS = columns({
  date: 'date',
  artifact: 'text',
  breakdown: 'text',
  rollup: 'text',
  total: 'integer',
  total_unique: 'integer',
  company_name: 'text',
  company_domain: 'text',
  cloud_provider_name: 'text',
  cloud_provider_domain: 'text',
  country: 'text',
  platform: 'text',
  version: 'text',
  client: 'text',
  variable: 'text',
  value: 'text',
  domain: 'text',
});

/** Columns of `GET /v3/insights/{owner}/aggregations/export`, observed in 2026-09. */
export const AGGREGATE_V3_COLUMNS = columns({
  date: 'date',
  artifact: 'text',
  artifact_name: 'text',
  artifact_type: 'text',
  rollup: 'text',
  breakdown: 'text',
  breakdowns: 'json',
  country: 'text',
  cloud_provider_name: 'text',
  platform: 'text',
  version: 'text',
  company_name: 'text',
  company_domain: 'text',
  referer: 'text',
  endpoint_id: 'text',
  origin_id: 'text',
  user_agent: 'text',
  points: 'integer',
  company_sic_codes: 'json',
  company_count: 'integer',
  last_seen: 'text',
  total: 'integer',
  unique_origins: 'integer',
  unique_endpoints: 'integer',
});

function columns(types: Readonly<Record<string, ColumnType>>): readonly Column[] {
  return Object.entries(types).map(([name, type]) => ({ name, type }));
}
