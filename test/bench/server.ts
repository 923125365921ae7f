/** Servers that a benchmark speaks with, each in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** `npm run bench` is run in the folder of the project, and bundles its programs there. */
export const PROGRAMS = join(process.cwd(), 'dist', 'test', 'bench');

export interface Server {
  address: string;
  pid: number | undefined;
  close(): void;
}

/** Starts a program of this folder that prints its port. To be closed. */
export async function startServer(program: string, ...args: string[]): Promise<Server> {
  const child = spawn(process.execPath, [join(PROGRAMS, `${program}.js`), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { address: `http://127.0.0.1:${port}`, pid: child.pid, close: () => void child.kill() };
}
