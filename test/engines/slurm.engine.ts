/** The script of deploy/slurm on Slurm itself: eight tasks, of which one is killed and submitted again. */
import { cp } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { missing, openEnginePlace, succeeded, until } from './place.ts';
import { SLURM_PROGRAMS, startSlurm } from './slurm-cluster.ts';

const parts = 8;
const lacking = await missing(...SLURM_PROGRAMS);
// Its daemons change to the user of each task.
if (process.getuid?.() !== 0) lacking.push('root');
if (lacking.length > 0) process.stderr.write(`Slurm is not tested: no ${lacking.join(', ')} here.\n`);

test.skipIf(lacking.length > 0)(
  'every event arrives once, though a task was killed and submitted again',
  async ({ skip }) => {
    const place = await openEnginePlace({ parts, variable: 'SLURM_ARRAY_TASK_ID' });
    const { directory, sandbox, run } = place;
    await cp(resolve('deploy/slurm'), directory, { recursive: true });
    if (!(await startSlurm(place))) skip('Slurm does not start here');
    const submit = async (tasks: string) =>
      succeeded(await run('sbatch', '--parsable', `--array=${tasks}`, 'import.sbatch', place.files));
    const hasEnded = (job: string) => async () =>
      (await run('squeue', '--noheader', '--jobs', job)).stdout === '';

    const job = await submit(`0-${parts - 1}`);
    // Each has an import that does not end yet.
    await until(() => sandbox.vendors.scarf.imports().length === parts);
    process.kill(await place.processOf('3'), 'SIGKILL');
    await until(hasEnded(`${job}_3`));
    place.endImports();
    await until(hasEnded(job));

    const early = await run('scarf-cli', 'runs', 'merge', ...reports([0, 1, 2, 4, 5, 6, 7]), '--json');
    expect(early.code).toBe(5);

    await until(hasEnded(await submit('3')));
    const merged = succeeded(
      await run('scarf-cli', 'runs', 'merge', ...reports([0, 1, 2, 3, 4, 5, 6, 7]), '--json'),
    );
    expect(JSON.parse(merged)).toMatchObject({
      counts: { read: place.rows, accepted: place.rows, rejected: 0, unknown: 0, unsent: 0 },
    });
    expect(place.whatArrived()).toEqual({ events: place.rows, different: place.rows });

    succeeded(await run('sbatch', '--wait', 'merge.sbatch'));
  },
);

const reports = (numbers: readonly number[]) => numbers.map((part) => `report-${part}.json`);
