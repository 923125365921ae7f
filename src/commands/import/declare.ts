/** `scarf-cli import`: declared here, run by application/delivery. */
import type { Command } from 'commander';
import { scarf } from '../../vendors/scarf/vendor.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import { takesStdin } from '../takes-stdin.ts';
import type { ActionContext } from '../verb.ts';
import { IMPORT_OPTIONS } from '../../application/options/delivery.ts';
import { declareOptions, readSettings } from '../settings.ts';

export function declareImport(
  program: Command,
  { machine, interruption, settle, version }: ActionContext,
): void {
  const command = program
    .command('import')
    .summary('import events into Scarf and wait for the imports to finish')
    .description(
      'Import files of events into Scarf. Every row is accounted for; running it again goes on where it stopped.',
    )
    .argument('[files...]', 'files, globs, or - for standard input; gzip is found by itself')
    .action(async (patterns: string[]) => {
      const stdinIsInput = takesStdin(patterns, command);
      const settings = await readSettings(command, IMPORT_OPTIONS, {
        machine,
        interruption,
        stdinIsInput,
        profile: 'scarf',
        hasInputs: true,
        version,
      });
      const { runDelivery } = await import('../../application/delivery/run.ts');
      settle(
        await runDelivery(
          { command: 'import', vendor: scarf, patterns, specs: IMPORT_OPTIONS, settings },
          { machine, interruption, version },
        ),
      );
    });
  declareOptions(command, [...IMPORT_OPTIONS, PROFILE_OPTION]);
}
