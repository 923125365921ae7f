/** An event as the vendor holds it. */
export interface StoredEvent {
  /** The event's own de-duplication id, where it has one. */
  id: string | null;
  /** The event as it was sent, or `null` where only ids are kept. */
  text: string | null;
  /** What brought it: the id of an import, or the name of the route. */
  origin: string;
}

/** Which of two events with the same id stays. `none`: the vendor does not look at ids. */
export type Dedupe = 'first' | 'last' | 'none';

/** What is remembered of events: counts in flat memory, ids, or ids and bytes. */
export type KeepEvents = boolean | 'ids';

export interface EventCounts {
  /** Events taken, duplicates included. */
  received: number;
  /** Events held after de-duplication. */
  stored: number;
  uniqueIds: number;
  withoutId: number;
  duplicates: number;
  /** Duplicates whose bytes differ from those of the event they repeat. */
  conflicting: number;
  /** Events whose ids were not looked at, since the flat memory for ids was full. */
  untracked: number;
}

/** Events of one request, held apart until the vendor takes them. */
export interface Staging {
  add(id: string | null, bytes: Buffer): void;
  /** Takes the first `share` of the staged events into the store. To be called once. */
  commit(origin: string, share?: number): void;
}

export interface EventStore {
  readonly counts: EventCounts;
  stage(): Staging;
  /** The events held, in order of arrival; empty where only counts are kept. */
  events(): StoredEvent[];
}

export function emptyCounts(): EventCounts {
  return {
    received: 0,
    stored: 0,
    uniqueIds: 0,
    withoutId: 0,
    duplicates: 0,
    conflicting: 0,
    untracked: 0,
  };
}
