/** Collects companies from `export companies` and `export scores`, one per domain. */
import { isDay } from '../../calendar.ts';
import type { Company } from '../analysis.ts';
import type { FoundCells } from './csv-cells.ts';
import type { RowCounter } from './counter.ts';

/** As many as a page can show; an account has some thousands. */
const maxCompanies = 20_000;
/** Longer texts are cut: names, stages and dates are short. */
const maxTextLength = 300;

/** In the order in which companies go through them. */
const STAGES = ['interest', 'investigation', 'experimentation', 'ongoing-usage', 'inactive'] as const;

const FIELDS = [
  'company_name',
  'company_domain',
  'funnel_stage',
  'total_events',
  'total_downloads',
  'total_views',
  'first_seen',
  'last_seen',
  'company_country',
  'company_industry',
  'company_size',
  'company',
  'scarf_score',
  ...STAGES.map((stage) => `${stage.replace('-', '_')}_start_date`),
];

/** Later rows of a company override earlier ones, except where they are empty. */
export class CompanyCounter implements RowCounter {
  readonly fields = FIELDS;
  rows = 0;
  readonly #companies = new Map<string, Company>();
  leftOut = 0;

  count({ text, from, to }: FoundCells): void {
    const cell = (name: string) => {
      const index = FIELDS.indexOf(name);
      const end = Math.min(to[index] as number, (from[index] as number) + 3 * maxTextLength);
      return text.bytes.toString('utf8', from[index], end).slice(0, maxTextLength);
    };
    const name = cell('company_name') || cell('company');
    const key = cell('company_domain') || name;
    const earlier = this.#companies.get(key);
    if (earlier === undefined && this.#companies.size >= maxCompanies) {
      this.leftOut++;
      return;
    }
    this.#companies.set(key, merged(earlier, { ...readCompany(cell), name }));
  }

  /** By events, the most first; then by name. */
  pack(): Company[] {
    return [...this.#companies.values()].sort(
      (one, two) => (two.events ?? 0) - (one.events ?? 0) || (one.name < two.name ? -1 : 1),
    );
  }
}

function readCompany(cell: (name: string) => string): Company {
  const starts = STAGES.map(
    (stage) => [stage, cell(`${stage.replace('-', '_')}_start_date`).slice(0, 10)] as const,
  );
  return {
    name: '',
    domain: cell('company_domain'),
    stage: cell('funnel_stage'),
    events: numberIn(cell('total_events')),
    downloads: numberIn(cell('total_downloads')),
    views: numberIn(cell('total_views')),
    firstSeen: cell('first_seen').slice(0, 10),
    lastSeen: cell('last_seen').slice(0, 10),
    country: cell('company_country'),
    industry: cell('company_industry'),
    size: cell('company_size'),
    score: numberIn(cell('scarf_score')),
    // What is no day belongs to no month.
    stageStarts: Object.fromEntries(starts.filter(([, day]) => isDay(day))),
  };
}

function numberIn(text: string): number | undefined {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function merged(earlier: Company | undefined, later: Company): Company {
  if (earlier === undefined) return later;
  const told = Object.entries(later).filter(([, value]) => value !== '' && value !== undefined);
  return {
    ...earlier,
    ...(Object.fromEntries(told) as Partial<Company>),
    stageStarts: { ...earlier.stageStarts, ...later.stageStarts },
  };
}
