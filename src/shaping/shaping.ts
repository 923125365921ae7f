/** Derives the shaping of rows from the rules of a run. */
import { JsonRows } from './rows/json-rows.ts';
import { needsObjects, ObjectRows } from './rows/object-rows.ts';
import { PlainRows } from './rows/plain-rows.ts';
import { reshapes } from './reshape/reshape.ts';
import { keysOfTarget, type RowRules } from './rows/row-rules.ts';
import type { PreparedRows, Shaping } from './rows/row-shaper.ts';
import { divideForTable } from './reshape/table-reshaping.ts';

export function createShaping(rules: RowRules): Shaping {
  const plain = once(() => PlainRows.create(rules));
  return {
    prepare(format) {
      const { reshaping } = rules;
      const isTable = format.rearranged !== undefined && reshaping !== undefined && reshapes(reshaping);
      const divided = isTable ? divideForTable(reshaping, keysOfTarget(rules)) : undefined;
      if (divided === undefined) return preparedFor(format, rules, plain);
      const rearranged = format.rearranged?.(divided.arrange) ?? format;
      return preparedFor(rearranged, { ...rules, reshaping: divided.rest }, plain);
    },
  };
}

/** Creates the kernel when there are rows for it; all inputs of the run share it. */
function once(make: () => PlainRows | undefined): () => PlainRows | undefined {
  let made: { plain: PlainRows | undefined } | undefined;
  return () => (made ??= { plain: make() }).plain;
}

function preparedFor(
  format: PreparedRows['format'],
  rules: RowRules,
  plain: () => PlainRows | undefined,
): PreparedRows {
  const decodes = needsObjects(rules);
  return {
    format,
    shaper: (head) => (decodes ? new ObjectRows(rules, head) : new JsonRows(rules, head, plain)),
    kernel: () => (decodes || format.name !== 'ndjson' ? undefined : plain()?.kernel),
  };
}
