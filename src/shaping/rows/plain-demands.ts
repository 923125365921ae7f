/** What the kernels demand of the members of plain rows: the rules of a run, as bits for each key. */
import type { CompiledRules } from './row-rules.ts';

/** Each number is one bit, as the kernels encode it. */
export const DEMANDS = {
  /** A row with this key is not plain. */
  absent: 1,
  required: 2,
  /** The value must be a text that is not empty. */
  text: 4,
  /** Exactly one of the keys with this demand must be there. */
  oneOf: 8,
  /** The value must be a time in the simplest form. */
  time: 16,
  /** The key is the row's id. */
  id: 32,
  /** The value must be a text or null, where nothing else is demanded. */
  string: 64,
} as const;

/** Rows without an id: taken as they are, taken with a new id, or not taken. */
export const MISSING_IDS = { off: 0, position: 1, content: 2 } as const;

/** The demands on each key; undefined when the kernels cannot check them. */
export function demandsOf(rules: CompiledRules): Map<string, number> | undefined {
  const demands = new Map<string, number>();
  const demand = (probe: number | undefined, bits: number): void => {
    const key = probe === undefined ? undefined : rules.keys[probe];
    if (key !== undefined) demands.set(key, (demands.get(key) ?? 0) | bits);
  };
  for (const { probe, when, type } of rules.required) {
    if (when !== undefined || (type !== undefined && type !== 'string')) return undefined;
    demand(probe, type === 'string' ? DEMANDS.required | DEMANDS.text : DEMANDS.required);
  }
  for (const probe of rules.oneOf?.probes ?? []) demand(probe, DEMANDS.oneOf);
  for (const { probe } of [...rules.fixed, ...rules.renames]) demand(probe, DEMANDS.absent);
  if (rules.times.length > 1) return undefined;
  for (const { probe } of rules.times) demand(probe, DEMANDS.time);
  for (const { probe, type } of rules.fields)
    demand(probe, type === 'text' ? DEMANDS.string : DEMANDS.absent);
  demand(rules.id, DEMANDS.id);
  return demands;
}
