/** The state directory, where runs keep their ledgers, rejects and spools. */
import { resolve } from 'node:path';
import type { OptionSpec } from './option-spec.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { xdgDirectory } from './xdg.ts';

/** `--state-dir`, else `SCARF_STATE_DIR`; declared by every command that keeps state. */
export const STATE_DIRECTORY_OPTION = {
  name: 'stateDir',
  flags: '--state-dir <dir>',
  environment: ['SCARF_STATE_DIR'],
  path: { role: 'state', kept: ['runs', 'spools', 'locks', 'installation-id'] },
  description:
    'where runs keep their state, instead of $XDG_STATE_HOME/scarf-cli or ~/.local/state/scarf-cli',
} as const satisfies OptionSpec;

/**
 * The absolute path of the state directory; `chosen` is the value of the option above. Creates nothing.
 * Throws a Failure `local` when no setting and no home directory determine it; the working directory is never
 * used instead.
 */
export function stateDirectory(machine: HomeMachine, chosen: string | undefined): string {
  const directory = findStateDirectory(machine, chosen);
  if (directory !== undefined) return directory;
  throw new Failure('local', 'no home directory to keep state in', {
    hint: 'name a directory with --state-dir or SCARF_STATE_DIR',
  });
}

type HomeMachine = Pick<Machine, 'environment' | 'homeDirectory' | 'workingDirectory'>;

/** As `stateDirectory`, but undefined where that throws. */
export function findStateDirectory(machine: HomeMachine, chosen: unknown): string | undefined {
  if (typeof chosen === 'string' && chosen !== '') return resolve(machine.workingDirectory, chosen);
  return xdgDirectory(machine, 'state');
}
