import { CountingStore } from './counting-store.ts';
import { KeepingStore } from './keeping-store.ts';
import type { Dedupe, EventStore, KeepEvents } from './store.ts';

/** Twelve bytes per id in a table at most half full: 48 MiB. */
const DEFAULT_MAX_TRACKED_IDS = 2_000_000;

export interface EventStoreOptions {
  keepEvents?: KeepEvents;
  dedupe: Dedupe;
  /** How many ids to remember when events are only counted. */
  maxTrackedIds?: number;
}

export function openEventStore(options: EventStoreOptions): EventStore {
  const keep = options.keepEvents ?? false;
  if (keep === false)
    return new CountingStore(options.dedupe, options.maxTrackedIds ?? DEFAULT_MAX_TRACKED_IDS);
  return new KeepingStore(options.dedupe, keep === true);
}
