/** The options of `login`. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { accountOptions } from '../account/options.ts';

export const LOGIN_OPTIONS = [
  {
    name: 'tokenStdin',
    group: 'account',
    common: true,
    flags: '--token-stdin',
    description: 'read the token, key or password from standard input',
    kind: 'flag',
    default: false,
  },
  {
    name: 'check',
    common: true,
    flags: '--no-check',
    description: 'save without asking the vendor first',
    kind: 'flag',
    default: true,
  },
] as const satisfies readonly OptionSpec[];

/** Login takes the secret directly, so the options for commands that print it are left out. */
export function loginOptions(vendor: Vendor): OptionSpec[] {
  const own = accountOptions(vendor);
  const commands = own.flatMap(({ commandOption }) => commandOption ?? []);
  return own
    .filter(({ name }) => !commands.includes(name))
    .map(({ commandOption: _command, ...spec }) => spec);
}
