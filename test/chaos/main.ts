/** `npm run chaos`: many seeds, or with `--seed N` one again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChaos } from './chaos-run.ts';
import { buildChild } from './processes.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    runs: { type: 'string', default: '200' },
    first: { type: 'string', default: '1' },
  },
});
const first = Number(values.seed ?? values.first);
const runs = values.seed === undefined ? Number(values.runs) : 1;
const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-chaos-'));
const program = await buildChild(directory);
const failed: number[] = [];
let next = first;

/** Takes seeds until none is left. */
async function work(): Promise<void> {
  for (let seed = next++; seed < first + runs; seed = next++) {
    const problems = await runChaos(seed, program);
    if (problems.length === 0) continue;
    failed.push(seed);
    console.log(
      `seed ${seed} failed; again with: npm run chaos -- --seed ${seed}\n  ${problems.join('\n  ')}`,
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
