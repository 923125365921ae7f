/** Which export rows are of, by the names of their columns. */

export type ExportKind = 'events' | 'companies' | 'aggregates' | 'rollup';

const kinds: readonly { kind: ExportKind; columns: readonly string[] }[] = [
  { kind: 'aggregates', columns: ['date', 'breakdown', 'total'] },
  { kind: 'rollup', columns: ['date', 'company_domain', 'total'] },
  { kind: 'companies', columns: ['company_domain', 'funnel_stage'] },
  { kind: 'companies', columns: ['company_domain', 'scarf_score'] },
  { kind: 'events', columns: ['time', 'type'] },
  { kind: 'events', columns: ['time', 'origin_id'] },
  { kind: 'events', columns: ['time', 'package'] },
];

/** Undefined: no export that is known. */
export function kindOf(columns: readonly string[]): ExportKind | undefined {
  return kinds.find(({ columns: needed }) => needed.every((name) => columns.includes(name)))?.kind;
}
