/** Runs the program against the sandbox on a virtual clock, which advances while everything waits. */
import { onTestFinished } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/index.ts';
import { lines, openPlace, type CliRun, type Place } from '../machine.ts';
import { virtualClock } from '../virtual-clock.ts';
import { clock as standingClock, createRandom } from './vendor-case.ts';

export interface Scene extends Pick<Place, 'sandbox' | 'directory'> {
  /** Writes rows into a file of the scene. */
  writeRows(name: string, rows: readonly string[]): Promise<void>;
  /** Runs the program; `--json` is added. */
  runJson(argv: readonly string[], environment?: Record<string, string>): Promise<CliRun>;
}

/** A sandbox, a directory and a clock for one test. */
export async function sceneWith(options: Partial<SandboxOptions> = {}): Promise<Scene> {
  const clock = virtualClock(standingClock());
  onTestFinished(clock.run());
  const scarf = { jobMs: 2000, ...options.scarf };
  const place = await openPlace({ random: createRandom(1), ...options, scarf, clock: clock.now });
  return {
    sandbox: place.sandbox,
    directory: place.directory,
    async writeRows(name, rows) {
      await place.write(name, lines(rows));
    },
    runJson: (argv, environment = {}) =>
      place.runCli([...argv, '--json'], { environment, machine: { ...clock, random: createRandom(7) } }),
  };
}
