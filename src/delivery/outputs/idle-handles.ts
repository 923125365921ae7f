/** Keeps the number of open files small, however many files there are: those used longest ago are closed. */

/** What can be closed while nothing is done with it, and opens itself again. */
export interface IdleHandle {
  close(): Promise<void>;
}

export class IdleHandles {
  readonly #most: number;
  /** In the order of their last use. */
  readonly #idle = new Set<IdleHandle>();
  readonly #turns = new Map<IdleHandle, Promise<unknown>>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Does work with a handle, one piece of work after another; no handle is closed while it is at work. */
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
      await oldest.close();
    }
  }
}
