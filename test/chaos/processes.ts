/** Processes of the program, built apart from the tree so that nothing is left in it. */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import type { End } from './scenario.ts';
import { bundledParts } from '../bundled-parts.ts';
import packageJson from '../../package.json' with { type: 'json' };

const { dependencies, peerDependencies } = packageJson;

/** Packages that are not loaded to deliver, some of which bring files of their own. */
const lateParts = Object.keys({ ...dependencies, ...peerDependencies }).filter(
  (name) => !['chalk', 'commander', 'lossless-json', 'p-limit', 'p-retry'].includes(name),
);
/** For packages that are no modules. */
const requireInModules =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/** Builds the child, or another program of the tests, into `directory`; gives the file to run. */
export async function buildChild(directory: string, entry = 'test/chaos/child.ts'): Promise<string> {
  const root = process.cwd();
  await mkdir(directory, { recursive: true });
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  await copyFile(join(root, 'package.json'), join(directory, 'package.json'));
  await build({
    entryPoints: {
      [basename(entry, '.ts')]: join(root, entry),
      // Where package.json says that it is.
      'row-thread': join(root, 'src/application/delivery/threads/row-thread.ts'),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    // One file, with all that a delivery needs: Node.js takes a fifth longer to start when it has to look for packages.
    external: lateParts,
    banner: { js: requireInModules },
    plugins: [bundledParts],
    outdir: join(directory, 'dist'),
    logLevel: 'warning',
  });
  return join(directory, 'dist', `${basename(entry, '.ts')}.js`);
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
