/** The options that only some datasets have. */
import { msPerDay } from '../../calendar.ts';
import { defaultDays } from '../../retrieval/dates/date-range.ts';
import { DATE_EXAMPLES } from '../../retrieval/dates/date-words.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { ROLLUPS } from '../../vendors/scarf/exports/aggregate-rules.ts';
import { readNames } from './names.ts';

const mebibyte = 1024 * 1024;

/** Of datasets that have days. */
const DATE_OPTIONS = [
  {
    name: 'from',
    group: 'selection',
    common: true,
    flags: '--from <date>',
    description: `first day, UTC: ${DATE_EXAMPLES}; a period alone is all of it (default: 31 days that end yesterday)`,
  },
  {
    name: 'to',
    group: 'selection',
    common: true,
    flags: '--to <date>',
    description: 'last day, inclusive, in the same forms',
  },
  {
    name: 'split',
    group: 'output',
    common: true,
    flags: '--split <by>',
    description: 'day: one file per day; --output is a directory',
    choices: ['day'],
  },
  {
    name: 'layout',
    group: 'output',
    flags: '--layout <layout>',
    description: 'hive for date=2026-11-01/ directories; files in them have no column of that name',
    choices: ['flat', 'hive'],
    needs: ['split'],
    default: 'flat',
  },
  {
    name: 'incremental',
    group: 'selection',
    common: true,
    flags: '--incremental',
    description: 'fetch only what the output lacks, and its last days again',
    kind: 'flag',
    default: false,
  },
  {
    name: 'lag',
    group: 'selection',
    flags: '--lag <duration>',
    description: 'days to fetch again, for rows that arrive late',
    kind: 'duration',
    needs: ['incremental'],
    default: 3 * msPerDay,
  },
  {
    name: 'concurrency',
    group: 'selection',
    flags: '--concurrency <n>',
    description: 'concurrent requests',
    kind: 'count',
    minimum: 1,
    default: 2,
  },
] as const satisfies readonly OptionSpec[];

/** Of raw events. */
export const EVENT_OPTIONS = [
  ...DATE_OPTIONS,
  {
    name: 'backfillDays',
    environment: ['BACKFILL_DAYS'],
    description: 'without --from: number of days to export, ending yesterday',
    kind: 'count',
    minimum: 1,
    default: defaultDays,
  },
  {
    name: 'window',
    group: 'selection',
    flags: '--window <duration>',
    description: 'maximum days per request',
    kind: 'duration',
    minimum: msPerDay,
    default: 31 * msPerDay,
  },
  {
    name: 'keepDuplicates',
    group: 'selection',
    flags: '--keep-duplicates',
    description: 'keep rows that Scarf delivers more than once',
    kind: 'flag',
    default: false,
  },
  {
    name: 'dedupeMemory',
    group: 'selection',
    flags: '--dedupe-memory <size>',
    description: 'memory for the ids of rows, about 24 bytes each; at most 3GiB are used',
    kind: 'byteSize',
    minimum: mebibyte,
    default: 512 * mebibyte,
    uselessWith: ['keepDuplicates'],
  },
] as const satisfies readonly OptionSpec[];

/** Which artifacts; of `events`. */
export const ARTIFACT_OPTIONS = [
  {
    name: 'package',
    group: 'selection',
    common: true,
    flags: '--package <id>',
    description: 'package by id, TYPE/NAME or name, or all (the default without a pixel)',
    repeatable: true,
    // That of a profile is the artifact of rows that are imported.
    notSaved: true,
  },
  {
    name: 'pixel',
    group: 'selection',
    common: true,
    flags: '--pixel <id>',
    description: 'tracking pixel by id or name, or all',
    repeatable: true,
    // That of a profile is the artifact of rows that are imported.
    notSaved: true,
  },
  {
    name: 'pixels',
    group: 'selection',
    common: true,
    flags: '--pixels',
    description: 'all tracking pixels',
    kind: 'flag',
    default: false,
  },
] as const satisfies readonly OptionSpec[];

/** Of `companies`. */
export const COMPANY_OPTIONS = [
  ...DATE_OPTIONS,
  {
    name: 'by',
    group: 'selection',
    flags: '--by <artifact>',
    description: 'per day and artifact, instead of one row per company',
    choices: ['package', 'pixel'],
  },
] as const satisfies readonly OptionSpec[];

/** Of `aggregates`. */
export const AGGREGATE_OPTIONS = [
  {
    name: 'rollup',
    group: 'selection',
    common: true,
    flags: '--rollup <bucket>',
    description: 'time bucket',
    choices: ROLLUPS,
    default: 'daily',
  },
  {
    name: 'breakdown',
    group: 'selection',
    common: true,
    flags: '--breakdown <names>',
    description: 'one or two dimensions (comma-separated): by-company,by-version',
    parse: readNames,
    default: [],
  },
  {
    name: 'api',
    group: 'selection',
    flags: '--api <version>',
    description: 'API version; v2 is legacy',
    choices: ['v3', 'v2'],
    default: 'v3',
  },
  {
    name: 'package',
    group: 'selection',
    common: true,
    flags: '--package <id>',
    description: 'package by id, TYPE/NAME or name; all or none',
    repeatable: true,
    // That of a profile is the artifact of rows that are imported.
    notSaved: true,
  },
  {
    name: 'pixel',
    group: 'selection',
    common: true,
    flags: '--pixel <id>',
    description: 'tracking pixel by id or name; all or none',
    repeatable: true,
    // That of a profile is the artifact of rows that are imported.
    notSaved: true,
  },
  {
    name: 'pixelsOf',
    group: 'selection',
    flags: '--pixels-of <package>',
    description: 'the tracking pixels of one package',
  },
  {
    name: 'query',
    group: 'selection',
    flags: '--query <names>',
    description: 'artifacts by name pattern: *, {a,b}; commas mean or',
  },
  {
    name: 'filter',
    group: 'selection',
    flags: '--filter <id>',
    description: 'id of a filter saved in Scarf',
  },
  { name: 'company', group: 'selection', flags: '--company <domain>', description: 'one company only' },
  {
    name: 'mergeArtifacts',
    group: 'selection',
    flags: '--merge-artifacts',
    description: 'merge all packages into one row, all pixels into another',
    kind: 'flag',
    default: false,
  },
  {
    name: 'lowConfidence',
    group: 'selection',
    flags: '--no-low-confidence',
    description: 'leave out low-confidence company matches',
    kind: 'flag',
    default: true,
  },
  ...DATE_OPTIONS,
] as const satisfies readonly OptionSpec[];
