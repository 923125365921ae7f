/** A delivery's settings as one typed, frozen value. */
import type { Share } from '../../records.ts';
import type { ProgressMode } from '../../report/display.ts';

/** By the names of the option specs; the vendor's own and those of shaping are read where they belong. */
export interface DeliverySettings {
  retries: number;
  wait: boolean;
  rejects?: string;
  /** What stands where outputs go may be replaced. */
  overwrite: boolean;
  /** What stands where rows go is added to. */
  append: boolean;
  allowRejects?: Share;
  maxRejects?: Share;
  onUnknown: 'stop' | 'resend';
  /** Only where there are jobs with counters. */
  strictCounters?: boolean;
  compressionLevel: number;
  again: boolean;
  ledger: boolean;
  allowEmpty: boolean;
  dryRun: boolean;
  stateDir?: string;
  json: boolean;
  report?: string;
  quiet: boolean;
  progress: ProgressMode;
  color: boolean;
  output?: string;
}
