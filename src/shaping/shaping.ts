/** From the rules of a run to the shaping of its rows. */
import { JsonRows } from './json-rows.ts';
import { needsObjects, ObjectRows } from './object-rows.ts';
import type { RowRules } from './row-rules.ts';
import type { Shaping } from './row-shaper.ts';

export function createShaping(rules: RowRules): Shaping {
  const decodes = needsObjects(rules);
  return { shaper: (head) => (decodes ? new ObjectRows(rules, head) : new JsonRows(rules, head)) };
}
