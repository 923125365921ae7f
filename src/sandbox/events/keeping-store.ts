import { crc32 } from 'node:zlib';
import { emptyCounts, type Dedupe, type EventStore, type Staging, type StoredEvent } from './store.ts';

interface Seen {
  index: number;
  digest: number;
}

interface KeptRow {
  id: string | null;
  digest: number;
  text: string | null;
}

/** Keeps every event, with its text or its id alone, for tests that compare them one by one. */
export class KeepingStore implements EventStore {
  readonly counts = emptyCounts();
  private readonly kept: StoredEvent[] = [];
  private readonly seen = new Map<string, Seen>();
  private readonly dedupe: Dedupe;
  private readonly keepsText: boolean;

  constructor(dedupe: Dedupe, keepsText: boolean) {
    this.dedupe = dedupe;
    this.keepsText = keepsText;
  }

  stage(): Staging {
    const rows: KeptRow[] = [];
    return {
      add: (id, bytes) => {
        rows.push({ id, digest: crc32(bytes), text: this.keepsText ? bytes.toString('utf8') : null });
      },
      commit: (origin, share = 1) => {
        for (const row of rows.slice(0, Math.floor(rows.length * share))) this.take(row, origin);
      },
    };
  }

  events(): StoredEvent[] {
    return this.kept;
  }

  private take({ id, digest, text }: KeptRow, origin: string): void {
    const event = { id, text, origin };
    this.counts.received += 1;
    const earlier = id === null ? undefined : this.seen.get(id);
    if (earlier !== undefined) {
      this.counts.duplicates += 1;
      if (earlier.digest !== digest) this.counts.conflicting += 1;
      if (this.dedupe === 'last') this.kept[earlier.index] = event;
      if (this.dedupe === 'last') earlier.digest = digest;
      if (this.dedupe !== 'none') return;
    } else if (id === null) {
      this.counts.withoutId += 1;
    } else {
      this.counts.uniqueIds += 1;
      this.seen.set(id, { index: this.kept.length, digest });
    }
    this.kept.push(event);
    this.counts.stored += 1;
  }
}
