/** `scarf-cli logout`: removes the saved secrets of a vendor. */
import type { Command } from 'commander';
import { EXIT } from '../../failure.ts';
import { givenFlags } from '../../settings/flags.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import { VENDOR_CHOICE, requireVendor } from '../../vendors/index.ts';
import { declareOptions } from '../settings.ts';
import type { ActionContext } from '../verb.ts';

export function declareLogout(program: Command, { machine, settle }: ActionContext): void {
  const command = program
    .command('logout')
    .summary('remove the saved token, key or password of a vendor')
    .description('Remove what login saved, from the keychain or the file. Nothing to remove is no error.')
    .argument('[vendor]', VENDOR_CHOICE, 'scarf');
  declareOptions(command, [PROFILE_OPTION]);
  command.action(async (name: string) => {
    const { runLogout } = await import('./run.ts');
    await runLogout({ vendor: requireVendor(name), flags: givenFlags(command, [PROFILE_OPTION]) }, machine);
    settle(EXIT.ok);
  });
}
