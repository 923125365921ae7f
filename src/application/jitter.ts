/** `--jitter`: jobs that start at the same minute do not ask at the same second. */
import type { Context } from './context.ts';
import { formatDuration } from '../report/terminal/numbers.ts';

export interface JitterSettings {
  /** The longest wait, in milliseconds. */
  jitter?: number;
  quiet: boolean;
}

/**
 * Waits a random time below the one that was set, and says so. A signal and the deadline end the wait: it rejects with
 * the Failure of the interruption.
 */
export async function waitJitter(
  { jitter = 0, quiet }: JitterSettings,
  { machine, interruption }: Pick<Context, 'machine' | 'interruption'>,
): Promise<void> {
  if (jitter === 0) return;
  const waitMs = Math.round(machine.random() * jitter);
  if (!quiet) machine.stderr.write(`Beginning in ${formatDuration(waitMs)} (--jitter)\n`);
  await interruption.unlessInterrupted(machine.sleep(waitMs, interruption.signal));
}
