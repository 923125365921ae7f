/** The options of `runs`. */
import { DEADLINE_OPTION } from '../../application/options/common.ts';
import { DEBUG_OPTIONS } from '../../application/options/debug.ts';
import { HTML_OPTION } from '../../application/options/html.ts';
import { LISTING_OPTIONS } from '../../application/options/listing.ts';
import { STORAGE_OPTIONS } from '../../application/options/storage.ts';
import { REJECTS_META_SUFFIX } from '../../delivery/outputs/rejects.ts';
import { DEFAULT_RETRIES } from '../../retry.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { msPerDay } from '../../calendar.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import { STATE_DIRECTORY_OPTION } from '../../settings/state-directory.ts';
import type { ValuesOf } from '../../settings/values.ts';

const JSON_OPTION = {
  name: 'json',
  flags: '--json',
  description: 'print JSON on one line',
  kind: 'flag',
  default: false,
} as const satisfies OptionSpec;

export const RUNS_OPTIONS = [STATE_DIRECTORY_OPTION, JSON_OPTION] as const satisfies readonly OptionSpec[];

/**
 * Without the environment variable, which applies to new runs: a run keeps the profile that it began with.
 */
const { environment: _variable, ...RUN_PROFILE_OPTION } = PROFILE_OPTION;
export const LIST_RUNS_OPTIONS = [
  ...RUNS_OPTIONS,
  ...LISTING_OPTIONS.map((spec) => ({ ...spec, uselessWith: ['lastSuccess'] })),
  {
    name: 'lastSuccess',
    flags: '--last-success',
    description: 'print only when the last run with exit code 0 ended (exit 3 when there is none)',
    kind: 'flag',
    default: false,
  },
] as const satisfies readonly OptionSpec[];

export const SHOW_OPTIONS = [...RUNS_OPTIONS, HTML_OPTION] as const satisfies readonly OptionSpec[];

export const RESUME_OPTIONS = [
  ...RUNS_OPTIONS,
  {
    name: 'input',
    flags: '--input <file>',
    description: 'where an input is now that was renamed or moved (where none is missing: all of them)',
    repeatable: true,
    path: { role: 'input' },
  },
  { ...RUN_PROFILE_OPTION, description: 'saved settings to take secrets from (default: those of the run)' },
  DEADLINE_OPTION,
  {
    name: 'quiet',
    flags: '-q, --quiet',
    description: 'print errors only (default: as the run did)',
    kind: 'flag',
    default: false,
  },
  ...DEBUG_OPTIONS,
] as const satisfies readonly OptionSpec[];

export const PRUNE_OPTIONS = [
  ...RUNS_OPTIONS,
  {
    name: 'olderThan',
    flags: '--older-than <duration>',
    description: 'not used for this long',
    kind: 'duration',
    default: 30 * msPerDay,
  },
] as const satisfies readonly OptionSpec[];

export const MERGE_OPTIONS = [
  JSON_OPTION,
  {
    name: 'rejects',
    flags: '--rejects <file>',
    description:
      'put the rejects of all parts into this file, each format into one of its own (default: they stay where they are)',
    path: { role: 'output', beside: [REJECTS_META_SUFFIX] },
  },
  {
    name: 'overwrite',
    flags: '--overwrite',
    description: 'replace files that stand where --rejects goes',
    kind: 'flag',
    default: false,
  },
  ...STORAGE_OPTIONS,
  {
    name: 'retries',
    group: 'storage',
    flags: '--retries <n>',
    description: 'retries per request to a bucket',
    kind: 'count',
    default: DEFAULT_RETRIES.delivery,
  },
] as const satisfies readonly OptionSpec[];

export type MergeSettings = ValuesOf<typeof MERGE_OPTIONS>;
export type RunsSettings = ValuesOf<typeof RUNS_OPTIONS>;
export type ListRunsSettings = ValuesOf<typeof LIST_RUNS_OPTIONS>;
export type ShowSettings = ValuesOf<typeof SHOW_OPTIONS>;
export type ResumeSettings = ValuesOf<typeof RESUME_OPTIONS>;
export type PruneSettings = ValuesOf<typeof PRUNE_OPTIONS>;
