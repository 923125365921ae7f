/** The options of every command that prints a list: one rule for all of them. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import { readNames } from './names.ts';

export const LISTING_OPTIONS = [
  {
    name: 'output',
    flags: '--output <form>',
    description: 'how the list is printed; default: table',
    choices: ['table', 'json', 'csv'],
    insteadOf: ['json'],
  },
  {
    name: 'columns',
    flags: '--columns <names>',
    description: 'only these columns, in this order (comma-separated)',
    parse: readNames,
  },
  { name: 'jq', flags: '--jq <filter>', description: 'filter the JSON with a jq expression' },
] as const satisfies readonly OptionSpec[];
