/** The options of `runs`. */
import { DEADLINE_OPTION } from '../../application/options/common.ts';
import { DEBUG_OPTIONS } from '../../application/options/debug.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { msPerDay } from '../../calendar.ts';
import { STATE_DIRECTORY_OPTION } from '../../settings/state-directory.ts';
import type { ValuesOf } from '../../settings/values.ts';

export const RUNS_OPTIONS = [
  STATE_DIRECTORY_OPTION,
  { name: 'json', flags: '--json', description: 'print JSON on one line', kind: 'flag', default: false },
] as const satisfies readonly OptionSpec[];

export const RESUME_OPTIONS = [
  ...RUNS_OPTIONS,
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
export type ResumeSettings = ValuesOf<typeof RESUME_OPTIONS>;
export type PruneSettings = ValuesOf<typeof PRUNE_OPTIONS>;
