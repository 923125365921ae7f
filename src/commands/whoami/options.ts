/** The options of `whoami`. */
import type { OptionSpec } from '../../settings/option-spec.ts';

export const WHOAMI_OPTIONS = [
  { name: 'json', flags: '--json', description: 'print JSON on one line', kind: 'flag', default: false },
] as const satisfies readonly OptionSpec[];
