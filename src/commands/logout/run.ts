/** Runs `logout`. Throws a Failure `usage`, or `local` for the keychain and the file. */
import type { Machine } from '../../machine.ts';
import { printable } from '../../report/terminal/printable.ts';
import { chooseExistingProfile } from '../../settings/profiles/choose.ts';
import { profileStore } from '../../settings/profiles/store.ts';
import type { SettingValues } from '../../settings/values.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { forgetSecret } from '../account/kept-secret.ts';
import { optionName } from '../config/options.ts';

/** Removes every secret of the vendor from the profile and prints where it was. */
export async function runLogout(
  { vendor, flags }: { vendor: Vendor; flags: SettingValues },
  machine: Machine,
): Promise<void> {
  const store = profileStore(machine);
  const document = await store.load();
  const { name: profile } = chooseExistingProfile(document, { flags, environment: machine.environment });
  const removed: string[] = [];
  for (const spec of vendor.options.filter(({ secret }) => secret === true)) {
    const from = await forgetSecret({ profile, vendor: vendor.name, option: spec.name }, machine);
    if (from === undefined) continue;
    removed.push(`${optionName(spec)} removed from ${from === 'keychain' ? 'the keychain' : store.path}`);
  }
  const words = removed.length === 0 ? 'there was nothing to remove' : removed.join(', ');
  machine.stderr.write(`${printable(`Logged out of ${vendor.title}, profile ${profile}: ${words}`)}\n`);
}
