import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundledParts } from './bundled-parts.ts';

/** Bundles a TypeScript program whose imports are relative to the project; resolves to the path of the bundle. */
export async function buildProgram(directory: string, source: string): Promise<string> {
  const path = join(directory, 'program.mjs');
  await build({
    stdin: { contents: source, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    plugins: [bundledParts],
    outfile: path,
    logLevel: 'warning',
  });
  return path;
}

/** The output of a process, and how it ended. */
export interface Ended {
  lines: string[];
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Starts a command in `directory`; `onLine` is called with each line of its output as it arrives. */
export function run(
  command: readonly string[],
  directory: string,
  onLine: (line: string, child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  const [program = '', ...rest] = command;
  const child = spawn(program, rest, { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => {
    const parts = (text + bytes.toString()).split('\n');
    text = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      onLine(line, child);
    }
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ lines, code, signal }));
  });
}
