/** Options of exports into PostgreSQL. */
import type { OptionSpec } from '../../settings/option-spec.ts';

/** Of outputs in PostgreSQL; they are ignored elsewhere. */
export const POSTGRES_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'table',
    flags: '--table <name>',
    description: 'PostgreSQL: TABLE or SCHEMA.TABLE (default: scarf_events_raw and the like)',
  },
  {
    name: 'createTable',
    flags: '--no-create-table',
    description: 'PostgreSQL: fail when the table is missing',
    kind: 'flag',
    default: true,
  },
  {
    name: 'upsert',
    flags: '--upsert',
    description: 'PostgreSQL: rows that are there take the new values (companies are attributed later)',
    kind: 'flag',
    default: false,
  },
  {
    name: 'evolve',
    flags: '--evolve',
    description: 'add columns that Scarf has come to have, to the table or the CSV file',
    kind: 'flag',
    default: false,
  },
  {
    name: 'dedupeExisting',
    flags: '--dedupe-existing',
    description: 'PostgreSQL: first remove old rows that repeat by id',
    kind: 'flag',
    default: false,
  },
];
