import type { KeepEvents } from '../events/store.ts';

export interface SumatraOptions {
  apiKey?: string;
  /** Event types of the live topology; others get a 404, which is likely but undocumented. */
  eventTypes?: 'any' | string[];
  /** Inputs that features need. An event that lacks one is answered with an entry in `errors`, status 200. */
  requiredInputs?: string[];
  /** Whether `/batch`, known only from the vendor's Python SDK 1.2.0 (2024-02), exists. */
  batch?: boolean;
  maxBodyBytes?: number;
  keepEvents?: KeepEvents;
}

export type SumatraSettings = Required<SumatraOptions>;

export function resolveSumatraOptions(options: SumatraOptions): SumatraSettings {
  return {
    apiKey: 'sandbox-key',
    eventTypes: 'any',
    requiredInputs: [],
    batch: true,
    maxBodyBytes: 10_485_760,
    keepEvents: false,
    ...options,
  };
}
