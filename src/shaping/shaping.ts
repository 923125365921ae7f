/** From the settings of a command to the shaping of its rows. */
import { JsonRows } from './json-rows.ts';
import type { RowRules } from './row-rules.ts';
import type { Shaping } from './row-shaper.ts';

export function createShaping(rules: RowRules): Shaping {
  return { shaper: (head) => new JsonRows(rules, head) };
}
