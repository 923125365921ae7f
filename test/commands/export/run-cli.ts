/** Whole runs of the command line in this process, with a machine of our own around it. */
import { Writable } from 'node:stream';
import { run } from '../../../src/main.ts';
import type { Machine } from '../../../src/machine.ts';
import { realMachine } from '../../../src/real-machine.ts';

export interface CliRun {
  exit: number;
  stdout: Buffer;
  stderr: string;
  /** Waits that were asked for, in milliseconds. */
  waits: number[];
}

export interface CliSurroundings {
  url: string;
  directory: string;
  /** What the clock says: an instant. */
  now?: string;
  environment?: Record<string, string>;
  machine?: Partial<Machine>;
}

/** Runs the arguments against a server; nobody waits. */
export async function runCli(argv: readonly string[], context: CliSurroundings): Promise<CliRun> {
  const stdout = new Collector();
  const stderr = new Collector();
  const waits: number[] = [];
  const machine: Machine = {
    ...realMachine(),
    argv,
    environment: {
      SCARF_API_TOKEN: 'secret-token',
      SCARF_OWNER: 'acme',
      SCARF_API_URL: context.url,
      ...context.environment,
    },
    workingDirectory: context.directory,
    homeDirectory: context.directory,
    temporaryDirectory: context.directory,
    stdout,
    stderr,
    isStdoutClosed: () => false,
    now: () => Date.parse(context.now ?? '2026-11-22T12:00:00Z'),
    sleep: async (ms, signal) => {
      waits.push(ms);
      signal?.throwIfAborted();
    },
    ...context.machine,
  };
  const exit = await run(argv, machine);
  return { exit, stdout: Buffer.concat(stdout.parts), stderr: Buffer.concat(stderr.parts).toString(), waits };
}

class Collector extends Writable {
  readonly parts: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.parts.push(Buffer.from(chunk));
    done();
  }
}
