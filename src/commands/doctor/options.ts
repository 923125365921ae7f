/** The options of `doctor` in addition to those of the vendor. */
import { DEADLINE_OPTION } from '../../application/options/common.ts';
import { DEBUG_OPTIONS } from '../../application/options/debug.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { STATE_DIRECTORY_OPTION } from '../../settings/state-directory.ts';
import type { ValuesOf } from '../../settings/values.ts';

export const DOCTOR_OPTIONS = [
  DEADLINE_OPTION,
  STATE_DIRECTORY_OPTION,
  { name: 'json', flags: '--json', description: 'print one JSON document', kind: 'flag', default: false },
  { name: 'color', flags: '--no-color', description: 'disable colour', kind: 'flag', default: true },
  ...DEBUG_OPTIONS,
] as const satisfies readonly OptionSpec[];

export type DoctorSettings = ValuesOf<typeof DOCTOR_OPTIONS>;
