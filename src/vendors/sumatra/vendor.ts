/** Describes Sumatra: options, limits and statuses. */
import { valuesOf } from '../../settings/values.ts';
import type { LimitRow, Vendor } from '../vendor.ts';
import { SUMATRA_OPTIONS } from './options.ts';
import { defaultConcurrency, SUMATRA_BATCH_STATUSES, SUMATRA_STATUSES } from './rules.ts';

const SUMATRA_LIMITS: readonly LimitRow[] = [
  { name: 'events per request', value: '1', source: 'Sumatra docs, Event API' },
  { name: 'concurrent requests', value: `${defaultConcurrency} (--concurrency)`, source: 'scarf-cli' },
  { name: 'with --batch', value: '100 events, 1 MB, one request at once', source: 'scarf-cli' },
  { name: 'time of an event', value: 'the clock of Sumatra', source: 'Sumatra docs, Event API' },
];

export const sumatra: Vendor = {
  name: 'sumatra',
  title: 'Sumatra',
  example: 'scarf-cli ingest sumatra signups.ndjson --event-type signup --features --output answers.ndjson',
  replies: true,
  options: SUMATRA_OPTIONS,
  limits: SUMATRA_LIMITS,
  statuses: SUMATRA_STATUSES,
  otherStatuses: { 'with --batch': SUMATRA_BATCH_STATUSES },
  account: {
    options: ['apiUrl'],
    secret: () => ({ option: 'token', noun: 'API key' }),
    // The only documented route takes an event ("Sumatra docs, Event API").
    ask: async () => ({ kind: 'unchecked', why: 'Sumatra has no route that takes a key and no event' }),
  },
  createTarget: async (settings, targetContext) => {
    const { createSumatraTarget } = await import('./target.ts');
    return createSumatraTarget(valuesOf(SUMATRA_OPTIONS, settings), targetContext);
  },
};
