/** What an engine finds: a directory that its tasks share, rows, the command on the path, and a vendor. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';

/** Longer than any test: until `endImports` no import ends. */
const importMs = 86_400_000;
/** The pause between two looks at a condition. */
const lookMs = 50;
/** An engine that has not started by then counts as unable to start on this machine. */
const startMs = 90_000;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface EnginePlace {
  directory: string;
  sandbox: Sandbox;
  /** Files of rows, as a pattern. */
  files: string;
  rows: number;
  /** The environment of everything that the engine starts. */
  environment: Record<string, string>;
  /** Runs a command in the directory to its end. */
  run: (command: string, ...words: string[]) => Promise<Ended>;
  /** The process of a part, once it is running. `part`: as the engine counts. */
  processOf: (part: string) => Promise<number>;
  /** From now on imports end as soon as they are looked at. */
  endImports: () => void;
  /** Every row is at the vendor once, and nothing else. */
  whatArrived: () => { events: number; different: number };
}

export interface PlaceOptions {
  parts: number;
  /** The variable by which a task knows which part it is. */
  variable: string;
}

/** Made for one test, and removed with it. */
export async function openEnginePlace({ parts, variable }: PlaceOptions): Promise<EnginePlace> {
  const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-engine-'));
  let skewMs = 0;
  const sandbox = await startSandbox({
    // Each read of the clock advances it by more than an import takes, once imports may end.
    clock: () => Date.now() + (skewMs === 0 ? 0 : (skewMs += importMs)),
    random: Math.random,
    scarf: { keepEvents: true, jobMs: importMs },
  });
  onTestFinished(async () => {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  });
  const bin = join(directory, 'bin');
  const rows = await writeRows(directory, parts);
  await writeCommand(bin, { directory, variable });
  const environment = {
    ...sandbox.environment,
    PATH: `${bin}:/usr/sbin:${process.env['PATH'] ?? ''}`,
    HOME: directory,
    SCARF_STATE_DIR: join(directory, 'state'),
  };
  return {
    directory,
    sandbox,
    files: join(directory, 'rows-*.ndjson'),
    rows,
    environment,
    run: (command, ...words) => runIn(directory, environment, [command, ...words]),
    processOf: async (part) => Number(await until(() => readFile(join(directory, 'running', part), 'utf8'))),
    endImports: () => {
      skewMs = importMs;
    },
    whatArrived: () => {
      const events = [...sandbox.vendors.scarf.events()] as { event?: { $unique_id?: string } }[];
      return { events: events.length, different: new Set(events.map((event) => JSON.stringify(event))).size };
    },
  };
}

/** What a command printed that ended with 0. Throws what it said when it did not. */
export function succeeded({ code, stdout, stderr }: Ended): string {
  if (code !== 0) throw new Error(`it ended with ${code}: ${stdout}\n${stderr}`);
  return stdout;
}

/** Waits until a question has an answer other than false, undefined or an error. */
export async function until<Answer>(ask: () => Answer | Promise<Answer>): Promise<NonNullable<Answer>> {
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== null && answer !== false) return answer;
    } catch {
      // Not yet.
    }
    await wait(lookMs);
  }
}

/** Whether an engine starts. Errors are swallowed: why it does not start is not the project's concern. */
export async function comesUp(isUp: () => Promise<boolean>): Promise<boolean> {
  const limit = AbortSignal.timeout(startMs);
  await until(async () => limit.aborted || (await isUp()));
  return !limit.aborted;
}

/** The programs among these that are not installed. */
export async function missing(...programs: string[]): Promise<string[]> {
  const found = await Promise.all(
    programs.map((program) => runIn('/', { PATH: searched }, ['which', program])),
  );
  return programs.filter((_, index) => found[index]?.code !== 0);
}

const searched = `/usr/sbin:/sbin:${process.env['PATH'] ?? ''}`;

/** Rows without ids, over three files; none is like another but for its place. Gives how many. */
async function writeRows(directory: string, parts: number): Promise<number> {
  const files = 3;
  const each = parts * 400;
  const time = new Date().toISOString();
  for (let file = 0; file < files; file++) {
    const lines = Array.from({ length: each }, (_, row) =>
      JSON.stringify({ $time: time, $package: 'p', number: file * each + row, text: 'x'.repeat(row % 97) }),
    );
    await writeFile(join(directory, `rows-${file}.ndjson`), lines.map((line) => `${line}\n`).join(''));
  }
  return files * each;
}

/** Writes a wrapper of the command that records its process id for the test. */
async function writeCommand(
  bin: string,
  { directory, variable }: { directory: string; variable: string },
): Promise<void> {
  const running = join(directory, 'running');
  await mkdir(bin);
  await mkdir(running);
  const path = join(bin, 'scarf-cli');
  await writeFile(
    path,
    `#!/bin/sh
if [ -n "$${variable}" ]; then
  echo $$ > "${running}/$${variable}.new"
  mv "${running}/$${variable}.new" "${running}/$${variable}"
fi
exec "${process.execPath}" "${resolve('bin', 'scarf-cli.js')}" "$@"
`,
  );
  await chmod(path, 0o755);
}

async function runIn(
  directory: string,
  environment: Record<string, string>,
  [command = '', ...words]: readonly string[],
): Promise<Ended> {
  const child = spawn(command, words, {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await closed;
  return { code, stdout: stdout.trim(), stderr: stderr.trim() };
}
