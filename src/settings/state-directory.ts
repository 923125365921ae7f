/** Where runs keep their ledgers, rejects and spools. */
import { resolve } from 'node:path';
import type { OptionSpec } from '../contracts.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { xdgDirectory } from './xdg.ts';

/** `--state-dir`, else `SCARF_STATE_DIR`; declared by every command that keeps state. */
export const STATE_DIRECTORY_OPTION: OptionSpec<string> = {
  name: 'stateDir',
  flags: '--state-dir <dir>',
  environment: ['SCARF_STATE_DIR'],
  description:
    'where runs keep their state, instead of $XDG_STATE_HOME/scarf-cli or ~/.local/state/scarf-cli',
};

/**
 * The absolute state directory; `chosen` is the value of the option above. Nothing is created. Throws a Failure of kind
 * `local` when nobody says where it is: the working directory is never taken for a home.
 */
export function stateDirectory(
  machine: Pick<Machine, 'environment' | 'homeDirectory' | 'workingDirectory'>,
  chosen: string | undefined,
): string {
  if (chosen !== undefined && chosen !== '') return resolve(machine.workingDirectory, chosen);
  const directory = xdgDirectory(machine, 'state');
  if (directory !== undefined) return directory;
  throw new Failure('local', 'there is no home directory to keep state in', {
    hint: 'name a directory with --state-dir or SCARF_STATE_DIR',
  });
}
