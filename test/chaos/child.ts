/** Entry point of the processes that chaos runs start: the program, which can be made to die at a named fault point. */
import { run } from '../../src/main.ts';
import { realMachine } from '../../src/real-machine.ts';
import { hastyClock } from '../hasty.ts';
import { keepWitness } from './witness.ts';

/** Where to die: at the n-th time that the point is reached. */
export interface Death {
  point: string;
  nth: number;
}

const real = realMachine();
const death = JSON.parse(real.environment['CHAOS_DEATH'] ?? 'null') as Death | null;
let reached = 0;

const witness = real.environment['CHAOS_WITNESS'];
if (witness !== undefined) keepWitness(witness);

const exit = await run(real.argv, {
  ...real,
  ...hastyClock,
  faultPoint: (name) => {
    if (name !== death?.point) return;
    reached += 1;
    if (reached === death.nth) process.kill(process.pid, 'SIGKILL');
  },
});
process.exitCode = exit;
