/** Imports while they are watched: how far they are, how fast, and how long they still take. */

/** An import according to the vendor; counts that it omits are undefined. */
export interface SeenImport {
  id: string;
  /** `importing`, `done`, `aborted`; others are passed on. */
  status: string;
  isActive: boolean;
  total: number | undefined;
  imported: number | undefined;
  failed: number | undefined;
  /** ISO 8601. */
  createdAt: string | undefined;
}

export interface WatchedImport extends SeenImport {
  /** How long it still takes at its pace so far; undefined while that is not known. */
  leftMs: number | undefined;
}

/** A moment of a watch: active imports first, each group in the order in which it was first seen. */
export interface WatchMoment {
  imports: readonly WatchedImport[];
  active: number;
  /** Events of active imports whose counts are known. */
  processed: number;
  total: number;
  leftMs: number | undefined;
}

/** How many finished imports are still shown. */
const maxEnded = 50;

interface Pace {
  /** When it was first seen, by a clock that is never set. */
  sinceMs: number;
  processed: number;
}

export class WatchedImports {
  readonly #imports = new Map<string, WatchedImport>();
  readonly #paces = new Map<string, Pace>();

  /** Ids that were active when last seen. */
  get activeIds(): string[] {
    return [...this.#imports.values()].filter(({ isActive }) => isActive).map(({ id }) => id);
  }

  /** Takes what is known now. `nowMs` is the time of day, `elapsedMs` a clock that is never set. */
  see(seen: readonly SeenImport[], { nowMs, elapsedMs }: { nowMs: number; elapsedMs: number }): void {
    for (const one of seen) {
      const leftMs = one.isActive ? this.#leftOf(one, { nowMs, elapsedMs }) : undefined;
      this.#imports.set(one.id, { ...one, leftMs });
    }
    const ended = [...this.#imports.values()].filter(({ isActive }) => !isActive);
    for (const { id } of ended.slice(0, Math.max(ended.length - maxEnded, 0))) this.#imports.delete(id);
  }

  moment(): WatchMoment {
    const all = [...this.#imports.values()];
    const active = all.filter(({ isActive }) => isActive);
    const counted = active.filter(({ total }) => total !== undefined);
    const left = active.map(({ leftMs }) => leftMs).filter((ms) => ms !== undefined);
    return {
      imports: [...active, ...all.filter(({ isActive }) => !isActive)],
      active: active.length,
      processed: counted.reduce((sum, one) => sum + (processedOf(one) ?? 0), 0),
      total: counted.reduce((sum, { total = 0 }) => sum + total, 0),
      leftMs: left.length === 0 ? undefined : Math.max(...left),
    };
  }

  /** By its pace since it was first seen; before it has moved, by that since it was made. */
  #leftOf(one: SeenImport, { nowMs, elapsedMs }: { nowMs: number; elapsedMs: number }): number | undefined {
    const processed = processedOf(one);
    if (processed === undefined || one.total === undefined) return undefined;
    const pace = this.#paces.get(one.id) ?? { sinceMs: elapsedMs, processed };
    this.#paces.set(one.id, pace);
    const moved = processed - pace.processed;
    const createdMs = Date.parse(one.createdAt ?? '');
    const [rows, ms] = moved > 0 ? [moved, elapsedMs - pace.sinceMs] : [processed, nowMs - createdMs];
    if (rows <= 0 || !(ms > 0)) return undefined;
    return (Math.max(one.total - processed, 0) / rows) * ms;
  }
}

/** Events that are through, one way or the other. */
export function processedOf({ imported, failed }: SeenImport): number | undefined {
  return imported === undefined && failed === undefined ? undefined : (imported ?? 0) + (failed ?? 0);
}
