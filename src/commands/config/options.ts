/** What can be saved for a vendor, by the names that people use. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import { RUN_OPTIONS } from '../../application/options/delivery.ts';
import { rowOptions } from '../../application/options/rows.ts';
import { Failure } from '../../failure.ts';
import { baseAddress } from '../../http/address.ts';
import { readValue } from '../../settings/kinds.ts';
import { resolveSettings } from '../../settings/resolve.ts';
import { findVendor, VENDORS } from '../../vendors/index.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { CHUNK_SIZE_OPTION } from '../../vendors/scarf/options.ts';
import { secretProblem } from '../account/secret-text.ts';
import { withStandIns } from '../stand-ins.ts';

/** The options of a vendor that a profile may hold; none for a name that is no vendor. */
export function savedOptionsOf(name: string): OptionSpec[] {
  const vendor = findVendor(name);
  if (vendor === undefined) return [];
  return [...vendor.options, ...rowOptions(vendor), CHUNK_SIZE_OPTION, ...RUN_OPTIONS];
}

/** Throws a Failure `usage` for a name that is no vendor. */
export function checkVendor(name: string): void {
  if (findVendor(name)) return;
  throw new Failure('usage', `there is no vendor "${name}"`, {
    hint: `one of ${VENDORS.map((vendor) => vendor.name).join(', ')}`,
  });
}

/** The option of a vendor, its name with or without dashes. Throws a Failure `usage` when there is none. */
export function findOption(vendor: string, option: string): OptionSpec {
  checkVendor(vendor);
  const wanted = option.replace(/^--/, '');
  const spec = savedOptionsOf(vendor).find((one) => optionName(one) === wanted);
  if (!spec) throw new Failure('usage', `${vendor} has no option "${option}"`);
  return spec;
}

/** As on the command line, without dashes; what has no flag goes by its name in settings: `token`, `api-url`. */
export function optionName({ flags, name }: OptionSpec): string {
  const flag = /--(?:no-)?([\w-]+)/.exec(flags ?? '')?.[1];
  return flag ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * Throws a Failure `usage` for text that the option cannot be read from, or that a run would refuse whatever else is set.
 * A secret is not quoted.
 */
export async function checkValue(vendor: string, spec: OptionSpec, text: string): Promise<void> {
  const option = optionName(spec);
  if (text === '') {
    throw new Failure('usage', `${option} needs a value`, {
      hint: `scarf-cli config unset ${vendor} ${option} removes one`,
    });
  }
  // Names what the person wrote, and not the variable.
  if (spec.name === 'apiUrl') baseAddress(text, option, { plainAnywhere: true });
  try {
    readValue(spec, text);
  } catch (cause) {
    const problem = spec.secret === true ? 'it cannot be used as it is' : (cause as Error).message;
    throw new Failure('usage', `${option}: ${problem}`, { cause });
  }
  const unfit = spec.secret === true ? secretProblem(spec.name, text) : accountProblem(vendor, spec, text);
  if (unfit !== undefined) throw new Failure('usage', `${option}: ${unfit}`);
  await checkWithTarget(findVendor(vendor), spec, text);
}

/** Names of people, organizations and servers. */
function accountProblem(vendor: string, { name }: OptionSpec, text: string): string | undefined {
  const isName = findVendor(vendor)?.account.options.includes(name) ?? false;
  return isName && /\p{Cc}/u.test(text) ? 'it contains control characters' : undefined;
}

/** A target checks its settings when it is made, and asks nobody. */
async function checkWithTarget(vendor: Vendor | undefined, spec: OptionSpec, text: string): Promise<void> {
  if (vendor === undefined || spec.secret === true || !vendor.options.includes(spec)) return;
  const resolved = resolveSettings(vendor.options, {
    flags: {},
    environment: {},
    profile: { [spec.name]: text },
  });
  const nobody = () => Promise.reject(new Failure('bug', 'a check of settings asked the vendor'));
  await vendor.createTarget(withStandIns(vendor, resolved).values, {
    http: { request: nobody, stream: nobody, close: async () => undefined },
    now: () => 0,
    installationId: async () => '0',
  });
}
