/** Options of exports into PostgreSQL. */
import type { OptionSpec } from '../../settings/option-spec.ts';

/** Of outputs in PostgreSQL, and refused with others, but for `--evolve`. */
export const POSTGRES_OPTIONS = [
  {
    name: 'table',
    group: 'output',
    common: true,
    flags: '--table <name>',
    description: 'PostgreSQL: TABLE or SCHEMA.TABLE (default: scarf_events_raw and the like)',
  },
  {
    name: 'createTable',
    group: 'output',
    flags: '--no-create-table',
    description: 'PostgreSQL: fail when the table is missing',
    kind: 'flag',
    default: true,
  },
  {
    name: 'upsert',
    group: 'output',
    flags: '--upsert',
    description: 'PostgreSQL: update rows that exist (companies are attributed later)',
    kind: 'flag',
    default: false,
  },
  {
    name: 'evolve',
    group: 'output',
    flags: '--evolve',
    description: 'add new columns of Scarf to the table or CSV file',
    kind: 'flag',
    default: false,
  },
  {
    name: 'dedupeExisting',
    group: 'output',
    flags: '--dedupe-existing',
    description: 'PostgreSQL: first remove existing rows with duplicate ids',
    kind: 'flag',
    default: false,
  },
] as const satisfies readonly OptionSpec[];
