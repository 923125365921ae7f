/** Processes of the built program, on a machine of the tests. */
import { spawn } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { End } from './scenario.ts';
import { bundledParts } from '../bundled-parts.ts';

/** V8 has bytecode of the built program; to compile it anew, each process would take twice as long to start. */
const builtProgram: Plugin = {
  name: 'built-program',
  setup(build) {
    build.onResolve({ filter: /\/src\/main\.ts$/ }, () => ({
      path: pathToFileURL(join(process.cwd(), 'dist', 'main.js')).href,
      external: true,
    }));
  },
};

/** Builds the child, or another program of the tests, into `directory`; gives the file to run. */
export async function buildChild(directory: string, entry = 'test/chaos/child.ts'): Promise<string> {
  const root = process.cwd();
  await mkdir(directory, { recursive: true });
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  const outfile = join(directory, `${basename(entry, '.ts')}.mjs`);
  await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    plugins: [builtProgram, bundledParts],
    outfile,
    logLevel: 'warning',
  });
  return outfile;
}

export interface Ended {
  /** Undefined when it was killed. */
  exit: number | undefined;
  stdout: string;
  stderr: string;
}

export interface ChildOptions {
  program: string;
  directory: string;
  environment: Record<string, string>;
  end: End;
}

/** Runs the program to its end, or to the end that is planned for it. */
export function runChild(argv: readonly string[], options: ChildOptions): Promise<Ended> {
  const { program, directory, environment, end } = options;
  const death = end.kind === 'point' ? { CHAOS_DEATH: JSON.stringify(end.death) } : {};
  const env = { PATH: process.env['PATH'], HOME: directory, ...environment, ...death };
  const child = spawn(process.execPath, [program, ...argv], {
    cwd: directory,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer =
    end.kind === 'after' ? setTimeout(() => child.kill(end.signal ?? 'SIGKILL'), end.ms) : undefined;
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => (texts.stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (texts.stderr += bytes.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ exit: code ?? undefined, ...texts });
    });
  });
}
