/** A few of the chaos runs; `npm run chaos` has many more. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runChaos } from './chaos-run.ts';
import { buildChild } from './processes.ts';
import { VENDOR_NAMES } from './vendors.ts';

/** Of Scarf more than of those whose answer is their last word. */
const seeds = VENDOR_NAMES.flatMap((vendor) =>
  Array.from({ length: vendor === 'scarf' ? 20 : 4 }, (_, index) => ({ vendor, seed: index + 1 })),
);

let directory = '';
let program = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scarf-cli-chaos-'));
  program = await buildChild(directory);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test.concurrent.each(seeds)(
  '$vendor, seed $seed: nothing is lost, nothing is doubled',
  async ({ vendor, seed }) => {
    expect(await runChaos(seed, program, vendor)).toEqual([]);
  },
  // Dozens of processes, one behind the other.
  600_000,
);
