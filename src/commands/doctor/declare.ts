/** `scarf-cli doctor`: checks everything that a run needs, from Node.js to the account. */
import type { Command } from 'commander';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { valuesOf } from '../../settings/values.ts';
import { VENDORS, requireVendor } from '../../vendors/index.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import { refuseFlagsOfOthers } from '../flags-of-others.ts';
import { declareOptions, readSettings } from '../settings.ts';
import type { ActionContext } from '../verb.ts';
import { DOCTOR_OPTIONS } from './options.ts';

/** The options of a vendor for account, server and network. */
const accountNames = new Set([
  'owner',
  'token',
  'apiUrl',
  'pathPrefix',
  'api',
  'username',
  'password',
  'provider',
  'sessionId',
  'caFile',
  'insecure',
  'maxActive',
]);

/** The options with flags here; others have their saved or default values. */
function flagsOf(vendor: Vendor): OptionSpec[] {
  return [...vendor.options.filter(({ name }) => accountNames.has(name)), ...DOCTOR_OPTIONS];
}

/** The flags of all vendors, each once. Variables and defaults depend on the vendor. */
const SPECS: readonly OptionSpec[] = [
  ...new Map(
    VENDORS.flatMap(flagsOf).map((spec) => [spec.flags ?? spec.fileFlags ?? spec.environment?.[0], spec]),
  ).values(),
];

export function declareDoctor(program: Command, context: ActionContext): void {
  const { machine, interruption, settle, version } = context;
  const command = program
    .command('doctor')
    .summary('check Node.js, network, account, state directory and PostgreSQL')
    .description(
      'Check everything that a run needs: Node.js, DNS, TLS, proxy, clock, token, owner, slots, state directory and PostgreSQL. Nothing is changed or sent. Exit 4 when credentials are wrong, 5 when the server cannot be reached, 6 when this machine lacks something.',
    )
    .argument('[vendor]', `one of: ${VENDORS.map(({ name }) => name).join(', ')} (default: scarf)`)
    .action(async (name = 'scarf') => {
      const vendor = requireVendor(name as string);
      const specs = [...vendor.options, ...DOCTOR_OPTIONS];
      refuseFlagsOfOthers(command, [...specs, PROFILE_OPTION], vendor);
      const reading = { machine, interruption, stdinIsInput: false, profile: vendor.name, version };
      const settings = await readSettings(command, specs, reading);
      const { runDoctor } = await import('./run.ts');
      const own = valuesOf(DOCTOR_OPTIONS, settings.values);
      settle(await runDoctor({ vendor, settings, own }, context));
    });
  declareOptions(command, [...SPECS, PROFILE_OPTION]);
}
