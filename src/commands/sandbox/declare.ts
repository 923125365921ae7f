/** `scarf-cli sandbox`: emulated vendors on loopback, for testing pipelines. */
import type { Command } from 'commander';
import type { ActionContext } from '../verb.ts';
import { declareOptions, readSettings } from '../settings.ts';
import { SAMPLE_OPTIONS, SANDBOX_OPTIONS } from './options.ts';

export function declareSandbox(program: Command, { machine, interruption, settle }: ActionContext): void {
  const sandbox = program
    .command('sandbox')
    .enablePositionalOptions()
    .summary('run emulated vendors on this machine to test against')
    .description(
      'Start emulated vendors on 127.0.0.1 and print the environment that points clients at them. Ends on Ctrl-C.',
    )
    .action(async () => {
      const { values } = await readSettings(sandbox, SANDBOX_OPTIONS, {
        machine,
        interruption,
        stdinIsInput: false,
      });
      const { runSandbox } = await import('./run.ts');
      settle(await runSandbox(values, { machine, interruption }));
    });
  declareOptions(sandbox, SANDBOX_OPTIONS);
  const exec = sandbox
    .command('exec')
    .description('Run a command against a sandbox of its own and exit with its code.')
    .argument('<command...>', 'behind --: the command and its arguments')
    .passThroughOptions()
    .action(async (words: string[]) => {
      const { values } = await readSettings(exec, SANDBOX_OPTIONS, { machine, stdinIsInput: false });
      const { execInSandbox } = await import('./run.ts');
      settle(await execInSandbox(words, values, { machine, interruption }));
    });
  declareOptions(exec, SANDBOX_OPTIONS);
  const sample = sandbox
    .command('sample')
    .description('Write the files that the examples of the README use, with fresh times.')
    .argument('[directory]', 'where to; it is made if it is not there', '.')
    .action(async (directory: string) => {
      const { values } = await readSettings(sample, SAMPLE_OPTIONS, { machine, stdinIsInput: false });
      const { writeSample } = await import('./sample.ts');
      settle(await writeSample(directory, values.overwrite, machine));
    });
  declareOptions(sample, SAMPLE_OPTIONS);
}
