/** Bounds the number of open files by closing those that were used longest ago. */

/** Can be closed while idle and reopens itself on use. */
export interface IdleHandle {
  closeIdle(): Promise<void>;
}

export class IdleHandles {
  readonly #most: number;
  /** In the order of last use. */
  readonly #idle = new Set<IdleHandle>();
  readonly #turns = new Map<IdleHandle, Promise<unknown>>();

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Runs `work` on a handle, one call after another per handle. No handle is closed while in use. Throws what
   * `work` throws.
   */
  async use(handle: IdleHandle, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(handle);
    const turn = (before ?? Promise.resolve())
      .catch(() => undefined)
      .then(async () => {
        this.#idle.delete(handle);
        await this.#makeRoom();
        await work();
      });
    this.#turns.set(handle, turn);
    try {
      await turn;
    } finally {
      if (this.#turns.get(handle) === turn) {
        this.#turns.delete(handle);
        this.#idle.add(handle);
      }
    }
  }

  async #makeRoom(): Promise<void> {
    for (const oldest of this.#idle) {
      if (this.#idle.size < this.#most) return;
      this.#idle.delete(oldest);
      await oldest.closeIdle();
    }
  }
}
