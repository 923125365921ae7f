import type { Artifact } from '../options.ts';
import { formatDay, type DayNumber, type Rollup } from './calendar.ts';
import { Seeded, seedOf } from './seeded.ts';
import * as words from './vocabulary.ts';

/** The dimensions of v2 and v3, the vendor's own misspelling included (scarf-sh/scarf-skill, 2026-09-24). */
export const V2_BREAKDOWNS = [
  'by-country',
  'by-cloudprovider',
  'by-company',
  'by-variable',
  'by-platform',
  'by-version',
  'by-total',
  'by-total-do-not-track',
  'by-client',
  'by-domain',
  'by-referer',
  'by-educational-organization',
  'by-govermental-organization',
] as const;

/** Dimensions that demand `format=json`, `rollup=total` and to stand alone. */
export const COMPANY_BREAKDOWNS = [
  'by-company-funnel-stage',
  'by-company-size',
  'by-company-sic-code',
] as const;

export const V3_BREAKDOWNS = [
  ...V2_BREAKDOWNS,
  'by-endpoint',
  'by-origin',
  'by-file-extension',
  'by-user-agent',
  'by-importance',
  ...COMPANY_BREAKDOWNS,
] as const;

export type Breakdown = (typeof V3_BREAKDOWNS)[number];

type Cells = Record<string, string | number | string[] | null>;

export interface AggregateQuestion {
  seed: number;
  bucket: DayNumber;
  rollup: Rollup;
  breakdowns: readonly Breakdown[];
  kind: Artifact['kind'];
  /** `undefined` for all artifacts of the kind combined. */
  artifact: Artifact | undefined;
}

const VALUES_PER_DIMENSION = 3;

/** The cells for each of the first values of a dimension. */
function valuesOf(breakdown: Breakdown): Cells[] {
  switch (breakdown) {
    case 'by-country':
      return words.PLACES.map(({ country }) => ({ country }));
    case 'by-company':
    case 'by-educational-organization':
    case 'by-govermental-organization':
      return words.COMPANIES.map(({ name, domain }) => ({ company_name: name, company_domain: domain }));
    case 'by-cloudprovider':
      return [{ cloud_provider_name: 'Amazon Web Services', cloud_provider_domain: 'aws.amazon.com' }];
    case 'by-platform':
      return words.PLATFORMS.map((platform) => ({ platform }));
    case 'by-version':
      return words.VERSIONS.map((version) => ({ version }));
    case 'by-variable':
      return [{ variable: 'channel', value: 'stable' }];
    case 'by-client':
      return [{ client: 'npm' }, { client: 'docker' }];
    case 'by-domain':
      return [{ domain: 'example.gateway.scarf.sh' }];
    case 'by-referer':
      return words.REFERERS.map((referer) => ({ referer }));
    case 'by-endpoint':
      return [{ endpoint_id: 'a1b2c3d4e5f60718' }, { endpoint_id: '18a7b6c5d4e3f201' }];
    case 'by-origin':
      return [{ origin_id: '0011223344556677' }, { origin_id: '7766554433221100' }];
    case 'by-file-extension':
      return [{ file_extension: 'tar.gz' }];
    case 'by-user-agent':
      return words.USER_AGENTS.map((agent) => ({ user_agent: agent }));
    case 'by-importance':
      return [{ points: 10 }, { points: 40 }];
    case 'by-company-funnel-stage':
      return [{ company_funnel_stage: 'interest', company_count: 3 }];
    case 'by-company-size':
      return [{ company_size: '51-200', company_count: 2 }];
    case 'by-company-sic-code':
      return [{ company_sic_codes: ['7372'], company_count: 1 }];
    case 'by-total':
    case 'by-total-do-not-track':
      return [{}];
  }
}

/** One row per combination of the dimensions' values, always the same for the same question. */
export function* aggregateCells(question: AggregateQuestion): Generator<Cells> {
  let combined: Cells[] = [{}];
  for (const breakdown of question.breakdowns) {
    const values = valuesOf(breakdown).slice(0, VALUES_PER_DIMENSION);
    combined = combined.flatMap((cells) => values.map((value) => ({ ...cells, ...value })));
  }
  for (const [index, cells] of combined.entries()) {
    const artifactSeed = seedOf(question.artifact?.id ?? question.kind);
    const seeded = new Seeded(question.seed, question.bucket, seedOf(question.rollup), artifactSeed, index);
    const total = 10 + seeded.below(500);
    const origins = 1 + seeded.below(total);
    const date = formatDay(question.bucket);
    yield {
      date,
      rollup: question.rollup,
      ...cells,
      total,
      unique_origins: origins,
      unique_endpoints: origins,
    };
  }
}
