/** `scarf-cli whoami`: which account is used, and whether the vendor accepts it. */
import type { Command } from 'commander';
import { DEADLINE_OPTION } from '../../application/options/common.ts';
import { DEBUG_OPTIONS } from '../../application/options/debug.ts';
import { VENDOR_CHOICE, requireVendor } from '../../vendors/index.ts';
import { accountOptions, declaredOptions } from '../account/options.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import { refuseFlagsOfOthers } from '../flags-of-others.ts';
import { declareOptions, readSettings } from '../settings.ts';
import type { ActionContext } from '../verb.ts';
import { WHOAMI_OPTIONS } from './options.ts';

export function declareWhoami(program: Command, context: ActionContext): void {
  const command = program
    .command('whoami')
    .summary('show the account that commands use, and check it')
    .description(
      'Show the account that commands use: profile, address, owner, where the secret comes from, whether the vendor takes it, and slots in use. Exit 4 when it does not.',
    )
    .argument('[vendor]', VENDOR_CHOICE, 'scarf');
  declareOptions(command, [...WHOAMI_OPTIONS, ...declaredOptions(accountOptions)]);
  command.action(async (name: string) => {
    const vendor = requireVendor(name);
    const specs = [...WHOAMI_OPTIONS, ...accountOptions(vendor), DEADLINE_OPTION, ...DEBUG_OPTIONS];
    refuseFlagsOfOthers(command, [...specs, PROFILE_OPTION], vendor);
    const settings = await readSettings(command, specs, {
      machine: context.machine,
      interruption: context.interruption,
      version: context.version,
      stdinIsInput: false,
      profile: vendor.name,
    });
    const { runWhoami } = await import('./run.ts');
    context.settle(await runWhoami({ vendor, settings }, context));
  });
}
