/** `scarf-cli completion SHELL` prints a completion script; `scarf-cli complete` answers that script. */
import { Argument, type Command } from 'commander';
import { EXIT } from '../../failure.ts';
import type { ActionContext } from '../verb.ts';
import { COMPLETION_SCRIPTS, SHELLS, type Shell } from './scripts.ts';

export function declareCompletion(program: Command, { machine }: ActionContext): void {
  program
    .command('completion')
    .summary('print a completion script for your shell')
    .description(
      'Print a script that completes commands, flags, choices, files, profiles, run ids and import ids.',
    )
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(SHELLS))
    .action((shell: Shell) => void machine.stdout.write(COMPLETION_SCRIPTS[shell].script));
}

/** The scripts call this on every completion, so it fails silently. */
export function declareComplete(program: Command, context: ActionContext): void {
  program
    .command('complete', { hidden: true })
    .description('Print what the last of these words could be.')
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words: string[]) => {
      const { complete } = await import('./complete.ts');
      await complete(words, context).catch(() => undefined);
      context.settle(EXIT.ok);
    });
}
