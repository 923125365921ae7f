/** Creates the dataset for a request. */
import { msPerDay } from '../../../calendar.ts';
import type { Dataset } from '../../../contracts/dataset.ts';
import { Failure } from '../../../failure.ts';
import type { ScarfAccount } from '../../../vendors/scarf/account.ts';
import { createAggregates } from '../../../vendors/scarf/exports/aggregates.ts';
import {
  createCompanies,
  createCompanyRollup,
  createScores,
} from '../../../vendors/scarf/exports/companies.ts';
import {
  createCompanyEvents,
  createEvents,
  type EventSelection,
} from '../../../vendors/scarf/exports/events.ts';
import { findPackage, findPixel } from '../../../vendors/scarf/exports/names.ts';
import { findAll, type DatasetContext } from './artifacts.ts';
import type { ExportSettings } from '../../options/export.ts';
import type { ExportRequest } from '../request.ts';

/** Looks up names of artifacts. Throws a Failure `usage` for options that contradict each other. */
export async function createDataset(request: ExportRequest, context: DatasetContext): Promise<Dataset> {
  const { dataset, settings } = request;
  const { account } = context;
  switch (dataset.kind) {
    case 'events':
      return createEvents(account, await selectEvents(settings, context), windowDays(settings));
    case 'company-events':
      return createCompanyEvents(account, checkDomain(dataset.domain), windowDays(settings));
    case 'companies':
      return selectCompanies(settings, account);
    case 'scores':
      return createScores(account);
    case 'aggregates':
      return createAggregates(account, await selectAggregates(settings, context));
  }
}

/** Without a selector: all packages, and no pixels. */
async function selectEvents(settings: ExportSettings, context: DatasetContext): Promise<EventSelection> {
  const packages = settings.package ?? [];
  const pixels = settings.pixel ?? [];
  const allPixels = settings.pixels === true || pixels.includes('all');
  const isBare = packages.length === 0 && pixels.length === 0 && !allPixels;
  return {
    packages: packages.includes('all') || isBare ? 'all' : await findAll(packages, findPackage, context),
    pixels: allPixels ? 'all' : await findAll(pixels, findPixel, context),
  };
}

async function selectAggregates(settings: ExportSettings, context: DatasetContext) {
  const { company, filter, lowConfidence, mergeArtifacts, pixelsOf, query } = settings;
  const [pixelsOfPackage] = pixelsOf === undefined ? [] : await findAll([pixelsOf], findPackage, context);
  return {
    api: settings.api ?? 'v3',
    rollup: settings.rollup ?? 'daily',
    breakdowns: settings.breakdown ?? [],
    packages: await findAll(settings.package ?? [], findPackage, context),
    pixels: await findAll(settings.pixel ?? [], findPixel, context),
    groupByArtifact: mergeArtifacts !== true,
    lowConfidence: lowConfidence !== false,
    ...(pixelsOfPackage === undefined ? {} : { pixelsOfPackage }),
    ...(query === undefined ? {} : { query }),
    ...(filter === undefined ? {} : { filter }),
    ...(company === undefined ? {} : { company }),
  };
}

/** The rollup of all companies is not split by day; those by artifact are. */
function selectCompanies(settings: ExportSettings, account: ScarfAccount): Dataset {
  if (settings.by !== undefined) return createCompanyRollup(account, settings.by);
  const { from, incremental, split, to } = settings;
  if (from !== undefined || to !== undefined || split !== undefined || incremental === true) {
    throw new Failure('usage', 'this table is not split by day: each export is complete', {
      hint: '--by package or --by pixel gives companies by day',
    });
  }
  return createCompanies(account);
}

function checkDomain(domain: string): string {
  if (/^[^\s/:]+\.[^\s/:]+$/.test(domain)) return domain;
  throw new Failure('usage', `"${domain}" is not a company domain`, {
    hint: 'give it as in example.com, without https://',
  });
}

function windowDays({ window }: ExportSettings): number {
  return Math.max(1, Math.floor((window ?? msPerDay) / msPerDay));
}
