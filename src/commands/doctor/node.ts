/** Checks the version of Node.js. */
import type { Finding } from '../../contracts/finding.ts';
import type { Machine } from '../../machine.ts';

/** As in package.json. */
const oldest = [20, 18, 1] as const;

export async function checkNode({ runtime: { node: nodeVersion } }: Machine): Promise<Finding[]> {
  const needed = oldest.join('.');
  if (!isOlder(nodeVersion)) return [{ check: 'node', state: 'ok', message: `Node.js ${nodeVersion}` }];
  const message = `Node.js ${nodeVersion} is older than ${needed}`;
  return [
    { check: 'node', state: 'failed', message, fix: `install Node.js ${needed} or newer`, kind: 'local' },
  ];
}

function isOlder(version: string): boolean {
  const parts = version.replace(/^v/, '').split('.').map(Number);
  const index = oldest.findIndex((least, at) => parts[at] !== least);
  return index >= 0 && (parts[index] ?? 0) < (oldest[index] ?? 0);
}
