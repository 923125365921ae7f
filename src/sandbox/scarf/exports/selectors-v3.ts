import { jsonReply, Refusal } from '../../wire/reply.ts';
import type { ArtifactCatalog } from '../artifacts.ts';
import type { Artifact } from '../options.ts';
import { compileNameQuery } from './name-query.ts';

function refuseMix(detail: string): Refusal {
  return new Refusal(jsonReply(422, { detail }));
}

/**
 * The artifacts of a v3 aggregate: all without a selector; no pixels when only packages are given, and vice
 * versa. An unknown id selects nothing and is no error (live probe, 2026-09-01).
 */
export function selectArtifacts(url: URL, catalog: ArtifactCatalog): Artifact[] {
  const query = url.searchParams.get('query');
  const ofPackage = url.searchParams.get('tracking_pixels_for_package_id');
  const packageIds = url.searchParams.getAll('package_id');
  const pixelIds = url.searchParams.getAll('tracking_pixel_id');
  checkAlone('package_id', packageIds);
  checkAlone('tracking_pixel_id', pixelIds);
  if (query !== null && packageIds.length + pixelIds.length > 0) throw refuseMix('query excludes ids');
  if (ofPackage !== null && (query !== null || packageIds.length > 0)) {
    throw refuseMix('tracking_pixels_for_package_id excludes query and package_id');
  }
  if (ofPackage !== null) return catalog.pixels.filter(({ packageId }) => packageId === ofPackage);
  if (query !== null) return [...catalog.packages, ...catalog.pixels].filter(compileNameQuery(query));
  if (packageIds.length === 0 && pixelIds.length === 0) return [...catalog.packages, ...catalog.pixels];
  return [...pick(catalog.packages, packageIds), ...pick(catalog.pixels, pixelIds)];
}

function checkAlone(name: string, ids: string[]): void {
  if (ids.length > 1 && ids.some((id) => id === 'all' || id === 'none')) {
    throw refuseMix(`${name} takes all or none alone`);
  }
}

function pick(artifacts: Artifact[], ids: string[]): Artifact[] {
  return ids[0] === 'all' ? artifacts : artifacts.filter(({ id }) => ids.includes(id));
}
