/** Moesif, described: options, limits and what its statuses mean. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { StatusRule } from '../rules.ts';
import type { LimitRow, Vendor } from '../vendor.ts';

/** Events older than this are refused unless the account is opened for them ("Moesif docs, Event Ingestion", 2026-07). */
export const oldEventAgeMs = 30 * 24 * 3600 * 1000;

/** Of one event: of longer ones Moesif cuts the bodies ("Moesif docs, Collector API", 2026-07). */
export const maxEventBytes = 1_000_000;

/** Documented caps of a batch, counted uncompressed ("Moesif docs, Collector API", 2026-07). */
export const maxBatchBytes = { events: 50_000_000, actions: 15_000_000 } as const;

export const defaultBatch = { events: 200, bytes: 10_000_000 } as const;

export const maxUploads = 4;

const MOESIF_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'token',
    fileFlags: '--token-file <path>',
    environment: ['MOESIF_APPLICATION_ID'],
    description: 'collector application id of Moesif',
    secret: true,
  },
  {
    name: 'apiUrl',
    environment: ['MOESIF_API_URL'],
    description: 'base URL of the collector, without /v1',
    default: 'https://api.moesif.net',
    recipe: true,
  },
  {
    name: 'pathPrefix',
    flags: '--path-prefix <prefix>',
    description: 'what stands before /events in the address; /moesifapi in 2016',
    default: '/v1',
    recipe: true,
  },
  {
    name: 'actions',
    flags: '--actions',
    description: 'rows are user actions, not API calls',
    recipe: true,
  },
  {
    name: 'single',
    flags: '--single',
    description: 'one event in a request',
  },
  {
    name: 'batchEvents',
    flags: '--batch-events <n>',
    description: 'events in a request',
    default: defaultBatch.events,
    kind: 'count',
    minimum: 1,
  },
  {
    name: 'batchBytes',
    flags: '--batch-bytes <size>',
    description: 'uncompressed bytes in a request, at most 50MB, for actions 15MB',
    default: defaultBatch.bytes,
    kind: 'byteSize',
    minimum: 1000,
  },
];

/** "Moesif docs, Errors", 2026-07. A batch falls as a whole, so a refused one is cut until the culprit stands alone. */
export const MOESIF_STATUSES: readonly StatusRule[] = [
  { status: '2xx', verdict: 'taken', meaning: 'taken; a page of something in between: as a lost reply' },
  { status: '400', verdict: 'smaller', meaning: 'an event is refused: sent in halves until it stands alone' },
  { status: '402', verdict: 'credentials', meaning: 'the subscription is not active' },
  { status: '404', verdict: 'misdirected', meaning: 'not the address of the collector' },
];

const MOESIF_LIMITS: readonly LimitRow[] = [
  { name: 'events per batch', value: `${defaultBatch.events} (--batch-events)`, source: 'scarf-cli' },
  {
    name: 'bytes per batch',
    value: '10 MB uncompressed (--batch-bytes, up to 50 MB; actions 15 MB)',
    source: 'Moesif docs, Collector API, 2026-07',
  },
  { name: 'bytes per event', value: '1 MB; bodies above are cut by Moesif', source: 'Moesif docs, 2026-07' },
  { name: 'uploads at once', value: String(maxUploads), source: 'scarf-cli' },
  { name: 'age of request.time', value: '30 days (--old-events)', source: 'Moesif docs, 2026-07' },
];

export const moesif: Vendor = {
  name: 'moesif',
  title: 'Moesif',
  example: "scarf-cli ingest moesif calls.ndjson --set 'request.headers.X-Moesif-Tags=backfill'",
  idField: 'transaction_id',
  ages: true,
  options: MOESIF_OPTIONS,
  limits: MOESIF_LIMITS,
  statuses: MOESIF_STATUSES,
  createTarget: async (settings, targetContext) => {
    const { createMoesifTarget } = await import('./target.ts');
    return createMoesifTarget(settings, targetContext);
  },
};
