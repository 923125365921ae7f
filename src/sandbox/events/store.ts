/** An event as the vendor stores it. */
export interface StoredEvent {
  /** The event's own de-duplication id, if it has one. */
  id: string | null;
  /** The event as it was sent; `null` where only ids are kept. */
  text: string | null;
  /** Where it came from: the id of an import, or the name of the route. */
  origin: string;
}

/** Which of two events with the same id is kept. `none`: the vendor ignores ids. */
export type Dedupe = 'first' | 'last' | 'none';

/** What is kept of events: all of them, ids only, or counts in bounded memory. */
export type KeepEvents = boolean | 'ids';

export interface EventCounts {
  /** Accepted events, duplicates included. */
  received: number;
  /** Events held after de-duplication. */
  stored: number;
  uniqueIds: number;
  withoutId: number;
  duplicates: number;
  /** Duplicates whose bytes differ from those of the event they repeat. */
  conflicting: number;
  /** Events whose ids were not checked because the table of ids was full. */
  untracked: number;
}

/** The events of one request, kept separate until the vendor accepts them. */
export interface Staging {
  add(id: string | null, bytes: Buffer): void;
  /** Adds the first `share` of the staged events to the store. Must be called at most once. */
  commit(origin: string, share?: number): void;
}

export interface EventStore {
  readonly counts: EventCounts;
  stage(): Staging;
  /** The stored events, in order of arrival; empty where only counts are kept. */
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
