/** The vendors of chaos runs. */
import { dealLogInsight } from './loginsight.ts';
import { dealMoesif } from './moesif.ts';
import type { Deal } from './play.ts';
import { dealScarf } from './scarf.ts';
import { dealSumatra } from './sumatra.ts';

export const DEALS = {
  scarf: dealScarf,
  moesif: dealMoesif,
  sumatra: dealSumatra,
  loginsight: dealLogInsight,
} satisfies Record<string, Deal>;

export type VendorName = keyof typeof DEALS;

export const VENDOR_NAMES = Object.keys(DEALS) as [VendorName, ...VendorName[]];
