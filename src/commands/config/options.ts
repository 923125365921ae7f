/** The options that can be saved for a vendor, by the names that people use. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import { RUN_OPTIONS } from '../../application/options/delivery.ts';
import { CHUNK_SIZE_OPTION } from '../../vendors/scarf/options.ts';
import { rowOptions } from '../../application/options/rows.ts';
import { Failure } from '../../failure.ts';
import { baseAddress } from '../../http/address.ts';
import { readValue } from '../../settings/kinds.ts';
import { resolveSettings } from '../../settings/resolve.ts';
import { nearestName } from '../../shaping/reshape/nearest.ts';
import { findVendor, requireVendor } from '../../vendors/index.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { secretProblem } from '../account/secret-text.ts';
import { withPlaceholders } from '../placeholders.ts';

/** The options of a vendor that a profile may hold; none for an unknown vendor. */
export function savedOptionsOf(name: string): OptionSpec[] {
  const vendor = findVendor(name);
  if (vendor === undefined) return [];
  const all: OptionSpec[] = [...vendor.options, ...rowOptions(vendor), CHUNK_SIZE_OPTION, ...RUN_OPTIONS];
  return all.filter(({ notSaved }) => notSaved !== true);
}

/** An option of a vendor, by its name with or without dashes. Throws a Failure `usage` when there is none. */
export function findOption(vendor: string, option: string): OptionSpec {
  requireVendor(vendor);
  const wanted = option.replace(/^--/, '');
  const specs = savedOptionsOf(vendor);
  const spec = specs.find((one) => optionName(one) === wanted);
  if (spec !== undefined) return spec;
  const nearest = nearestName(wanted, specs.map(optionName));
  throw new Failure('usage', `${vendor} has no option "${option}"`, {
    hint:
      nearest === undefined ? '"scarf-cli config list --show-origin" lists them' : `did you mean ${nearest}?`,
  });
}

/**
 * The flag without dashes; for an option without a flag, its settings name in kebab case: `token`, `api-url`.
 */
export function optionName({ flags, name }: OptionSpec): string {
  const flag = /--(?:no-)?([\w-]+)/.exec(flags ?? '')?.[1];
  return flag ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * Throws a Failure `usage` for text that the option cannot parse, or that no run would accept. The message
 * never quotes a secret.
 */
export async function checkValue(vendor: string, spec: OptionSpec, text: string): Promise<void> {
  const option = optionName(spec);
  if (text === '') {
    throw new Failure('usage', `${option} needs a value`, {
      hint: `scarf-cli config unset ${vendor} ${option} removes one`,
    });
  }
  // Name what the user typed rather than the variable.
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

/** Checks names of people, organizations and servers. */
function accountProblem(vendor: string, { name }: OptionSpec, text: string): string | undefined {
  const isName = findVendor(vendor)?.account.options.includes(name) ?? false;
  return isName && /\p{Cc}/u.test(text) ? 'it contains control characters' : undefined;
}

/** Creating a target validates its settings, without network access. */
async function checkWithTarget(vendor: Vendor | undefined, spec: OptionSpec, text: string): Promise<void> {
  if (vendor === undefined || spec.secret === true || !vendor.options.includes(spec)) return;
  const resolved = resolveSettings(vendor.options, {
    flags: {},
    environment: {},
    profile: { [spec.name]: text },
  });
  const nobody = () => Promise.reject(new Failure('bug', 'a check of settings asked the vendor'));
  await vendor.createTarget(withPlaceholders(vendor, resolved).values, {
    http: { request: nobody, stream: nobody, close: async () => undefined },
    now: () => 0,
    installationId: async () => '0',
  });
}
