/** The options of `imports`. */
import { DEADLINE_OPTION } from '../../application/options/common.ts';
import { DEBUG_OPTIONS } from '../../application/options/debug.ts';
import { LISTING_OPTIONS } from '../../application/options/listing.ts';
import { DEFAULT_RETRIES } from '../../retry.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';
import { SCARF_ACCOUNT_OPTIONS } from '../../vendors/scarf/options.ts';

export const IMPORTS_OPTIONS = [
  ...SCARF_ACCOUNT_OPTIONS,
  DEADLINE_OPTION,
  {
    name: 'retries',
    flags: '--retries <n>',
    description: 'retries per request',
    kind: 'count',
    default: DEFAULT_RETRIES.imports,
  },
  { name: 'json', flags: '--json', description: 'print JSON on one line', kind: 'flag', default: false },
  ...DEBUG_OPTIONS,
] as const satisfies readonly OptionSpec[];

/** How many imports are listed where nothing says how many; what is left out is then told. */
export const listedAtMost = 30;

export const LIST_OPTIONS = [
  ...IMPORTS_OPTIONS,
  ...LISTING_OPTIONS,
  {
    name: 'status',
    flags: '--status <status>',
    description: 'only these',
    choices: ['importing', 'done', 'aborted'],
    repeatable: true,
  },
  {
    name: 'limit',
    flags: '--limit <n>',
    description: `maximum number, newest first (default: ${listedAtMost})`,
    kind: 'count',
  },
] as const satisfies readonly OptionSpec[];

const everySecond = 1_000;

export const WATCH_OPTIONS = [
  ...IMPORTS_OPTIONS,
  {
    name: 'interval',
    flags: '--interval <duration>',
    description: 'time between two looks, each of which is a request',
    kind: 'duration',
    minimum: everySecond,
    default: 5 * everySecond,
  },
] as const satisfies readonly OptionSpec[];

export const ABORT_OPTIONS = [
  ...IMPORTS_OPTIONS,
  {
    name: 'all',
    flags: '--all',
    description: 'every active import of the owner',
    kind: 'flag',
    default: false,
  },
  { name: 'yes', flags: '--yes', description: 'with --all: do not ask', kind: 'flag', default: false },
] as const satisfies readonly OptionSpec[];

export type ImportsSettings = ValuesOf<typeof IMPORTS_OPTIONS>;
export type ListSettings = ValuesOf<typeof LIST_OPTIONS>;
export type WatchSettings = ValuesOf<typeof WATCH_OPTIONS>;
export type AbortSettings = ValuesOf<typeof ABORT_OPTIONS>;
