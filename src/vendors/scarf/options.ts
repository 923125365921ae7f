/** The options of Scarf, and the types of their values. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';
import { defaultChunkBytes, maxActiveImports } from './rules.ts';

/** Options for account and address, shared with the commands that read from Scarf. */
export const SCARF_ACCOUNT_OPTIONS = [
  {
    name: 'owner',
    group: 'account',
    common: true,
    flags: '--owner <name>',
    environment: ['SCARF_OWNER', 'SCARF_ENTITY_NAME'],
    description: 'user or organization that owns the artifacts',
    recipe: true,
  },
  {
    name: 'token',
    group: 'account',
    common: true,
    fileFlags: '--token-file <path>',
    commandOption: 'tokenCommand',
    environment: ['SCARF_API_TOKEN'],
    description: 'API token of Scarf',
    secret: true,
  },
  {
    name: 'tokenCommand',
    group: 'account',
    flags: '--token-command <command>',
    environment: ['SCARF_API_TOKEN_COMMAND'],
    description: 'command that prints the API token of Scarf',
  },
  {
    name: 'apiUrl',
    group: 'account',
    environment: ['SCARF_API_URL'],
    description: 'base URL of the API',
    default: 'https://api.scarf.sh',
    recipe: true,
  },
] as const satisfies readonly OptionSpec[];

/** Options of `import`. */
export const SCARF_OPTIONS = [
  ...SCARF_ACCOUNT_OPTIONS,
  {
    name: 'package',
    group: 'account',
    common: true,
    flags: '--package <id>',
    description: 'package of all rows (default: each row names its own)',
    recipe: true,
    insteadOf: ['pixel'],
  },
  {
    name: 'pixel',
    group: 'account',
    flags: '--pixel <id>',
    description: 'tracking pixel of all rows (default: each row names its own)',
    recipe: true,
    insteadOf: ['package'],
  },
  {
    name: 'maxActive',
    group: 'delivery',
    flags: '--max-active <n>',
    description: 'maximum active imports of the account, those of other runs included',
    default: maxActiveImports,
    kind: 'count',
    minimum: 1,
  },
  {
    name: 'strictCounters',
    group: 'delivery',
    flags: '--strict-counters',
    description:
      "events that an import's counters leave out are unknown (exit 8), unless they may have been sent twice",
  },
  {
    name: 'contentType',
    group: 'delivery',
    flags: '--content-type <type>',
    description: 'content type of uploads; others are tried only after a 415',
    default: 'application/x-ndjson',
  },
] as const satisfies readonly OptionSpec[];

/** Scarf accepts imports of any size, but what a crash or a refusal affects should be small. */
export const CHUNK_SIZE_OPTION = {
  name: 'chunkSize',
  group: 'delivery',
  flags: '--chunk-size <size>',
  description: 'size of one import, before compression',
  kind: 'byteSize',
  minimum: 1,
  default: defaultChunkBytes,
} as const satisfies OptionSpec;

/** Options from which the target is created. */
export const SCARF_TARGET_OPTIONS = [
  ...SCARF_OPTIONS,
  CHUNK_SIZE_OPTION,
] as const satisfies readonly OptionSpec[];

export type ScarfTargetSettings = ValuesOf<typeof SCARF_TARGET_OPTIONS>;
