/** The dataset that a request means. */
import type { Dataset } from '../../contracts-export.ts';
import type { ScarfAccount } from '../../vendors/scarf/account.ts';
import {
  createCompanyEvents,
  createEvents,
  type EventSelection,
} from '../../vendors/scarf/exports/events.ts';
import type { ExportRequest, ExportSettings } from './request.ts';

const dayMs = 86_400_000;

/** Names of artifacts are looked up at Scarf. */
export async function createDataset(request: ExportRequest, account: ScarfAccount): Promise<Dataset> {
  const { dataset, settings } = request;
  switch (dataset.kind) {
    case 'events':
      return createEvents(account, selectEvents(settings), windowDays(settings));
    case 'company-events':
      return createCompanyEvents(account, dataset.domain, windowDays(settings));
    case 'companies':
    case 'scores':
    case 'aggregates':
      throw new Error('not yet');
  }
}

/** Without any selector all packages; pixels only where they are named. */
function selectEvents(settings: ExportSettings): EventSelection {
  const packages = settings.package ?? [];
  const pixels = settings.pixel ?? [];
  const allPixels = settings.pixels === true || pixels.includes('all');
  const allPackages =
    packages.includes('all') || (packages.length === 0 && !allPixels && pixels.length === 0);
  return { packages: allPackages ? 'all' : packages, pixels: allPixels ? 'all' : pixels };
}

function windowDays({ window }: ExportSettings): number {
  return Math.max(1, Math.floor((window ?? dayMs) / dayMs));
}
