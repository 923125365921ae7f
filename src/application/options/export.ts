/** The options of `export`, declared as data. */
import { isAddress } from '../../contracts/storage.ts';
import { DEFAULT_RETRIES } from '../../retry.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { OUTPUT_FORMATS } from '../../encoders/outputs.ts';
import { STATE_DIRECTORY_OPTION } from '../../settings/state-directory.ts';
import type { ValuesOf } from '../../settings/values.ts';
import { SCARF_ACCOUNT_OPTIONS } from '../../vendors/scarf/options.ts';
import {
  QUIET_OPTION,
  COLOR_OPTION,
  DEADLINE_OPTION,
  REJECT_OPTIONS,
  existingFileOptions,
} from './common.ts';
import { AGGREGATE_OPTIONS, ARTIFACT_OPTIONS, COMPANY_OPTIONS, EVENT_OPTIONS } from './datasets.ts';
import { readNames } from './names.ts';
import { JOB_OPTIONS } from './automation.ts';
import { DEBUG_OPTIONS } from './debug.ts';
import { POSTGRES_OPTIONS } from './postgres.ts';
import { ROWS_PAGE_OPTION } from './rows-page.ts';
import { SHARD_OPTION } from './shards.ts';
import { STORAGE_OPTIONS } from './storage.ts';

/** Of every dataset. */
const COMMON_EXPORT_OPTIONS = [
  ...SCARF_ACCOUNT_OPTIONS,
  DEADLINE_OPTION,
  {
    name: 'output',
    group: 'output',
    common: true,
    flags: '--output <where>',
    path: { role: 'output', mayBeAddress: true, isFile: isFileName },
    description: 'FILE, DIR/, either at s3://BUCKET/, - (standard output) or postgres:',
    default: '-',
  },
  {
    name: 'format',
    group: 'output',
    common: true,
    flags: '--format <format>',
    description: 'output format (default: by file name, else csv)',
    choices: OUTPUT_FORMATS,
    // That of a profile is the format of inputs.
    notSaved: true,
  },
  {
    name: 'columns',
    group: 'output',
    common: true,
    flags: '--columns <names>',
    description: 'only these columns, in this order (comma-separated)',
    parse: readNames,
  },
  {
    name: 'excelSafe',
    group: 'output',
    flags: '--excel-safe',
    description: 'CSV: escape cells that a spreadsheet would take for a formula; implies --bom',
    kind: 'flag',
    default: false,
  },
  {
    name: 'bom',
    group: 'output',
    flags: '--bom',
    description: 'CSV: start with a byte order mark, so that spreadsheets read UTF-8',
    kind: 'flag',
    default: false,
  },
  {
    name: 'manifest',
    group: 'output',
    flags: '--manifest',
    description: 'write a manifest beside the output: files, rows, columns, SHA-256',
    kind: 'flag',
    default: false,
  },
  {
    name: 'retries',
    group: 'delivery',
    flags: '--retries <n>',
    description: 'retries per request',
    kind: 'count',
    default: DEFAULT_RETRIES.export,
  },
  {
    name: 'json',
    group: 'output',
    common: true,
    flags: '--json',
    description: 'one JSON document on standard output (on standard error when that has the rows)',
    kind: 'flag',
    default: false,
  },
  QUIET_OPTION,
  {
    name: 'progress',
    group: 'output',
    flags: '--progress <mode>',
    description: 'how progress is shown on standard error',
    choices: ['auto', 'plain', 'json', 'none'],
    default: 'auto',
  },
  COLOR_OPTION,
  {
    name: 'summary',
    group: 'output',
    common: true,
    flags: '--summary',
    description: 'print what the rows hold: rows a day, top countries, companies and versions',
    kind: 'flag',
    default: false,
  },
  {
    name: 'ascii',
    group: 'output',
    flags: '--ascii',
    description: 'nothing but ASCII',
    kind: 'flag',
    needs: ['summary'],
    default: false,
  },
  ROWS_PAGE_OPTION,
  ...REJECT_OPTIONS,
  ...existingFileOptions({ replaced: '--rejects goes', extended: '--rejects goes' }),
  STATE_DIRECTORY_OPTION,
  ...STORAGE_OPTIONS,
  ...POSTGRES_OPTIONS,
  ...JOB_OPTIONS,
  ...DEBUG_OPTIONS,
] as const satisfies readonly OptionSpec[];

/** Days are what an export is divided by. */
const DAYS_SHARD_OPTION = {
  ...SHARD_OPTION,
  group: 'selection',
  // That of a profile is the share of inputs.
  notSaved: true,
  description:
    'fetch every n-th day, as part i of n, counted from 0; with --split day; auto (or auto/n): the part that the engine names',
} as const satisfies OptionSpec;

/** The options of each dataset. */
export const EXPORT_OPTIONS = {
  events: [...COMMON_EXPORT_OPTIONS, ...ARTIFACT_OPTIONS, ...EVENT_OPTIONS, DAYS_SHARD_OPTION],
  'company-events': [...COMMON_EXPORT_OPTIONS, ...EVENT_OPTIONS],
  companies: [...COMMON_EXPORT_OPTIONS, ...COMPANY_OPTIONS],
  scores: COMMON_EXPORT_OPTIONS,
  aggregates: [...COMMON_EXPORT_OPTIONS, ...AGGREGATE_OPTIONS],
} as const satisfies Record<string, readonly OptionSpec[]>;

export type DatasetName = keyof typeof EXPORT_OPTIONS;

/** The values of the options of any dataset; those that a dataset does not have are absent. */
export type ExportSettings = ValuesOf<typeof COMMON_EXPORT_OPTIONS> &
  Partial<
    ValuesOf<
      [
        ...typeof ARTIFACT_OPTIONS,
        ...typeof EVENT_OPTIONS,
        ...typeof COMPANY_OPTIONS,
        ...typeof AGGREGATE_OPTIONS,
        typeof DAYS_SHARD_OPTION,
      ]
    >
  >;

/** Standard output, databases and objects in buckets are no files. */
function isFileName(text: string): boolean {
  return text !== '-' && !isAddress(text) && !/^postgres(ql)?:/i.test(text);
}
