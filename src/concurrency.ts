/** Taking turns and waiting within one process. */

/** A condition variable: waiters are woken by the next `notify`, and check again whether to go on waiting. */
export class Condition {
  readonly #waiting = new Set<() => void>();

  /** Resolves at the next `notify`, or once `signal` is aborted. Never rejects. */
  wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const wake = () => {
        this.#waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      signal?.addEventListener('abort', wake, { once: true });
      this.#waiting.add(wake);
    });
  }

  /** Wakes all that wait now. */
  notify(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

/** One piece of work at a time, in the order of the calls. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` once all earlier work has ended, whether that succeeded or not, and gives its result. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const running = this.#last.then(work);
    this.#last = running.catch(() => undefined);
    return running;
  }
}

/**
 * The result of some work, unless `signal` is aborted first: then this rejects with the signal's reason, and the work
 * is left to itself.
 */
export async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let leave: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason as Error);
    signal.addEventListener('abort', leave);
  });
  if (signal.aborted) leave();
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** Runs all of `closings`, one after the other, also behind one that fails; then throws what was thrown first. */
export async function closeAll(closings: readonly (() => Promise<unknown> | undefined)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const close of closings) {
    try {
      await close();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
