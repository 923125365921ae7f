/** Finds what takes precedence over a secret that was just saved. */
import type { Machine } from '../../machine.ts';
import type { Values } from '../../settings/profiles/document.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { optionName } from '../config/options.ts';

/** A sentence for each. `saved`: the profile's values. */
export function shadowsOf(
  { vendor, option, saved }: { vendor: Vendor; option: string; saved: Values },
  { environment }: Pick<Machine, 'environment'>,
): string[] {
  const spec = vendor.options.find(({ name }) => name === option);
  const command = vendor.options.find(({ name }) => name === spec?.commandOption);
  const variables = [...(spec?.environment ?? []), ...(command?.environment ?? [])];
  const isSet = (name: string) => environment[name] !== undefined && environment[name] !== '';
  const shadows = variables
    .filter(isSet)
    .map((name) => `${name} is set, and goes before what is saved: unset ${name}`);
  if (command !== undefined && Object.hasOwn(saved, command.name)) {
    const name = optionName(command);
    shadows.push(
      `the profile has a ${name}, which goes before: scarf-cli config unset ${vendor.name} ${name}`,
    );
  }
  return shadows;
}
