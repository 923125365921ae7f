/** Runs commands and says what they took. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { busyMs, processMs } from './load.ts';

export interface Measured {
  wallMs: number;
  /** User and system time of the command and its children. */
  cpuMs: number;
  /** Resident memory at its highest; zero where it is not known. */
  peakBytes: number;
  /** How many processors were busy with something else, on average; NaN where it is not known. */
  others: number;
}

/** In these gzip and pigz look for options, and for file names, too: a baseline with `GZIP` set measures nothing. */
const CLEARED = { GZIP: undefined, PIGZ: undefined };

/** Runs a shell command line to its end. `helpers`: processes whose work belongs to it. Throws when it fails. */
export async function measureShell(script: string, helpers: readonly number[] = []): Promise<Measured> {
  return besideOthers(helpers, async () => {
    const { wallMs, stdout } = await runToEnd('sh', ['-c', `${script} >&2 || exit 1; times`], CLEARED);
    return { wallMs, cpuMs: childrenCpuMs(stdout), peakBytes: 0 };
  });
}

export interface NodeRun {
  /** The program that tells at its end what the process took. */
  probe: string;
  environment: NodeJS.ProcessEnv;
  /** A command in front, such as `taskset -c 0`. */
  prefix: readonly string[];
  /** Processes whose work belongs to it. */
  helpers: readonly number[];
}

/** Runs a Node program to its end, with the probe in front. Throws when it fails. */
export async function measureNode(
  args: readonly string[],
  { probe, environment, prefix, helpers }: NodeRun,
): Promise<Measured> {
  const [command = '', ...rest] = [...prefix, process.execPath, '--import', probe, ...args];
  return besideOthers(helpers, async () => {
    const { wallMs, told } = await runToEnd(command, rest, environment);
    return { wallMs, ...(JSON.parse(told) as Pick<Measured, 'cpuMs' | 'peakBytes'>) };
  });
}

/** Says how busy the processors were with what is neither the command, nor a helper, nor this process. */
async function besideOthers(
  helpers: readonly number[],
  run: () => Promise<Omit<Measured, 'others'>>,
): Promise<Measured> {
  const own = () => [process.pid, ...helpers].reduce((sum, pid) => sum + processMs(pid), 0);
  const [ownBefore, busyBefore] = [own(), busyMs()];
  const measured = await run();
  const busyAfter = busyMs();
  if (busyBefore === undefined || busyAfter === undefined) return { ...measured, others: Number.NaN };
  const othersMs = busyAfter - busyBefore - (own() - ownBefore) - measured.cpuMs;
  return { ...measured, others: Math.max(0, othersMs / measured.wallMs) };
}

/** Runs two things in turns, so that the machine's moods strike both alike, and starts with another one each time. */
export async function measurePairs(
  pairs: number,
  one: () => Promise<Measured>,
  other: () => Promise<Measured>,
): Promise<{ one: Measured[]; other: Measured[] }> {
  const measured = { one: [] as Measured[], other: [] as Measured[] };
  for (let pair = 0; pair < pairs; pair++) {
    const inTurn = pair % 2 === 0 ? (['one', 'other'] as const) : (['other', 'one'] as const);
    for (const which of inTurn) measured[which].push(await (which === 'one' ? one() : other()));
  }
  return measured;
}

/** The same thing several times. */
export async function measureTimes(times: number, one: () => Promise<Measured>): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (let time = 0; time < times; time++) measured.push(await one());
  return measured;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Whether the shell finds a program. */
export async function isInstalled(program: string): Promise<boolean> {
  const child = spawn('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0;
}

async function runToEnd(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ wallMs: number; stdout: string; told: string }> {
  const startMs = performance.now();
  const child = spawn(command, args, {
    // Node.js 20 reads and decodes these certificates at each start: what is measured needs none.
    env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr, told] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    text(child.stdio[3] as Readable),
  ]);
  const [code] = await closed;
  const wallMs = performance.now() - startMs;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
  return { wallMs, stdout, told };
}

/** POSIX: `times` prints the shell's own times, and in the second line those of its children: `0m5.51s 0m0.42s`. */
function childrenCpuMs(times: string): number {
  const line = times.trim().split('\n').at(-1) ?? '';
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}
