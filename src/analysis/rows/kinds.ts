/** Which export rows are of, by the names of their columns. */

import type { ExportKind } from '../analysis.ts';

const kinds: readonly { kind: ExportKind; columns: readonly string[] }[] = [
  { kind: 'aggregates', columns: ['date', 'breakdown', 'total'] },
  { kind: 'rollup', columns: ['date', 'company_domain', 'total'] },
  { kind: 'companies', columns: ['company_domain', 'funnel_stage'] },
  { kind: 'companies', columns: ['company_domain', 'scarf_score'] },
  { kind: 'events', columns: ['time', 'type'] },
  { kind: 'events', columns: ['time', 'origin_id'] },
  { kind: 'events', columns: ['time', 'package'] },
];

/** The names by which exports are told: with one of them, or another of its own, the header of an export begins. */
export const knownColumns: readonly string[] = ['id', ...new Set(kinds.flatMap(({ columns }) => columns))];

/** Undefined: no export that is known. */
export function kindOf(columns: readonly string[]): ExportKind | undefined {
  return kinds.find(({ columns: needed }) => needed.every((name) => columns.includes(name)))?.kind;
}
