/** `scarf-cli config`: options saved per vendor, behind flags and environment. */
import type { Command } from 'commander';
import { VENDORS } from '../../vendors/index.ts';
import type { ActionContext } from '../verb.ts';
import type { ConfigVerb } from './run.ts';

export function declareConfig(program: Command, { machine }: ActionContext): void {
  const config = program
    .command('config')
    .summary('save settings for a vendor')
    .description(
      `Save options of a vendor (${VENDORS.map(({ name }) => name).join(', ')}), to stand behind flags and environment.`,
    )
    .addHelpText('after', EXAMPLES);
  const run = async (verb: ConfigVerb, words: readonly string[]) => {
    const { runConfig } = await import('./run.ts');
    await runConfig(verb, words, machine);
  };
  config
    .command('set')
    .description('Save a value. Without one it is read from standard input, as befits a secret.')
    .argument('<vendor>')
    .argument('<option>', 'an option without its dashes: max-active')
    .argument('[value]')
    .action((...words: unknown[]) =>
      run(
        'set',
        words.filter((word) => typeof word === 'string'),
      ),
    );
  config
    .command('unset')
    .description('Forget a value.')
    .argument('<vendor>')
    .argument('<option>')
    .action((...words: unknown[]) =>
      run(
        'unset',
        words.filter((word) => typeof word === 'string'),
      ),
    );
  config
    .command('list')
    .description('Print what is saved; secrets say only that they are set.')
    .action(() => run('list', []));
  config
    .command('path')
    .description('Print where it is saved.')
    .action(() => run('path', []));
}

const EXAMPLES = `
Examples:
  $ scarf-cli config set scarf owner acme
  $ scarf-cli config set scarf token < token.txt
  $ scarf-cli config list`;
