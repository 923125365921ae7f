/** Rules for aggregates. Each is checked before the request, with a reason. */
import { Failure } from '../../../failure.ts';

export const ROLLUPS = ['total', 'daily', 'weekly', 'monthly', 'yearly'] as const;
export type Rollup = (typeof ROLLUPS)[number];

/** The misspelling is that of Scarf ("Scarf API v2, exportEntityAggregates", 2023-05). */
const sharedBreakdowns = [
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

/** Added to those of v2 ("Scarf changelog", 2026-05-11). */
const laterBreakdowns = [
  'by-endpoint',
  'by-origin',
  'by-file-extension',
  'by-user-agent',
  'by-importance',
  'by-company-funnel-stage',
  'by-company-size',
  'by-company-sic-code',
] as const;

/** Breakdowns that count companies in place of events: only as JSON, only over the whole range, and not combined. */
const companyBreakdowns: readonly string[] = [
  'by-company-funnel-stage',
  'by-company-size',
  'by-company-sic-code',
];

const V2_BREAKDOWNS: readonly string[] = sharedBreakdowns;
const V3_BREAKDOWNS: readonly string[] = [...sharedBreakdowns, ...laterBreakdowns];

/** How many dimensions one request may combine. */
const maxDimensions = 2;

export interface AggregateSelection {
  api: 'v2' | 'v3';
  rollup: Rollup;
  breakdowns: readonly string[];
  /** Ids, or only `all` or `none`. */
  packages: readonly string[];
  pixels: readonly string[];
  pixelsOfPackage?: string;
  query?: string;
  filter?: string;
  company?: string;
  groupByArtifact?: boolean;
  lowConfidence?: boolean;
}

interface Rule {
  isBroken: (selection: AggregateSelection) => boolean;
  message: (selection: AggregateSelection) => string;
  hint?: string;
}

const known = ({ api }: AggregateSelection) => (api === 'v2' ? V2_BREAKDOWNS : V3_BREAKDOWNS);
const isCompanyCount = ({ breakdowns }: AggregateSelection) =>
  breakdowns.some((name) => companyBreakdowns.includes(name));
const isMixed = (ids: readonly string[]) => ids.length > 1 && (ids.includes('all') || ids.includes('none'));

const commonRules: readonly Rule[] = [
  {
    isBroken: (selection) => selection.breakdowns.some((name) => !known(selection).includes(name)),
    message: (selection) => {
      const unknown = selection.breakdowns.filter((name) => !known(selection).includes(name));
      return `--api ${selection.api} has no breakdown ${unknown.map((name) => `"${name}"`).join(', ')}; it has ${known(selection).join(', ')}`;
    },
  },
  {
    isBroken: ({ breakdowns }) => new Set(breakdowns).size < breakdowns.length,
    message: () => '--breakdown names a dimension twice',
  },
];

const v3Rules: readonly Rule[] = [
  {
    isBroken: ({ breakdowns }) => breakdowns.length > maxDimensions,
    message: () => `--breakdown combines at most ${maxDimensions} dimensions`,
  },
  {
    isBroken: ({ packages, pixels }) => isMixed(packages) || isMixed(pixels),
    message: () => '"all" and "none" stand alone, without further ids',
  },
  {
    isBroken: ({ query, packages, pixels }) => query !== undefined && packages.length + pixels.length > 0,
    message: () => '--query does not go together with --package or --pixel',
  },
  {
    isBroken: ({ pixelsOfPackage, query, packages }) =>
      pixelsOfPackage !== undefined && (query !== undefined || packages.length > 0),
    message: () => '--pixels-of does not go together with --query or --package',
  },
  {
    isBroken: (selection) =>
      isCompanyCount(selection) && (selection.rollup !== 'total' || selection.breakdowns.length > 1),
    message: () => `${companyBreakdowns.join(', ')} need --rollup total and no second dimension`,
    hint: 'they count companies, not events: read company_count',
  },
];

const v2Rules: readonly Rule[] = [
  {
    isBroken: ({ rollup }) => rollup === 'total',
    message: () => '--api v2 has no --rollup total',
    hint: 'leave --api out: v3 has it',
  },
  {
    isBroken: ({ packages, pixels, pixelsOfPackage }) =>
      packages.length + pixels.length > 0 || pixelsOfPackage !== undefined,
    message: () => '--api v2 selects artifacts by --query only',
  },
  {
    isBroken: ({ company, groupByArtifact, lowConfidence }) =>
      company !== undefined || groupByArtifact === false || lowConfidence === false,
    message: () => '--company, --merge-artifacts and --no-low-confidence need --api v3',
  },
];

/** Throws a Failure `usage` for the first rule that the selection violates. */
export function checkAggregates(selection: AggregateSelection): void {
  const rules = [...commonRules, ...(selection.api === 'v3' ? v3Rules : v2Rules)];
  const broken = rules.find((rule) => rule.isBroken(selection));
  if (broken === undefined) return;
  const { hint } = broken;
  throw new Failure('usage', broken.message(selection), hint === undefined ? {} : { hint });
}

/** Whether the answer must be requested as one JSON document. */
export function needsJson(selection: AggregateSelection): boolean {
  return selection.api === 'v3' && isCompanyCount(selection);
}
