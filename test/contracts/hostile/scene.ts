/** Whole runs of the program in this process against a server that may turn on it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCli, type CliRun } from '../../machine.ts';
import { virtualClock } from '../../virtual-clock.ts';
import { createRandom } from '../vendor-case.ts';
import { startHonestServer, type HonestServer } from './honest-server.ts';

/** Looks like a token, and must be found in no output. */
export const secret = 'tok-5ecre7-0f-7he-suite';

export interface HostileScene {
  server: HonestServer;
  directory: string;
  write: (name: string, text: string) => Promise<void>;
  /** Runs the command line; each in a state of its own unless told otherwise. */
  run: (argv: readonly string[], options?: { state?: string }) => Promise<CliRun>;
}

/** A server, a directory and a clock for one test. */
export async function openHostileScene(): Promise<HostileScene> {
  const server = await startHonestServer();
  const directory = await mkdtemp(join(tmpdir(), 'scarf-hostile-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  let runs = 0;
  const clock = virtualClock(Date.parse('2026-11-22T12:00:00Z'));
  onTestFinished(clock.run());
  return {
    server,
    directory,
    write: (name, text) => writeFile(join(directory, name), text),
    run: (argv, { state = `state-${++runs}` } = {}) =>
      runCli(argv, {
        directory,
        environment: { ...environmentFor(server.url), SCARF_STATE_DIR: join(directory, state) },
        machine: { ...clock, random: createRandom(7) },
      }),
  };
}

function environmentFor(url: string): Record<string, string> {
  return {
    SCARF_OWNER: 'acme',
    SCARF_API_URL: url,
    SCARF_API_TOKEN: secret,
    SUMATRA_API_URL: url,
    SUMATRA_API_KEY: secret,
    MOESIF_API_URL: url,
    MOESIF_APPLICATION_ID: secret,
    LOGINSIGHT_URL: url,
    LOGINSIGHT_USERNAME: 'u',
    LOGINSIGHT_PASSWORD: secret,
  };
}
