/** A faster clock, for whole commands. The time that a command has to stop is not shortened. */
import { setTimeout as wait } from 'node:timers/promises';
import { graceMs } from '../src/delivery/stopping.ts';
import { overdueMs } from '../src/interruption.ts';
import type { Machine } from '../src/machine.ts';

/** The factor by which waits are shortened. */
const haste = 20;

/**
 * Shortened with the rest, these would end before a busy machine has answered: requests that were taken would be cut, and
 * a command would be left behind before it has begun.
 */
const UNHURRIED: readonly number[] = [graceMs, overdueMs];

/** The clock of a machine: real, but faster. */
export const hastyClock: Pick<Machine, 'elapsedMs' | 'sleep'> = {
  elapsedMs: () => performance.now() * haste,
  sleep: async (ms, signal) => {
    const realMs = UNHURRIED.includes(ms) ? ms : ms / haste;
    await wait(realMs, undefined, signal === undefined ? {} : { signal });
  },
};
