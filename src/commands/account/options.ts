/** The account options of all vendors, each flag once. */
import { DEADLINE_OPTION } from '../../application/options/common.ts';
import { DEBUG_OPTIONS } from '../../application/options/debug.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import { VENDORS } from '../../vendors/index.ts';
import type { Vendor } from '../../vendors/vendor.ts';

/** The options for account and server, including secrets and the commands that print them. */
export function accountOptions(vendor: Vendor): OptionSpec[] {
  const commands = vendor.options.flatMap((spec) => spec.commandOption ?? []);
  const names = [...vendor.account.options, ...commands];
  return vendor.options.filter(({ name, secret }) => secret === true || names.includes(name));
}

/** For a command whose vendor is an argument. */
export function declaredOptions(optionsOf: (vendor: Vendor) => readonly OptionSpec[]): OptionSpec[] {
  const specs = VENDORS.flatMap(optionsOf);
  const keyOf = ({ flags, fileFlags, environment }: OptionSpec) => flags ?? fileFlags ?? environment?.[0];
  const byKey = new Map<string | undefined, OptionSpec>();
  for (const spec of specs) {
    const first = byKey.get(keyOf(spec));
    byKey.set(keyOf(spec), first === undefined ? spec : together(first, spec));
  }
  return [...byKey.values(), PROFILE_OPTION, DEADLINE_OPTION, ...DEBUG_OPTIONS];
}

/** Merges the specs of a flag that two vendors have. */
function together(one: OptionSpec, other: OptionSpec): OptionSpec {
  const environment = [...new Set([...(one.environment ?? []), ...(other.environment ?? [])])];
  const description =
    one.description === other.description || one.description.endsWith(orTheLike)
      ? one.description
      : `${one.description}${orTheLike}`;
  return { ...one, environment, description };
}

const orTheLike = ', or that of another vendor';
