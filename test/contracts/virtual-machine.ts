/** A machine for whole runs in this process: time goes a thousand times faster, and its streams are kept. */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { PassThrough, Readable, Writable } from 'node:stream';
import type { Machine } from '../../src/machine.ts';
import { createRandom } from './vendor-case.ts';

export interface VirtualMachine extends Machine {
  /** What was written so far. */
  written(): { stdout: string; stderr: string };
}

export interface VirtualOptions {
  environment: Record<string, string>;
  /** Working, home and temporary directory. */
  directory: string;
  argv?: readonly string[];
  stdin?: string;
  /** The clock that the sandbox goes by as well. */
  clock: VirtualClock;
}

/** How much faster time goes here: half an hour in two seconds. */
const haste = 1000;

/** Time in haste, for whoever waits and for whoever is waited for. */
export class VirtualClock {
  readonly #startMs: number;
  readonly #realStartMs = performance.now();

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  readonly now = (): number => this.#startMs + Math.floor((performance.now() - this.#realStartMs) * haste);

  readonly every = (ms: number, callback: () => void): (() => void) => {
    const timer = setInterval(callback, ms / haste);
    return () => clearInterval(timer);
  };

  readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    await wait(ms / haste, undefined, signal === undefined ? {} : { signal });
  };
}

/** The machine. */
export function virtualMachine(options: VirtualOptions): VirtualMachine {
  const { clock, directory } = options;
  const stdout = new Kept();
  const stderr = new Kept();
  return {
    argv: options.argv ?? [],
    self: ['scarf-cli', ''],
    environment: options.environment,
    workingDirectory: directory,
    homeDirectory: directory,
    temporaryDirectory: directory,
    stdin:
      options.stdin === undefined ? new PassThrough().end() : Readable.from([Buffer.from(options.stdin)]),
    stdout,
    stderr,
    pid: process.pid,
    hostname: 'virtual',
    now: clock.now,
    elapsedMs: clock.now,
    sleep: clock.sleep,
    every: clock.every,
    random: createRandom(7),
    randomBytes: (length) => randomBytes(length),
    onSignal: () => () => undefined,
    exitWhenDone: () => undefined,
    exitNow: () => undefined,
    isAlive: (pid) => pid === process.pid,
    peakMemoryBytes: () => 0,
    faultPoint: () => undefined,
    written: () => ({ stdout: stdout.text, stderr: stderr.text }),
  };
}

class Kept extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}
