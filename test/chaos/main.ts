/** `npm run chaos`: many seeds, or with `--seed N` one again; of any vendor, or with `--vendor NAME` of this one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChaos } from './chaos-run.ts';
import { buildChild } from './processes.ts';
import { VENDOR_NAMES } from './vendors.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    runs: { type: 'string', default: '200' },
    first: { type: 'string', default: '1' },
    vendor: { type: 'string' },
  },
});
const vendor = VENDOR_NAMES.find((name) => name === values.vendor);
if (vendor !== values.vendor) throw new Error(`--vendor is one of ${VENDOR_NAMES.join(', ')}`);
const again = vendor === undefined ? '' : ` --vendor ${vendor}`;
const first = Number(values.seed ?? values.first);
const runs = values.seed === undefined ? Number(values.runs) : 1;
const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-chaos-'));
const program = await buildChild(directory);
const failed: number[] = [];
let next = first;

/** Takes seeds until none is left. */
async function work(): Promise<void> {
  for (let seed = next++; seed < first + runs; seed = next++) {
    const problems = await runChaos(seed, program, vendor);
    if (problems.length === 0) continue;
    failed.push(seed);
    console.log(
      `seed ${seed} failed; again with: npm run chaos -- --seed ${seed}${again}\n  ${problems.join('\n  ')}`,
    );
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, work));
await rm(directory, { recursive: true, force: true });
console.log(
  failed.length === 0
    ? `${runs} runs, all is well`
    : `${failed.length} of ${runs} runs failed: ${failed.join(' ')}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
