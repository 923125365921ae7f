import type { KeepEvents } from '../events/store.ts';

export interface MoesifOptions {
  applicationId?: string;
  /** `false` answers everything with 402. */
  subscribed?: boolean;
  /**
   * Whether the paths of 2016-08, `/moesifapi/events`, exist beside `/v1`; by now the vendor has removed
   * them.
   */
  legacyPaths?: boolean;
  /** What an invalid event causes; whether its whole batch is refused is undocumented. */
  badEvents?: 'reject-batch' | 'drop-event';
  /** Events over `maxEventAgeDays` are refused unless the account was opened for backfill. */
  oldEvents?: 'reject' | 'accept';
  maxEventAgeDays?: number;
  /** 50 MB since 2024-02-02, uncompressed. Larger batches get a 413, which is assumed. */
  maxBatchBytes?: number;
  /** 15 MB since 2024-11-06. */
  maxActionBatchBytes?: number;
  keepEvents?: KeepEvents;
  maxTrackedIds?: number;
}

export type MoesifSettings = Required<MoesifOptions>;

export function resolveMoesifOptions(options: MoesifOptions): MoesifSettings {
  return {
    applicationId: 'sandbox-application',
    subscribed: true,
    legacyPaths: false,
    badEvents: 'reject-batch',
    oldEvents: 'reject',
    maxEventAgeDays: 30,
    maxBatchBytes: 50_000_000,
    maxActionBatchBytes: 15_000_000,
    keepEvents: false,
    maxTrackedIds: 2_000_000,
    ...options,
  };
}
