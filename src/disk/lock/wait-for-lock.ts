/** A lock that is held for milliseconds, and so is waited for. */
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { acquireLock, type Lock, type LockRequest } from './lock.ts';

const retryMs = 20;
const maxTries = 3_000;

export interface WaitRequest extends LockRequest {
  machine: LockRequest['machine'] & Pick<Machine, 'sleep'>;
}

/** Acquires the lock, waiting for at most a minute. Throws like `acquireLock` then. */
export async function waitForLock(request: WaitRequest): Promise<Lock> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await acquireLock(request);
    } catch (error) {
      const isBusy = error instanceof Failure && error.kind === 'locked';
      if (!isBusy || tries >= maxTries) throw error;
    }
    await request.machine.sleep(retryMs);
  }
}
