/** Stops a delivery when the command is interrupted: requests in flight may still be answered for a moment. */
import { graceMs, type Stopping } from '../../delivery/stopping.ts';
import type { Interruption } from '../../interruption.ts';
import type { DeliveryReporter } from './reporter.ts';

/** Stops the delivery when the command is interrupted, until the returned function is called. */
export function stopOnInterruption(
  stopping: Stopping,
  { interruption, report }: { interruption: Interruption; report: Pick<DeliveryReporter, 'emit'> },
): () => void {
  const { signal } = interruption;
  const stop = () => {
    const { cause } = interruption;
    if (cause === undefined) return;
    if (cause.why === 'signal') report.emit({ type: 'stop-requested', graceMs });
    stopping.stop(cause);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  return () => signal.removeEventListener('abort', stop);
}
