/** Rows of an input, by the kernels and without them. */
import assert from 'node:assert/strict';
import type { Format } from '../../src/contracts/format.ts';
import type { BlockLimits } from '../../src/contracts/supply.ts';
import { createSupply } from '../../src/shaping/blocks/supply.ts';
import type { RowRules } from '../../src/shaping/rows/row-rules.ts';
import type { Shaping } from '../../src/shaping/rows/row-shaper.ts';
import { createZoneOffset } from '../../src/shaping/time/time-zone.ts';
import type { Numbers } from '../kernels/deflate-cases.ts';
import { deliver, roomy } from '../shaping/delivered.ts';
import { watched, withoutKernel } from '../shaping/kernel-use.ts';
import { memoryInput } from '../shaping/memory-input.ts';
import { BULK, FREE, PACKAGE, TYPED, WEEK_MS } from '../shaping/shapes.ts';
import { pick, several } from './corpus.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const SHAPES = [...Array<typeof BULK>(8).fill(BULK), PACKAGE, PACKAGE, FREE, FREE, TYPED];
const ZONES = [undefined, undefined, 'UTC', '+00:00', 'Europe/Berlin'];
const LIMITS: readonly BlockLimits[] = [
  roomy,
  roomy,
  { maxRows: 2, maxBytes: 1e9 },
  { maxRows: 1e9, maxBytes: 250 },
];

/** Inputs a try: the memory of a kernel is large, and has bytes of the inputs before. */
const INPUTS = 50;

/** Inputs of one kind, for the same rules. */
export interface Inputs {
  format: Format;
  reshaping: RowRules['reshaping'];
  content: () => Buffer;
}

/** Throws where rows by the kernels, one by one or in whole slabs, are not what they are without. Counts them. */
export async function compareRows(inputs: Inputs, below: Numbers): Promise<Record<string, number>> {
  const rules = rulesOf(inputs.reshaping, below);
  const alone = withoutKernel(rules);
  const way = watched(rules);
  const counts = { bytes: 0, rows: 0, rejects: 0, taken: 0 };
  for (let index = 0; index < INPUTS; index++) {
    const content = inputs.content();
    const slabs = slabsOf(inputs.format, below);
    const limits = pick(LIMITS, below);
    const read = (shaping: Shaping, takesDeflated: boolean) =>
      readRows({ format: inputs.format, content, ...slabs }, shaping, { ...limits, takesDeflated });
    const expected = await read(alone, false);
    const said = `input ${index} in slabs of ${slabs.slabSizes.join(', ')}: ${JSON.stringify(content.toString('latin1'))}`;
    assert.deepEqual(await read(way.shaping, false), expected, `many at a time, ${said}`);
    assert.deepEqual(await read(way.shaping, true), expected, `in whole slabs, ${said}`);
    counts.bytes += content.length;
    counts.rows += expected.rows;
    counts.rejects += expected.rejects.length;
  }
  return { inputs: INPUTS, ...counts, taken: way.taken() };
}

function rulesOf(reshaping: RowRules['reshaping'], below: Numbers): RowRules {
  const zone = pick(ZONES, below);
  return {
    shape: pick(SHAPES, below),
    fillId: pick(['position', 'position', 'content', 'off'], below),
    idField: below(4) === 0 ? undefined : '$unique_id',
    recipe: 'r',
    oldEvents: pick(['warn', 'warn', 'reject', 'send'], below),
    nowMs: nowMs + (below(4) === 0 ? WEEK_MS : 0),
    reshaping,
    zoneOffset: zone === undefined ? undefined : createZoneOffset(zone),
  };
}

interface Slabs {
  slabSizes: readonly number[];
  maxRowBytes: number;
}

/** Where a record that is too long and spans slabs is taken to end depends on the slabs: tables have none. */
function slabsOf(format: Format, below: Numbers): Slabs {
  const slabSizes = several(1 + below(3), () => 1 + below(below(2) === 0 ? 40 : 2_000));
  return { slabSizes, maxRowBytes: format.name === 'ndjson' ? 400 : 65_536 };
}

interface Reading extends Slabs {
  format: Format;
  content: Buffer;
}

/**
 * What is delivered, without where blocks end, which depends on the memory that is free; of an input that is refused, why:
 * how much was read by then depends on the slabs.
 */
async function readRows(
  { content, slabSizes, maxRowBytes, format }: Reading,
  shaping: Shaping,
  limits: BlockLimits,
) {
  const input = memoryInput(content, slabSizes);
  const supply = createSupply({ input, inputIndex: 0, format, shaping, maxRowBytes });
  const { blocks, ...delivered } = await deliver(supply, undefined, limits);
  assert.equal(input.openSlabs(), 0, 'a slab was not given back');
  if (delivered.thrown !== undefined)
    return { thrown: (delivered.thrown as Error).message, rows: 0, rejects: [] };
  const last = blocks.at(-1);
  return { ...delivered, end: last?.range.to, nextLine: last?.nextLine };
}
