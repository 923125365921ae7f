/** Programs of others that some tests try ours with. */
import { execFileSync } from 'node:child_process';

/** Whether a command can be called here. */
export function isInstalled(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
