/** Time that passes only when a test says so, or while everything waits, so that no test depends on how busy the machine is. */
import type { Machine } from '../src/machine.ts';
import { everythingWaits } from './idle.ts';

type MachineTime = Pick<Machine, 'now' | 'elapsedMs' | 'sleep' | 'every'>;

/** The parts of a machine that deal with time, and the functions that advance it. */
export interface VirtualClock extends MachineTime {
  /** Advances the time: timers fire one by one, in order, each after everything that the previous one caused is waiting. */
  advance(ms: number): Promise<void>;
  /** Advances from timer to timer whenever everything waits, until the function it returns is called. */
  run(): () => void;
  /** The number of pending timers. */
  waiting(): number;
}

/** Time that advances by itself and wakes this many sleepers makes no progress. */
const maxFirings = 5_000;

interface Timer {
  dueMs: number;
  fire(): void;
  /** Ends the wait, where somebody waits. */
  fail?: (error: Error) => void;
}

/** A clock that stands at `startMs` since the epoch. */
export function virtualClock(startMs = 0): VirtualClock {
  const timers: Timer[] = [];
  let elapsedMs = 0;
  let wakeRunner: () => void = () => undefined;

  function add(timer: Timer): () => void {
    const behind = timers.findIndex(({ dueMs }) => dueMs > timer.dueMs);
    timers.splice(behind === -1 ? timers.length : behind, 0, timer);
    wakeRunner();
    return () => {
      const at = timers.indexOf(timer);
      if (at !== -1) timers.splice(at, 1);
    };
  }

  /** The first timer that is due by then fires; false when there is none. */
  function fireNext(byMs: number): boolean {
    const next = timers[0];
    if (next === undefined || next.dueMs > byMs) return false;
    timers.shift();
    elapsedMs = Math.max(elapsedMs, next.dueMs);
    next.fire();
    return true;
  }

  async function runUntil(isOver: () => boolean): Promise<void> {
    for (let firings = 0; !isOver(); firings++) {
      if (firings > maxFirings)
        timers.splice(0).forEach(({ fail }) => fail?.(new Error('time goes nowhere')));
      if (timers.length === 0) await new Promise<void>((resolve) => (wakeRunner = resolve));
      if (!isOver()) await everythingWaits();
      if (!isOver()) fireNext(Number.POSITIVE_INFINITY);
    }
  }

  return {
    now: () => startMs + Math.floor(elapsedMs),
    elapsedMs: () => elapsedMs,
    sleep: (ms, signal) => {
      if (signal?.aborted) return Promise.reject(signal.reason as Error);
      return new Promise((resolve, reject) => {
        const abort = () => {
          remove();
          reject(signal?.reason as Error);
        };
        const remove = add({
          dueMs: elapsedMs + Math.max(ms, 0),
          fire: () => {
            signal?.removeEventListener('abort', abort);
            resolve();
          },
          fail: reject,
        });
        signal?.addEventListener('abort', abort, { once: true });
      });
    },
    every: (ms, callback) => {
      let remove = () => undefined as void;
      const wait = () => {
        remove = add({
          dueMs: elapsedMs + ms,
          fire: () => {
            wait();
            callback();
          },
        });
      };
      wait();
      return () => remove();
    },
    advance: async (ms) => {
      const endMs = elapsedMs + ms;
      await everythingWaits();
      while (fireNext(endMs)) await everythingWaits();
      elapsedMs = endMs;
    },
    run: () => {
      let isOver = false;
      void runUntil(() => isOver);
      return () => {
        isOver = true;
        wakeRunner();
      };
    },
    waiting: () => timers.length,
  };
}
