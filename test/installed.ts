/** Third-party programs that some tests use. */
import { execFileSync } from 'node:child_process';

/** Whether a command is installed here. */
export function isInstalled(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
