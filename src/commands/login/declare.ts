/** `scarf-cli login`: saves a secret after the vendor has accepted it. */
import type { Command } from 'commander';
import { declaredOptions } from '../account/options.ts';
import { givenFlags } from '../../settings/flags.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import { VENDOR_CHOICE, requireVendor } from '../../vendors/index.ts';
import { DEADLINE_OPTION } from '../../application/options/common.ts';
import { DEBUG_OPTIONS } from '../../application/options/debug.ts';
import { refuseFlagsOfOthers } from '../flags-of-others.ts';
import { declareOptions, readSettings } from '../settings.ts';
import type { ActionContext } from '../verb.ts';
import { LOGIN_OPTIONS, loginOptions } from './options.ts';

export function declareLogin(program: Command, context: ActionContext): void {
  const command = program
    .command('login')
    .summary('save a token, key or password for a vendor')
    .description(
      'Ask for a token, key or password, check it with one call, and save it in the keychain of the system (when @napi-rs/keyring is installed) or in a file that only you can read.',
    )
    .argument('[vendor]', VENDOR_CHOICE, 'scarf');
  declareOptions(command, [...LOGIN_OPTIONS, ...declaredOptions(loginOptions)]);
  command.action(async (name: string) => {
    const vendor = requireVendor(name);
    const specs = [...LOGIN_OPTIONS, ...loginOptions(vendor), DEADLINE_OPTION, ...DEBUG_OPTIONS];
    const settings = await readSettings(command, specs, {
      machine: context.machine,
      interruption: context.interruption,
      version: context.version,
      stdinIsInput: false,
      profile: vendor.name,
      mayBeNew: true,
      sendsNothing: true,
    });
    refuseFlagsOfOthers(command, [...specs, PROFILE_OPTION], vendor);
    const flags = givenFlags(command, [...specs, PROFILE_OPTION]);
    const { runLogin } = await import('./run.ts');
    context.settle(await runLogin({ vendor, settings, flags }, context));
  });
}
