/** Scarf, described: options, limits and what its statuses mean. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { LimitRow, Vendor } from '../vendor.ts';
import { maxActiveImports, maxUploads, SCARF_STATUSES } from './rules.ts';

/** What says who and where; shared with the commands that read from Scarf. */
export const SCARF_ACCOUNT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'owner',
    flags: '--owner <name>',
    environment: ['SCARF_OWNER', 'SCARF_ENTITY_NAME'],
    description: 'user or organization that owns the artifacts',
    recipe: true,
  },
  {
    name: 'token',
    fileFlags: '--token-file <path>',
    environment: ['SCARF_API_TOKEN'],
    description: 'API token of Scarf',
    secret: true,
  },
  {
    name: 'apiUrl',
    environment: ['SCARF_API_URL'],
    description: 'base URL of the API',
    default: 'https://api.scarf.sh',
    recipe: true,
  },
];

/** Options of `import`. */
const SCARF_OPTIONS: readonly OptionSpec[] = [
  ...SCARF_ACCOUNT_OPTIONS,
  {
    name: 'package',
    flags: '--package <id>',
    description: 'package of all rows (default: each row names its own)',
    recipe: true,
  },
  {
    name: 'pixel',
    flags: '--pixel <id>',
    description: 'tracking pixel of all rows (default: each row names its own)',
    recipe: true,
  },
  {
    name: 'maxActive',
    flags: '--max-active <n>',
    description: 'maximum active imports of the account, those of other runs included',
    default: maxActiveImports,
    kind: 'count',
    minimum: 1,
  },
  {
    name: 'strictCounters',
    flags: '--strict-counters',
    description:
      "events that an import's counters leave out are unknown (exit 8), unless they may have been sent twice",
  },
  {
    name: 'contentType',
    flags: '--content-type <type>',
    description: 'content type of uploads; others are tried only after a 415',
    default: 'application/x-ndjson',
  },
];

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

export const scarf: Vendor = {
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
  createTarget: async (settings, targetContext) => {
    const { createScarfTarget } = await import('./target.ts');
    return createScarfTarget(settings, targetContext);
  },
};
