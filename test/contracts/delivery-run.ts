/** A whole run of the program against the sandbox, and what it said of itself. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/main.ts';
import type { Counts } from '../../src/records.ts';
import type { startSandbox } from '../../src/sandbox/index.ts';
import { type Sandbox } from '../../src/sandbox/index.ts';
import { temporaryDirectory } from '../vendors/temporary.ts';
import { clock as standingClock, sandboxWith } from './vendor-case.ts';
import { VirtualClock, virtualMachine } from './virtual-machine.ts';

export interface Scene {
  sandbox: Sandbox;
  clock: VirtualClock;
  directory: string;
}

/** What `--json` prints, as far as the tests look at it. */
export interface Report {
  counts: Counts;
  exit: number;
  requests: number;
  retries: number;
  unaccounted: number;
  rejects: { path: string | null; rows: number };
}

export interface Outcome {
  exit: number;
  report: Report | undefined;
  stdout: string;
  stderr: string;
}

type SandboxOptions = Partial<Parameters<typeof startSandbox>[0]>;

/** A sandbox, a directory and a clock for one test. */
export async function sceneWith(options: SandboxOptions = {}): Promise<Scene> {
  const clock = new VirtualClock(standingClock());
  const sandbox = await sandboxWith({ ...options, clock: clock.now });
  return { sandbox, clock, directory: await temporaryDirectory() };
}

/** Writes rows into a file of the scene. */
export async function writeRows(scene: Scene, name: string, rows: readonly string[]): Promise<void> {
  await writeFile(join(scene.directory, name), rows.map((row) => `${row}\n`).join(''));
}

/** Runs the program; `--json` is added. */
export async function runIn(
  { sandbox, clock, directory }: Scene,
  argv: readonly string[],
  environment: Record<string, string> = {},
): Promise<Outcome> {
  const machine = virtualMachine({
    environment: { ...sandbox.environment, ...environment },
    directory,
    clock,
  });
  const exit = await run([...argv, '--json'], machine);
  const { stdout, stderr } = machine.written();
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  const report = last.startsWith('{"schema"') ? (JSON.parse(last) as Report) : undefined;
  return { exit, report, stdout, stderr };
}
