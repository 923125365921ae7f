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

/** Names that identify an export: its header begins with one of them, or with another of its columns. */
export const knownColumns: readonly string[] = ['id', ...new Set(kinds.flatMap(({ columns }) => columns))];

/** Undefined if it is not a known export. */
export function kindOf(columns: readonly string[]): ExportKind | undefined {
  return kinds.find(({ columns: needed }) => needed.every((name) => columns.includes(name)))?.kind;
}
