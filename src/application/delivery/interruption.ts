/** An interruption of the command as the end of its delivery: requests in flight may still be answered for a moment. */
import { graceMs, type Stopping } from '../../delivery/stopping.ts';
import type { Interruption } from '../../interruption.ts';
import type { Machine } from '../../machine.ts';

/** Stops the delivery once the command is interrupted, until the function it gives back is called. */
export function stopOnInterruption(
  stopping: Stopping,
  { interruption, machine }: { interruption: Interruption; machine: Machine },
): () => void {
  const { signal } = interruption;
  const stop = () => {
    const { cause } = interruption;
    if (cause === undefined) return;
    if (cause.why === 'signal') {
      const seconds = graceMs / 1000;
      machine.stderr.write(
        `\nStopping: finishing uploads (up to ${seconds} s). Press Ctrl-C again to quit now\n`,
      );
    }
    stopping.stop(cause);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  return () => signal.removeEventListener('abort', stop);
}
