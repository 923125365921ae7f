/** A reshaping as it is described to another thread: what is copied there has no methods, as long numbers need. */
import { parseJson, writeJson } from '../json/values.ts';
import type { Reshaping } from './reshape.ts';

/** Values that are set are JSON. */
export interface ReshapingDescription extends Omit<Reshaping, 'set'> {
  set: readonly { at: string; json: string }[];
}

export function describeReshaping(reshaping: Reshaping): ReshapingDescription {
  return { ...reshaping, set: reshaping.set.map(({ at, value }) => ({ at, json: writeJson(value) })) };
}

export function reshapingOf(description: ReshapingDescription): Reshaping {
  return { ...description, set: description.set.map(({ at, json }) => ({ at, value: parseJson(json) })) };
}
