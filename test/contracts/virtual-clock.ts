/** Time in haste, for whoever waits and for whoever is waited for: half an hour passes in two seconds. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Machine } from '../../src/machine.ts';

/** The parts of a machine that have to do with time, so many times faster. Its `now` is for the sandbox as well. */
export function hastyClock(
  startMs: number,
  haste = 1000,
): Pick<Machine, 'now' | 'elapsedMs' | 'sleep' | 'every'> {
  const realStartMs = performance.now();
  const elapsedMs = () => (performance.now() - realStartMs) * haste;
  return {
    elapsedMs,
    now: () => startMs + Math.floor(elapsedMs()),
    sleep: async (ms, signal) => {
      await wait(ms / haste, undefined, signal === undefined ? {} : { signal });
    },
    every: (ms, callback) => {
      const timer = setInterval(callback, ms / haste);
      return () => clearInterval(timer);
    },
  };
}
