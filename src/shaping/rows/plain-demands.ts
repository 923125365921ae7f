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
  /** The member is left out. Its value must be a given text, and nothing else may be demanded of it. */
  dropped: 128,
  /** The key is renamed to a given text. */
  renamed: 256,
} as const;

/** Rows without an id: taken as they are, or with a new one by position or by content. */
export const MISSING_IDS = { off: 0, position: 1, content: 2 } as const;

/** The texts that keys get which are renamed, and that values must be which are left out, by key. */
export function demandedTexts({ fixed, renames, keys }: CompiledRules): Map<string, Uint8Array> {
  const texts = new Map<string, Uint8Array>();
  for (const { key, value } of fixed) if (value !== undefined) texts.set(key, value);
  for (const { probe, renamed } of renames) texts.set(keys[probe]!, renamed);
  return texts;
}

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
  for (const { probe, value } of rules.fixed)
    demand(probe, value === undefined ? DEMANDS.absent : DEMANDS.dropped);
  for (const { probe } of rules.renames) demand(probe, DEMANDS.renamed);
  if (rules.times.length > 1) return undefined;
  for (const { probe } of rules.times) demand(probe, DEMANDS.time);
  for (const { probe, type } of rules.fields)
    demand(probe, type === 'text' ? DEMANDS.string : DEMANDS.absent);
  demand(rules.id, DEMANDS.id);
  return demands;
}

/** The same for the columns of a table, whose members are neither renamed nor left out by a kernel. */
export function demandsOnColumns(demands: ReadonlyMap<string, number>): Map<string, number> {
  const changing = DEMANDS.dropped | DEMANDS.renamed;
  return new Map(
    [...demands].map(([key, bits]) => [
      key,
      (bits & changing) === 0 ? bits : (bits & ~changing) | DEMANDS.absent,
    ]),
  );
}
