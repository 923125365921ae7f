import { crc32 } from 'node:zlib';
import { hashText, IdTable } from './id-table.ts';
import { emptyCounts, type Dedupe, type EventStore, type Staging, type StoredEvent } from './store.ts';

const WORDS = 3;

/** Twelve bytes per row; never grows beyond the number of ids that the table could hold. */
class HashedRows implements Staging {
  withoutId = 0;
  untracked = 0;
  rows = 0;
  words = new Uint32Array(256 * WORDS);
  private readonly store: CountingStore;

  constructor(store: CountingStore) {
    this.store = store;
  }

  add(id: string | null, bytes: Buffer): void {
    if (id === null) {
      this.withoutId += 1;
      return;
    }
    if (this.rows >= this.store.maxIds) {
      this.untracked += 1;
      return;
    }
    if ((this.rows + 1) * WORDS > this.words.length) {
      const grown = new Uint32Array(this.words.length * 2);
      grown.set(this.words);
      this.words = grown;
    }
    const { high, low } = hashText(id);
    this.words.set([high, low, crc32(bytes)], this.rows * WORDS);
    this.rows += 1;
  }

  commit(_origin: string, share = 1): void {
    this.store.take(this, share);
  }
}

/** Counts events and detects duplicates by hashed id, in bounded memory. */
export class CountingStore implements EventStore {
  readonly counts = emptyCounts();
  readonly maxIds: number;
  private readonly table: IdTable;
  private readonly dedupe: Dedupe;

  constructor(dedupe: Dedupe, maxIds: number) {
    this.dedupe = dedupe;
    this.maxIds = maxIds;
    this.table = new IdTable(maxIds);
  }

  stage(): HashedRows {
    return new HashedRows(this);
  }

  events(): StoredEvent[] {
    return [];
  }

  take(staged: HashedRows, share: number): void {
    const rows = Math.floor(staged.rows * share);
    for (let at = 0; at < rows * WORDS; at += WORDS) {
      const event = {
        high: staged.words[at] ?? 0,
        low: staged.words[at + 1] ?? 0,
        digest: staged.words[at + 2] ?? 0,
      };
      const sighting = this.table.see(event, this.dedupe === 'last');
      if (sighting === 'full') this.counts.untracked += 1;
      else if (sighting === 'new') this.counts.uniqueIds += 1;
      else this.counts.duplicates += 1;
      if (sighting === 'different') this.counts.conflicting += 1;
      if (sighting === 'new' || sighting === 'full' || this.dedupe === 'none') this.counts.stored += 1;
    }
    const unseen = Math.floor(staged.withoutId * share) + Math.floor(staged.untracked * share);
    this.counts.withoutId += Math.floor(staged.withoutId * share);
    this.counts.untracked += Math.floor(staged.untracked * share);
    this.counts.stored += unseen;
    this.counts.received += rows + unseen;
  }
}
