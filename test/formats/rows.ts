import type { Format } from '../../src/contracts/format.ts';
import type { Supply } from '../../src/contracts/supply.ts';
import { createShaping } from '../../src/shaping/shaping.ts';
import { createSupply } from '../../src/shaping/blocks/supply.ts';
import type { Delivered } from '../shaping/delivered.ts';
import { memoryInput } from '../shaping/memory-input.ts';

const rules = { shape: { required: [] }, fillId: 'off', recipe: 'r', oldEvents: 'warn', nowMs: 0 } as const;
const shaping = createShaping(rules);

/** Reads the rows of a text in a format, with a target that requires nothing of them. */
export function supplyIn(
  format: Format,
  content: string | Uint8Array,
  options: { slabSizes?: readonly number[]; maxRowBytes?: number } = {},
): Supply {
  const { slabSizes, maxRowBytes = 1 << 20 } = options;
  const input = memoryInput(content, slabSizes);
  return createSupply({ input, inputIndex: 0, format, shaping, maxRowBytes });
}

export function rowsOf({ text }: Delivered): unknown[] {
  if (text === '') return [];
  return text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

/** Line, column where known, and reason of each reject. */
export function places({ rejects }: Delivered): unknown[] {
  return rejects.map(({ line, column, reason }) =>
    column === undefined ? [line, reason] : [line, column, reason],
  );
}
