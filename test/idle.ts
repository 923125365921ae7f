/** Whether this process is idle: whether it only waits for time, for a socket, or for the test. */
import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate as turnOfLoop, setTimeout as wait } from 'node:timers/promises';

/** This many turns of the event loop in a row must be without work. */
const calmTurns = 3;
/** A file system request that is open for this long while every thread sleeps waits for another process, as with a FIFO. */
const heldTurns = 100;

/** Read hundreds of thousands of times: `readFileSync` would take twice as long. */
const stat = Buffer.alloc(512);

/** Turns of the event loop that callers of `everythingWaits` await: they are no work to one another. */
let turnsAwaited = 0;

/**
 * Resolves once every part of the process waits, however busy the machine is: nothing came out of the event loop for
 * some turns, nothing is queued in it, and no thread of the process is at work or waits for a processor or a disk.
 */
export async function everythingWaits(): Promise<void> {
  let held = 0;
  for (let calm = 0; calm < calmTurns;) {
    const before = eventsSeen();
    turnsAwaited += 1;
    await turnOfLoop();
    turnsAwaited -= 1;
    const waiting = whatIsOpen();
    const hasMoved = waiting === 'queued' || eventsSeen() !== before;
    // Asked once, and one turn later at the latest the loop would tell of what was done meanwhile.
    const isWorking = hasMoved || (calm === calmTurns - 2 && hasBusyThread());
    held = isWorking ? 0 : held + 1;
    if (isWorking || (waiting === 'files' && held < heldTurns)) {
      calm = 0;
      if (waiting !== 'queued') await wait(1);
    } else calm += 1;
  }
}

/** Since the process began. */
function eventsSeen(): number {
  return (performance.nodeTiming as unknown as { uvMetricsInfo: { events: number } }).uvMetricsInfo.events;
}

/** `queued`: the event loop goes on by itself. `files`: requests of the file system are open. */
function whatIsOpen(): 'queued' | 'files' | 'nothing' {
  const open = process.getActiveResourcesInfo();
  if (open.filter((name) => name === 'Immediate').length > turnsAwaited) return 'queued';
  return open.some((name) => name.startsWith('FSReq')) ? 'files' : 'nothing';
}

/** Of the threads beside this one, where the system tells (Linux): at work, ready for it, or waiting for a disk. */
function hasBusyThread(): boolean {
  try {
    const own = basename(readlinkSync('/proc/thread-self'));
    return readdirSync('/proc/self/task').some(
      (thread) => thread !== own && isBusy(`/proc/self/task/${thread}/stat`),
    );
  } catch {
    return false;
  }
}

function isBusy(path: string): boolean {
  try {
    const text = statOf(path);
    // The state stands behind the name, which is in brackets and may hold any of them.
    return 'RD'.includes(text.charAt(text.lastIndexOf(')') + 2));
  } catch {
    // It has ended meanwhile.
    return false;
  }
}

function statOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    return stat.toString('latin1', 0, readSync(file, stat));
  } finally {
    closeSync(file);
  }
}
