/** Describes Moesif: options, limits and statuses. */
import { valuesOf } from '../../settings/values.ts';
import type { LimitRow, Vendor } from '../vendor.ts';
import { MOESIF_OPTIONS } from './options.ts';
import { defaultBatch, maxUploads, MOESIF_STATUSES } from './rules.ts';

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
  logFields: {
    time: 'request.time',
    address: 'request.ip_address',
    agent: 'request.headers.User-Agent',
    referrer: 'request.headers.Referer',
    method: 'request.verb',
    url: 'request.uri',
  },
  ages: true,
  options: MOESIF_OPTIONS,
  limits: MOESIF_LIMITS,
  statuses: MOESIF_STATUSES,
  account: {
    options: ['apiUrl', 'pathPrefix'],
    secret: () => ({ option: 'token', noun: 'application id' }),
    ask: async (question, signal) => {
      const { askMoesifAccount } = await import('./ask-account.ts');
      return askMoesifAccount(question, signal);
    },
  },
  createTarget: async (settings, targetContext) => {
    const { createMoesifTarget } = await import('./target.ts');
    return createMoesifTarget(valuesOf(MOESIF_OPTIONS, settings), targetContext);
  },
};
