/** Installs programs of others from npm, for one run of the benchmark. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The path of the program; undefined where it cannot be installed, as without a network. */
export async function installRival(name: string, directory: string): Promise<string | undefined> {
  const prefix = join(directory, 'rivals');
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error'];
  try {
    await promisify(execFile)('npm', ['install', '--prefix', prefix, ...quiet, name]);
    return join(prefix, 'node_modules', '.bin', name);
  } catch {
    return undefined;
  }
}
