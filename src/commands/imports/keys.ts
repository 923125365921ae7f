/** Keys that a person presses while a command shows something. */
import type { Interruption } from '../../interruption.ts';
import type { Machine } from '../../machine.ts';

export interface Keys {
  /** Aborted when the person wants to leave. */
  readonly left: AbortSignal;
  /** Gives the terminal back. */
  close(): void;
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

/**
 * Listens for `q` on the terminal, without an enter key. Ctrl-C, which a terminal in this mode passes on as a key,
 * interrupts the command as ever. Without a terminal nobody leaves.
 */
export function listenForKeys({ stdin }: Pick<Machine, 'stdin'>, interruption: Interruption): Keys {
  const left = new AbortController();
  if (stdin.isTTY !== true || stdin.setRawMode === undefined) {
    return { left: left.signal, close: () => undefined };
  }
  const stopped = new AbortController();
  interruption.follow(stopped.signal);
  let isClosed = false;
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    stdin.off('data', take);
    stdin.setRawMode?.(false);
    stdin.pause();
  };
  const take = (bytes: Buffer | string) => {
    const keys = bytes.toString();
    if (keys.includes(CTRL_C)) {
      // The next one is a signal again, and ends the process.
      close();
      stopped.abort();
    } else if (/^q/i.test(keys) || keys.includes(CTRL_D)) {
      left.abort();
    }
  };
  stdin.setRawMode(true);
  stdin.on('data', take);
  stdin.resume();
  return { left: left.signal, close };
}
