/** The options that every delivery has, whichever the vendor. */
import { DEFAULT_RETRIES } from '../../retry.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { CI_PREFIXES, REPORT_FORMATS } from '../../report/ci/formats.ts';
import { REPORT_PREFIX } from '../../report/delivery/document.ts';
import {
  QUIET_OPTION,
  COLOR_OPTION,
  DEADLINE_OPTION,
  isFileName,
  REJECT_OPTIONS,
  existingFileOptions,
} from './common.ts';
import { STATE_DIRECTORY_OPTION } from '../../settings/state-directory.ts';
import type { ValuesOf } from '../../settings/values.ts';
import { CHUNK_SIZE_OPTION, SCARF_OPTIONS } from '../../vendors/scarf/options.ts';
import { scarf } from '../../vendors/scarf/vendor.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { FLUSH_INTERVAL_OPTION, JOB_OPTIONS } from './automation.ts';
import { DEBUG_OPTIONS } from './debug.ts';
import { HTML_OPTION } from './html.ts';
import { rowOptions, type RowSettings } from './rows.ts';
import { SHARD_OPTIONS } from './shards.ts';
import { STORAGE_OPTIONS } from './storage.ts';
import { THREADS_OPTION } from './threads.ts';

const DELIVERY_OPTIONS = [
  {
    name: 'retries',
    group: 'delivery',
    flags: '--retries <n>',
    description: 'retries per request; waiting for an upload slot does not count',
    kind: 'count',
    default: DEFAULT_RETRIES.delivery,
  },
  DEADLINE_OPTION,
  {
    name: 'wait',
    group: 'delivery',
    common: true,
    flags: '--no-wait',
    description: 'do not wait for accepted imports to finish',
    kind: 'flag',
    default: true,
  },
  ...REJECT_OPTIONS,
  ...existingFileOptions({
    replaced: '--rejects, --output and --report go',
    extended: '--rejects and --output go',
  }),
  {
    name: 'onUnknown',
    group: 'delivery',
    flags: '--on-unknown <action>',
    description: 'rows without ids that may have arrived: keep them as unknown, or resend them',
    choices: ['stop', 'resend'],
    default: 'stop',
  },
  {
    name: 'compressionLevel',
    group: 'delivery',
    flags: '--compression-level <level>',
    description: 'gzip compression level, 1 to 9',
    parse: parseLevel,
    default: 1,
  },
  THREADS_OPTION,
  {
    name: 'again',
    group: 'delivery',
    flags: '--again',
    description: 'deliver again, with the same ids',
    kind: 'flag',
    default: false,
  },
  {
    name: 'salt',
    group: 'delivery',
    flags: '--salt <text>',
    description: 'treat this as another delivery, with its own ids',
    recipe: true,
  },
  {
    name: 'ledger',
    group: 'delivery',
    flags: '--no-ledger',
    description: 'keep no ledger to resume from; only when every row has an id',
    kind: 'flag',
    default: true,
  },
  {
    name: 'allowEmpty',
    group: 'delivery',
    flags: '--allow-empty',
    description: 'accept patterns that match no file',
    kind: 'flag',
    default: false,
  },
  {
    name: 'dryRun',
    group: 'delivery',
    common: true,
    flags: '--dry-run',
    description: 'do everything but send, and report what would be sent',
    kind: 'flag',
    default: false,
  },
  STATE_DIRECTORY_OPTION,
  ...STORAGE_OPTIONS,
] as const satisfies readonly OptionSpec[];

/** For a vendor that answers each row. */
const REPLIES_OPTION = {
  name: 'output',
  group: 'output',
  common: true,
  flags: '--output <file>',
  path: { role: 'output', mayBeAddress: true, isFile: isFileName },
  description:
    "where the vendor's replies go: NDJSON, one per event with its input line, in input order; - for standard output",
} as const satisfies OptionSpec;

/** A report that an earlier run wrote, in any form. */
const ANY_REPORT = new RegExp([REPORT_PREFIX, ...CI_PREFIXES].map(({ source }) => source).join('|'));

/** How a run shows itself. */
const DISPLAY_OPTIONS = [
  {
    name: 'json',
    group: 'output',
    common: true,
    flags: '--json',
    description: 'print one JSON document as the last line of stdout (of stderr when stdout has rows)',
    kind: 'flag',
    default: false,
  },
  {
    name: 'report',
    group: 'output',
    flags: '--report <file>',
    description: 'write the same document to a file',
    path: {
      role: 'output',
      mayBeAddress: true,
      isFile: isFileName,
      replaces: {
        name: 'a report of scarf-cli',
        beginning: ANY_REPORT,
        hint: 'give the report another name, or pass --overwrite',
      },
    },
  },
  {
    name: 'reportFormat',
    group: 'output',
    flags: '--report-format <format>',
    description: 'format of the report: JSON, code quality of GitLab, or JUnit',
    choices: REPORT_FORMATS,
    needs: ['report'],
    default: 'json',
  },
  QUIET_OPTION,
  {
    name: 'progress',
    group: 'output',
    flags: '--progress <mode>',
    description: 'how progress is shown: live block, plain lines, NDJSON events, or nothing',
    choices: ['auto', 'plain', 'json', 'none'],
    default: 'auto',
  },
  COLOR_OPTION,
] as const satisfies readonly OptionSpec[];

/** What every delivery has behind the options of its vendor and of its rows. */
export const RUN_OPTIONS = [
  ...SHARD_OPTIONS,
  ...DELIVERY_OPTIONS,
  ...DISPLAY_OPTIONS,
] as const satisfies readonly OptionSpec[];

/** Of what sends: a check does not have them. */
const SENDING_OPTIONS = [
  HTML_OPTION,
  ...JOB_OPTIONS,
  FLUSH_INTERVAL_OPTION,
] as const satisfies readonly OptionSpec[];

/** The options of `import`. */
export const IMPORT_OPTIONS = [
  ...SCARF_OPTIONS,
  ...rowOptions(scarf),
  CHUNK_SIZE_OPTION,
  ...RUN_OPTIONS,
  ...SENDING_OPTIONS,
  ...DEBUG_OPTIONS,
] as const satisfies readonly OptionSpec[];

/** The options of a vendor's `ingest` command. */
export function ingestOptions(vendor: Vendor) {
  const replies = vendor.replies === true ? [REPLIES_OPTION] : [];
  return [
    ...vendor.options,
    ...replies,
    ...rowOptions(vendor),
    ...RUN_OPTIONS,
    ...SENDING_OPTIONS,
    ...DEBUG_OPTIONS,
  ] as const satisfies readonly OptionSpec[];
}

/** The values of a delivery's own options and of those of its rows; those that some vendors have may be absent. */
export type DeliverySettings = ValuesOf<typeof RUN_OPTIONS> &
  Partial<ValuesOf<typeof SENDING_OPTIONS>> &
  Partial<ValuesOf<[typeof REPLIES_OPTION]>> &
  Partial<Pick<ValuesOf<typeof SCARF_OPTIONS>, 'strictCounters'>> &
  RowSettings;

function parseLevel(text: string): number {
  const level = Number(text);
  if (!Number.isInteger(level) || level < 1 || level > 9)
    throw new Error(`"${text}" is not a level from 1 to 9`);
  return level;
}
