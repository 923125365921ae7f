/** The options of Sumatra, and the types of their values. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';
import { defaultConcurrency } from './rules.ts';

export const SUMATRA_OPTIONS = [
  {
    name: 'token',
    group: 'account',
    common: true,
    fileFlags: '--token-file <path>',
    commandOption: 'tokenCommand',
    environment: ['SUMATRA_API_KEY'],
    description: 'API key of Sumatra',
    secret: true,
  },
  {
    name: 'tokenCommand',
    group: 'account',
    flags: '--token-command <command>',
    environment: ['SUMATRA_API_KEY_COMMAND'],
    description: 'command that prints the API key of Sumatra',
  },
  {
    name: 'apiUrl',
    group: 'account',
    environment: ['SUMATRA_API_URL'],
    description: 'base URL of the API',
    default: 'https://api.sumatra.ai',
    recipe: true,
  },
  {
    name: 'eventType',
    group: 'reshaping',
    common: true,
    flags: '--event-type <name>',
    description: '_type for rows that have none',
    recipe: true,
  },
  {
    name: 'decisions',
    group: 'delivery',
    flags: '--decisions',
    description: 'request the decisions on each event',
  },
  {
    name: 'rules',
    group: 'delivery',
    flags: '--rules',
    description: 'request the rules that fired',
  },
  {
    name: 'features',
    group: 'delivery',
    flags: '--features',
    description: 'request the enriched features',
  },
  {
    name: 'concurrency',
    group: 'delivery',
    flags: '--concurrency <n>',
    description: 'requests in flight at once (1 with --batch)',
    default: defaultConcurrency,
    kind: 'count',
    minimum: 1,
  },
  {
    name: 'batch',
    group: 'delivery',
    flags: '--batch',
    description: 'send several events in a request (undocumented endpoint)',
  },
] as const satisfies readonly OptionSpec[];

export type SumatraSettings = ValuesOf<typeof SUMATRA_OPTIONS>;
