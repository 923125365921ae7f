/**
 * The request body of a schedule. Both selections are always included, since the meaning of their absence changed
 * in 2026-03.
 */
import { checkRoleArn, formatBucketPath, type BucketPath } from './destination.ts';

export type Destination =
  | { cloud: 's3'; path: BucketPath; roleArn: string; externalId: string | undefined }
  | { cloud: 'gcs'; path: BucketPath; serviceAccount: string };

export interface ScheduleSpec {
  destination: Destination;
  packages: 'all' | 'none' | readonly string[];
  pixels: 'all' | 'none' | readonly string[];
  companies: readonly string[];
  companyRollups: boolean;
  variables: readonly string[];
  filter: string | undefined;
}

/** The body of the request ("Scarf API v2, scheduleExport", 2025-07; `filter_id` since 2026-03). */
export function scheduleBody(spec: ScheduleSpec): Record<string, unknown> {
  const { companies, companyRollups, destination, filter, packages, pixels, variables } = spec;
  return {
    cloud_service_spec: cloudSpec(destination),
    package_ids: packages,
    tracking_pixel_ids: pixels,
    include_company_rollups: companyRollups,
    ...(companies.length === 0 ? {} : { company_domains: companies }),
    ...(variables.length === 0 ? {} : { variables }),
    ...(filter === undefined ? {} : { filter_id: filter }),
  };
}

/** The keys of the external id and of the Google destination are not published. */
function cloudSpec(destination: Destination): Record<string, unknown> {
  if (destination.cloud === 'gcs') {
    return {
      cloud_service: 'google-storage',
      bucket: formatBucketPath(destination.path),
      service_account: destination.serviceAccount,
    };
  }
  return {
    cloud_service: 'aws-s3',
    s3_uri_destination: formatBucketPath(destination.path),
    arn_role: checkRoleArn(destination.roleArn),
    ...(destination.externalId === undefined ? {} : { external_id: destination.externalId }),
  };
}

/**
 * Compares a schedule in a reply of unknown shape with `body`. `other`: same destination, different selection.
 * `elsewhere`: different destination.
 */
export function compareSchedule(
  listed: unknown,
  body: Record<string, unknown>,
): 'same' | 'other' | 'elsewhere' {
  const texts = new Set(textsOf(listed));
  const { cloud_service_spec: destination, ...selection } = body;
  if (!textsOf(destination).every((text) => texts.has(text))) return 'elsewhere';
  const isSame = Object.entries(selection).every(([name, wanted]) => saysNoOther(listed, name, wanted));
  return isSame ? 'same' : 'other';
}

/** A value that the reply leaves out does not differ. */
function saysNoOther(listed: unknown, name: string, wanted: unknown): boolean {
  const said = (listed as Record<string, unknown>)[name];
  return said === undefined || said === null || comparable(said) === comparable(wanted);
}

function comparable(value: unknown): string {
  return JSON.stringify(Array.isArray(value) ? value.map(String).sort() : value);
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}
