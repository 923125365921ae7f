/** All vendors. A vendor is described by data; its target is loaded on first use. */
import { Failure } from '../failure.ts';
import { loginsight } from './loginsight/vendor.ts';
import { moesif } from './moesif/vendor.ts';
import { scarf } from './scarf/vendor.ts';
import { sumatra } from './sumatra/vendor.ts';
import type { Vendor } from './vendor.ts';

export const VENDORS: readonly Vendor[] = [scarf, sumatra, moesif, loginsight];

/** `one of scarf, sumatra, …`, for help and hints. */
export const VENDOR_CHOICE = `one of ${VENDORS.map(({ name }) => name).join(', ')}`;

/** The vendor with this name; undefined when there is none. */
export function findVendor(name: string): Vendor | undefined {
  return VENDORS.find((vendor) => vendor.name === name);
}

/** The same for a name that people wrote. Throws a Failure `usage` for an unknown one. */
export function requireVendor(name: string): Vendor {
  const vendor = findVendor(name);
  if (vendor === undefined)
    throw new Failure('usage', `there is no vendor "${name}"`, { hint: VENDOR_CHOICE });
  return vendor;
}
