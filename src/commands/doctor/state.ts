/** Checks the state directory: whether runs can save their state there. */
import { open, readdir, readFile, rm, rmdir, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Finding } from '../../contracts/finding.ts';
import { ensureDirectory } from '../../disk/directory.ts';
import { withFailureContext } from '../../disk/errno.ts';
import { asFailure } from '../../failure.ts';
import { isHeld, nameHolder, parseHolder } from '../../disk/lock/lock.ts';
import { countOf, formatBytes, formatDuration } from '../../report/terminal/numbers.ts';
import { stateDirectory } from '../../settings/state-directory.ts';
import type { Machine } from '../../machine.ts';
import { bounded, type CheckContext } from './check.ts';

const fix = 'give it to this user, or name another directory with --state-dir or SCARF_STATE_DIR';
/** A spool segment takes up to 8 MiB; with less space than this a run soon fails. */
const minBytes = 64 * 1024 * 1024;
const scarceBytes = 1024 * 1024 * 1024;

/**
 * Whether the directory can be written and synced, has space, and which locks are held there. Leaves nothing
 * behind.
 */
export function checkState(chosen: string | undefined, context: CheckContext): Promise<Finding[]> {
  const { machine } = context;
  return bounded('state', context, async () => {
    const directory = stateDirectory(machine, chosen);
    const startedMs = machine.elapsedMs();
    let made: string | undefined;
    try {
      made = await withFailureContext(`create ${directory}`, () => ensureDirectory(directory, 0o700));
      await withFailureContext(`write in ${directory}`, () => writeAndSync(directory, machine));
      const ms = formatDuration(machine.elapsedMs() - startedMs);
      return [
        { check: 'state', state: 'ok', message: `${directory} can be written and synced (${ms})` },
        await spaceFinding(directory),
        await locksFinding(join(directory, 'locks'), machine),
      ];
    } catch (error) {
      return [{ check: 'state', state: 'failed', message: asFailure(error).message, fix, kind: 'local' }];
    } finally {
      if (made !== undefined) await removeEmpty(directory, made);
    }
  });
}

/** Removes the directories that the check created, unless they are no longer empty. */
async function removeEmpty(directory: string, topmost: string): Promise<void> {
  for (let at = directory; at.length >= topmost.length; at = dirname(at)) {
    const isGone = await rmdir(at).then(
      () => true,
      () => false,
    );
    if (!isGone) return;
  }
}

async function writeAndSync(directory: string, machine: Machine): Promise<void> {
  const path = join(directory, `.doctor-${machine.uuid()}`);
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile('scarf-cli doctor');
    await handle.sync();
  } finally {
    await handle.close();
    await rm(path, { force: true });
  }
}

async function spaceFinding(directory: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  const message = `${formatBytes(free)} are free for spools and ledgers`;
  if (free >= scarceBytes) return { check: 'space', state: 'ok', message };
  const room = 'make room, or name a directory on another disk with --state-dir';
  if (free >= minBytes) return { check: 'space', state: 'warning', message, fix: room };
  return { check: 'space', state: 'failed', message, fix: room, kind: 'local' };
}

/** Locks of live processes are fine; the next run takes over those of dead ones. */
async function locksFinding(directory: string, machine: Machine): Promise<Finding> {
  const names = await readdir(directory).catch(() => []);
  const self = await nameHolder(machine);
  let running = 0;
  let left = 0;
  for (const name of names.filter((one) => one.endsWith('.held'))) {
    const path = join(directory, name);
    const [head = ''] = (await readFile(path, 'utf8').catch(() => '')).split('\n');
    const holder = parseHolder(head);
    const refreshedAt = holder?.refreshedAt ?? 0;
    if (await isHeld({ holder, refreshedAt }, self, machine)) running += 1;
    else left += 1;
  }
  const dead = left === 0 ? '' : `; ${countOf(left, 'lock')} of ended processes, which the next run removes`;
  const message =
    running === 0 ? `no run in progress${dead}` : `${countOf(running, 'run')} in progress${dead}`;
  return { check: 'locks', state: 'ok', message };
}
