/** Describes Scarf: options, limits and statuses. */
import { valuesOf } from '../../settings/values.ts';
import type { LimitRow, Vendor } from '../vendor.ts';
import { SCARF_OPTIONS, SCARF_TARGET_OPTIONS } from './options.ts';
import { maxActiveImports, maxUploads, SCARF_STATUSES } from './rules.ts';

const SCARF_LIMITS: readonly LimitRow[] = [
  {
    name: 'active imports',
    value: `${maxActiveImports} per owner`,
    source: 'Scarf docs, Importing events, 2026-06',
  },
  { name: 'rows per import', value: 'no limit', source: 'Scarf docs, Importing events, 2024-07' },
  { name: 'bytes per import', value: '32 MiB (--chunk-size)', source: 'scarf-cli' },
  { name: 'uploads at once', value: String(maxUploads), source: 'scarf-cli' },
  { name: 'age of $time', value: '7 days (--old-events)', source: 'Scarf docs, Importing events, 2026-06' },
];

export const scarf = {
  name: 'scarf',
  title: 'Scarf',
  example: 'scarf-cli import events.ndjson --owner acme',
  idField: '$unique_id',
  logFields: {
    time: '$time',
    address: '$remote_address',
    agent: '$user_agent',
    referrer: '$referrer',
    domain: '$domain',
  },
  ages: true,
  options: SCARF_OPTIONS,
  limits: SCARF_LIMITS,
  statuses: SCARF_STATUSES,
  account: {
    options: ['apiUrl', 'owner'],
    secret: () => ({ option: 'token', noun: 'API token' }),
    ask: async (question, signal) => {
      const { askScarfAccount } = await import('./ask-account.ts');
      return askScarfAccount(question, signal);
    },
    registeredOwner: async (question, signal) => {
      const { registeredOwner } = await import('./registered-owner.ts');
      return registeredOwner(question, signal);
    },
  },
  createTarget: async (settings, targetContext) => {
    const { createScarfTarget } = await import('./target.ts');
    return createScarfTarget(valuesOf(SCARF_TARGET_OPTIONS, settings), targetContext);
  },
} as const satisfies Vendor;
