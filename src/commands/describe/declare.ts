/** `scarf-cli describe`: the command line as data, for wrappers, completions and docs. */
import type { Command } from 'commander';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { declareOptions, readSettings } from '../settings.ts';
import type { ActionContext } from '../verb.ts';

const SPECS: readonly OptionSpec[] = [
  {
    name: 'json',
    flags: '--json',
    description: 'print one JSON document; the only form there is',
    kind: 'flag',
    default: true,
  },
];

export function declareDescribe(program: Command, context: ActionContext): void {
  const { machine, version } = context;
  const command = program
    .command('describe')
    .summary('print all commands, options and exit codes as one JSON document')
    .description(
      'Print all commands with their arguments, options, types, defaults and environment variables, and the exit codes, as one versioned JSON document.',
    )
    .action(async () => {
      await readSettings(command, SPECS, { machine, stdinIsInput: false });
      const { describeProgram } = await import('./document.ts');
      machine.stdout.write(`${JSON.stringify(describeProgram(await context.wholeProgram(), version))}\n`);
    });
  declareOptions(command, SPECS);
}
