/** The command line as a process of its own, that a test can kill. */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { bundledParts } from '../../bundled-parts.ts';

/** Bundles the program where it finds its packages. The caller removes the directory. */
export async function buildCli(): Promise<{ path: string; remove: () => Promise<void> }> {
  const cache = join(process.cwd(), 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, 'scarf-cli-test-'));
  await build({
    entryPoints: ['src/main.ts'],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    plugins: [bundledParts],
    outdir: join(directory, 'dist'),
    logLevel: 'warning',
  });
  await copyFile('package.json', join(directory, 'package.json'));
  const path = join(directory, 'cli.js');
  await writeFile(path, `import { main } from './dist/main.js';\nawait main();\n`);
  return { path, remove: () => rm(directory, { recursive: true, force: true }) };
}

export interface CliProcess {
  /** What runs the program, and the program. */
  command: readonly string[];
  argv: readonly string[];
  directory: string;
  environment: Record<string, string>;
}

/** Runs it; `onEvent` sees the number and text of each line on standard error, and may kill, as may whoever `onStart` tells. */
export async function runProcess(
  cli: CliProcess,
  onEvent: (line: string, number: number, kill: () => void) => void = () => undefined,
  onStart: (kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
): Promise<{ code: number | null; stderr: string }> {
  const [program = '', ...words] = cli.command;
  const child = spawn(program, [...words, ...cli.argv], {
    cwd: cli.directory,
    env: { PATH: process.env['PATH'], ...cli.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onStart((signal) => void child.kill(signal));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    onEvent(line, lines.length, () => child.kill('SIGKILL'));
  }
  return { code: await ended, stderr: lines.join('\n') };
}
