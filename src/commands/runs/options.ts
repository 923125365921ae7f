/** The options of `runs`. */
import { DEADLINE_OPTION } from '../../application/options/common.ts';
import { DEBUG_OPTIONS } from '../../application/options/debug.ts';
import { HTML_OPTION } from '../../application/options/html.ts';
import { LISTING_OPTIONS } from '../../application/options/listing.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { msPerDay } from '../../calendar.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import { STATE_DIRECTORY_OPTION } from '../../settings/state-directory.ts';
import type { ValuesOf } from '../../settings/values.ts';

export const RUNS_OPTIONS = [
  STATE_DIRECTORY_OPTION,
  { name: 'json', flags: '--json', description: 'print JSON on one line', kind: 'flag', default: false },
] as const satisfies readonly OptionSpec[];

/**
 * Without the environment variable, which applies to new runs: a run keeps the profile that it began with.
 */
const { environment: _variable, ...RUN_PROFILE_OPTION } = PROFILE_OPTION;
export const LIST_RUNS_OPTIONS = [
  ...RUNS_OPTIONS,
  ...LISTING_OPTIONS,
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
  { ...RUN_PROFILE_OPTION, description: 'saved settings to take secrets from (default: those of the run)' },
  DEADLINE_OPTION,
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

export type RunsSettings = ValuesOf<typeof RUNS_OPTIONS>;
export type ListRunsSettings = ValuesOf<typeof LIST_RUNS_OPTIONS>;
export type ShowSettings = ValuesOf<typeof SHOW_OPTIONS>;
export type ResumeSettings = ValuesOf<typeof RESUME_OPTIONS>;
export type PruneSettings = ValuesOf<typeof PRUNE_OPTIONS>;
