/** The vendors of chaos runs. */
import { dealLogInsight } from './loginsight.ts';
import { dealMoesif } from './moesif.ts';
import type { Deal } from './play.ts';
import { dealLargeScarf, dealScarf } from './scarf.ts';
import { dealSumatra } from './sumatra.ts';

export const DEALS = {
  scarf: dealScarf,
  moesif: dealMoesif,
  sumatra: dealSumatra,
  loginsight: dealLogInsight,
} satisfies Record<string, Deal>;

export type VendorName = keyof typeof DEALS;

export const VENDOR_NAMES = Object.keys(DEALS) as [VendorName, ...VendorName[]];

/** One in this many seeds has inputs large enough for several threads. */
const LARGE_EVERY = 25;

/** The deal of a seed that has large inputs, where it may be of this vendor; undefined for all others. */
export function largeDealOf(seed: number, wanted?: VendorName): Deal | undefined {
  const isLarge = seed % LARGE_EVERY === 0 && (wanted ?? 'scarf') === 'scarf';
  return isLarge ? dealLargeScarf : undefined;
}
