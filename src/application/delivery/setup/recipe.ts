/** The recipe: everything that decides which bytes are sent and where. Its digest identifies the delivery. */
import { createHash } from 'node:crypto';
import type { OptionSpec } from '../../../settings/option-spec.ts';
import { recipeValues } from '../../../settings/resolve.ts';

export interface Recipe {
  digest: string;
  /** By option name, to report how two recipes differ. */
  parts: Record<string, unknown>;
}

/** `mapFile`: the text of the `--map-file`; the recipe holds only its digest. */
export function recipeOf(vendor: string, { specs, values, mapFile }: RecipeSources): Recipe {
  const mapping = mapFile === undefined ? {} : { mapFile: digestOf(mapFile) };
  const parts = { vendor, ...recipeValues(specs, values), ...mapping };
  return { parts, digest: digestOf(JSON.stringify(parts)) };
}

interface RecipeSources {
  specs: readonly OptionSpec[];
  values: Readonly<Record<string, unknown>>;
  mapFile: string | undefined;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
