/**
 * The base directories of the XDG specification 0.8, which says to ignore relative paths in the variables.
 */
import { isAbsolute, join } from 'node:path';
import type { Machine } from '../machine.ts';

const program = 'scarf-cli';

const directories = {
  state: { variable: 'XDG_STATE_HOME', fallback: ['.local', 'state'] },
  config: { variable: 'XDG_CONFIG_HOME', fallback: ['.config'] },
} as const;

/** Our own directory for state or configuration; undefined without a home directory. Creates nothing. */
export function xdgDirectory(
  machine: Pick<Machine, 'environment' | 'homeDirectory'>,
  purpose: keyof typeof directories,
): string | undefined {
  const { variable, fallback } = directories[purpose];
  const base = machine.environment[variable];
  if (base !== undefined && isAbsolute(base)) return join(base, program);
  return machine.homeDirectory && join(machine.homeDirectory, ...fallback, program);
}
