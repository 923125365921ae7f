/** Ctrl-C and its relatives: the first asks for an orderly end, the second takes it. */
import type { Stopping } from '../../delivery/stopping.ts';
import { EXIT } from '../../failure.ts';
import type { Machine, SignalName } from '../../machine.ts';

export const SIGNAL_EXITS = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGTERM: 'terminate',
} as const satisfies Record<SignalName, keyof typeof EXIT>;

/** Listens until the function it gives back is called. */
export function listenForStop(stopping: Stopping, machine: Machine): () => void {
  let wasAsked = false;
  return machine.onSignal((name) => {
    if (wasAsked) machine.exitNow(EXIT[SIGNAL_EXITS[name]]);
    wasAsked = true;
    machine.stderr.write(`\n${name}: waiting up to 10 s for requests in flight; once more to end at once\n`);
    stopping.stop({ why: 'signal', signal: name });
  });
}
