/** All vendors. A vendor is described by data; its target is loaded on first use. */
import { loginsight } from './loginsight/vendor.ts';
import { moesif } from './moesif/vendor.ts';
import { scarf } from './scarf/vendor.ts';
import { sumatra } from './sumatra/vendor.ts';
import type { Vendor } from './vendor.ts';

export const VENDORS: readonly Vendor[] = [scarf, sumatra, moesif, loginsight];

/** The vendor with this name; undefined when there is none. */
export function findVendor(name: string): Vendor | undefined {
  return VENDORS.find((vendor) => vendor.name === name);
}
