/** A few of the chaos runs; `npm run chaos` has many more. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runChaos } from './chaos-run.ts';
import { buildChild } from './processes.ts';

const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

let directory = '';
let program = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scarf-cli-chaos-'));
  program = await buildChild(directory);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test.concurrent.each(seeds)('seed %i: nothing is lost, nothing is doubled', async (seed) => {
  expect(await runChaos(seed, program)).toEqual([]);
});
