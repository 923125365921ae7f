/** The options of Moesif, and the types of their values. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';
import { defaultBatch } from './rules.ts';

export const MOESIF_OPTIONS = [
  {
    name: 'token',
    group: 'account',
    common: true,
    fileFlags: '--token-file <path>',
    commandOption: 'tokenCommand',
    environment: ['MOESIF_APPLICATION_ID'],
    description: 'collector application id of Moesif',
    secret: true,
  },
  {
    name: 'tokenCommand',
    group: 'account',
    flags: '--token-command <command>',
    environment: ['MOESIF_APPLICATION_ID_COMMAND'],
    description: 'command that prints the collector application id of Moesif',
  },
  {
    name: 'apiUrl',
    group: 'account',
    environment: ['MOESIF_API_URL'],
    description: 'base URL of the collector, without /v1',
    default: 'https://api.moesif.net',
    recipe: true,
  },
  {
    name: 'pathPrefix',
    group: 'account',
    flags: '--path-prefix <prefix>',
    description: 'path before /events; /moesifapi in 2016',
    default: '/v1',
    recipe: true,
  },
  {
    name: 'actions',
    group: 'delivery',
    common: true,
    flags: '--actions',
    description: 'send rows as user actions, not API calls',
    recipe: true,
  },
  {
    name: 'single',
    group: 'delivery',
    flags: '--single',
    description: 'send one event per request',
  },
  {
    name: 'batchEvents',
    group: 'delivery',
    flags: '--batch-events <n>',
    description: 'maximum events per request',
    default: defaultBatch.events,
    kind: 'count',
    minimum: 1,
    uselessWith: ['single'],
  },
  {
    name: 'batchBytes',
    group: 'delivery',
    flags: '--batch-bytes <size>',
    description: 'maximum uncompressed bytes per request: at most 50MB, for actions 15MB',
    default: defaultBatch.bytes,
    kind: 'byteSize',
    minimum: 1000,
  },
] as const satisfies readonly OptionSpec[];

export type MoesifSettings = ValuesOf<typeof MOESIF_OPTIONS>;
