/** The recipe: what decides which bytes leave and where to. Its digest names the delivery. */
import { createHash } from 'node:crypto';
import type { OptionSpec } from '../../contracts.ts';
import { recipeValues } from '../../settings/resolve.ts';

export interface Recipe {
  digest: string;
  /** By option name, to name a difference between two recipes. */
  parts: Record<string, unknown>;
}

export function recipeOf(
  vendor: string,
  specs: readonly OptionSpec[],
  values: Readonly<Record<string, unknown>>,
): Recipe {
  const parts = { vendor, ...recipeValues(specs, values) };
  return { parts, digest: createHash('sha256').update(JSON.stringify(parts)).digest('hex') };
}
