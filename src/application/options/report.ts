/** The options of `report`. */
import { PAGE_PREFIX } from '../../page/prefix.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';
import { QUIET_OPTION, DEADLINE_OPTION, isFileName } from './common.ts';
import { DEBUG_OPTIONS } from './debug.ts';

export const REPORT_OPTIONS = [
  {
    name: 'output',
    group: 'output',
    common: true,
    flags: '--output <file>',
    path: {
      role: 'output',
      isFile: isFileName,
      replaces: {
        name: 'a page of scarf-cli',
        beginning: PAGE_PREFIX,
        hint: 'give the page another name, or pass --overwrite',
      },
    },
    description: 'the page, one HTML file; - for standard output',
    default: '-',
  },
  {
    name: 'title',
    group: 'output',
    common: true,
    flags: '--title <text>',
    description: 'heading of the page',
    default: 'Scarf report',
  },
  {
    name: 'table',
    group: 'input',
    flags: '--table <name>',
    description: 'PostgreSQL: read this table only (default: those that exports write)',
    repeatable: true,
  },
  {
    name: 'overwrite',
    group: 'output',
    flags: '--overwrite',
    description: 'replace a file that stands where the page goes, whatever it is',
    kind: 'flag',
    default: false,
  },
  {
    name: 'json',
    group: 'output',
    common: true,
    flags: '--json',
    description: 'one JSON document on standard output (on standard error when that has the page)',
    kind: 'flag',
    default: false,
  },
  QUIET_OPTION,
  DEADLINE_OPTION,
  ...DEBUG_OPTIONS,
] as const satisfies readonly OptionSpec[];

export type ReportSettings = ValuesOf<typeof REPORT_OPTIONS>;
