/** Sumatra, described: options, limits and what its statuses mean. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { LimitRow, Vendor } from '../vendor.ts';
import { defaultConcurrency, SUMATRA_BATCH_STATUSES, SUMATRA_STATUSES } from './rules.ts';

const SUMATRA_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'token',
    fileFlags: '--token-file <path>',
    environment: ['SUMATRA_API_KEY'],
    description: 'API key of Sumatra',
    secret: true,
  },
  {
    name: 'apiUrl',
    environment: ['SUMATRA_API_URL'],
    description: 'base URL of the API',
    default: 'https://api.sumatra.ai',
    recipe: true,
  },
  {
    name: 'eventType',
    flags: '--event-type <name>',
    description: '_type for rows that have none',
    recipe: true,
  },
  { name: 'decisions', flags: '--decisions', description: 'request the decisions on each event' },
  { name: 'rules', flags: '--rules', description: 'request the rules that fired' },
  { name: 'features', flags: '--features', description: 'request the enriched features' },
  {
    name: 'concurrency',
    flags: '--concurrency <n>',
    description: 'requests in flight at once (1 with --batch)',
    default: defaultConcurrency,
    kind: 'count',
    minimum: 1,
  },
  {
    name: 'batch',
    flags: '--batch',
    description: 'send several events in a request (undocumented endpoint)',
  },
];

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
  createTarget: async (settings, targetContext) => {
    const { createSumatraTarget } = await import('./target.ts');
    return createSumatraTarget(settings, targetContext);
  },
};
