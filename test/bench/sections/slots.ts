/** How processes share the slots of one account: eight of them beside one, over the same imports, against the sandbox. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Finding } from '../findings.ts';
import { writeMaterial } from '../material.ts';
import { COMMAND, type Place } from '../place.ts';

const processes = 8;
const slots = 15;
const chunkBytes = 65_536;
/** As many as fill eleven chunks. */
const rowsEach = 1_750;
/** How long an import takes: long beside the start of a process, as those of Scarf are. */
const importMs = 15_000;

/** What one way to share them came to. */
interface Outcome {
  /** When each process ended, from the moment at which all could begin. */
  endedMs: number[];
  imports: number;
  refused: number;
  maxActive: number;
}

/** Ends with an error when more imports were active than the account allows. */
export async function* shareSlots(place: Place): AsyncGenerator<Finding> {
  const paths: string[] = [];
  for (let part = 0; part < processes; part++) {
    const path = join(place.directory, `part-${part}.ndjson`);
    await writeMaterial({ path, rows: rowsEach, kind: 'ndjson' });
    paths.push(path);
  }
  const one = await race(place, [paths]);
  const eight = await race(
    place,
    paths.map((path) => [path]),
  );
  const lastMs = Math.max(...eight.endedMs);
  const bestMs = bestMsOf(eight);
  yield {
    name: `${processes} processes beside one, over ${eight.imports} imports of ${importMs / 1000} s`,
    value: lastMs / bestMs / (Math.max(...one.endedMs) / bestMsOf(one)),
    unit: 'times',
    floor: { most: 1.1, judgedSmall: true },
    detail: `${words(eight)} beside ${words(one)}`,
  };
  yield {
    name: 'the last of them beside the first',
    value: lastMs / Math.min(...eight.endedMs),
    unit: 'times',
    floor: { most: 2, judgedSmall: true },
    detail: `they ended after ${eight.endedMs.map((ms) => Math.round(ms / 1000)).join(', ')} s`,
  };
  yield {
    name: 'beside the best order there is',
    value: lastMs / bestMs,
    unit: 'times',
    detail: `${bestMs / 1000} s; one process ${(Math.max(...one.endedMs) / bestMsOf(one)).toFixed(2)} x`,
  };
}

/** In rounds of as many imports as there are slots. */
function bestMsOf({ imports }: Outcome): number {
  return Math.ceil(imports / slots) * importMs;
}

function words({ endedMs, imports, refused, maxActive }: Outcome): string {
  const seconds = (Math.max(...endedMs) / 1000).toFixed(1);
  return `${seconds} s (${imports} imports, ${refused} times refused, at most ${maxActive} active)`;
}

/**
 * Imports the files of each process into an account of their own. Several begin when all of them are there: until
 * then somebody else holds every slot.
 */
async function race(place: Place, parts: readonly (readonly string[])[]): Promise<Outcome> {
  const stateDirectory = join(place.directory, 'shared-state');
  const foreign = parts.length > 1 ? slots : 0;
  const options = ['--quiet', '--json', '--job', `${importMs}ms`, '--foreign-active', String(foreign)];
  const sandbox = spawn(process.execPath, [COMMAND, 'sandbox', ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [line] = (await once(createInterface(sandbox.stdout), 'line')) as [string];
    const { url, environment } = JSON.parse(line) as { url: string; environment: Record<string, string> };
    let startMs = performance.now();
    const runs = parts.map((paths) =>
      startImport(paths, { ...environment, SCARF_STATE_DIR: stateDirectory }),
    );
    if (foreign > 0) {
      await Promise.all(runs.map(({ waits }) => waits));
      await fetch(`${url}/_sandbox/jobs`, { method: 'POST', body: '{"finish":"all"}' });
      startMs = performance.now();
    }
    const endedMs = await Promise.all(runs.map(({ ends }) => ends.then(() => performance.now() - startMs)));
    const reply = await fetch(`${url}/_sandbox/state`);
    const { scarf } = (await reply.json()) as { scarf: Record<string, number> };
    const { imports = 0, refusedForActive = 0, maxActiveImports = 0 } = scarf;
    if (maxActiveImports > slots) throw new Error(`${maxActiveImports} imports were active at once`);
    return { endedMs, imports: imports - foreign, refused: refusedForActive, maxActive: maxActiveImports };
  } finally {
    sandbox.kill();
    await rm(stateDirectory, { recursive: true, force: true });
  }
}

interface Importing {
  /** Resolves when it waits for a slot. */
  waits: Promise<void>;
  /** Rejects when it fails. */
  ends: Promise<void>;
}

function startImport(paths: readonly string[], environment: Record<string, string>): Importing {
  const options = ['--chunk-size', String(chunkBytes), '--progress', 'json'];
  const child = spawn(process.execPath, [COMMAND, 'import', ...paths, ...options], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  const closed = once(child, 'close') as Promise<[number | null]>;
  const ends = closed.then(([code]) => {
    if (code !== 0) throw new Error(`an import ended with ${code}: ${lines.slice(-3).join(' ')}`);
  });
  const waiting = new Promise<void>((resolve) => {
    createInterface(child.stderr).on('line', (line) => {
      lines.push(line);
      if (line.includes('"slot-awaited"')) resolve();
    });
  });
  return { waits: Promise.race([waiting, ends]), ends };
}
