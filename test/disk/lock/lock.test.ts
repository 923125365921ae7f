import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock } from '../../../src/disk/lock/lock.ts';
import type { LockRequest } from '../../../src/disk/lock/lock.ts';
import { identifySelf } from '../../../src/disk/lock/processes.ts';
import { realMachine } from '../../../src/real-machine.ts';
import { buildProgram, run } from '../../child.ts';

const minute = 60_000;
let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'));
  path = join(directory, 'lock');
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

function acquire(machine: Partial<LockRequest['machine']> = {}) {
  return acquireLock({ path, subject: 'events.log', machine: { ...realMachine(), ...machine } });
}

/** Puts a lock of somebody else there, like ours but for `changes`. */
async function putLock(changes: object): Promise<void> {
  const self = await identifySelf(realMachine());
  await writeFile(path, JSON.stringify({ ...self, token: 'theirs', refreshedAt: Date.now(), ...changes }));
}

describe('a lock', () => {
  it('is held by one at a time and leaves nothing behind', async () => {
    const lock = await acquire();
    await expect(acquire()).rejects.toMatchObject({
      kind: 'locked',
      message: `another run is using events.log: process ${process.pid} on ${hostname()}`,
    });
    expect(await readdir(directory)).toEqual(['lock']);
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
    await (await acquire()).release();
  });

  it('says who holds it', async () => {
    const lock = await acquire({ now: () => 1_700_000_000_000 });
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      host: hostname(),
      pid: process.pid,
      refreshedAt: 1_700_000_000_000,
    });
    await lock.release();
  });

  it('is refreshed in place', async () => {
    let refresh = (): void => undefined;
    let time = 1_700_000_000_000;
    const lock = await acquire({
      now: () => time,
      every: (_ms, callback) => {
        refresh = callback;
        return () => undefined;
      },
    });
    time += minute;
    refresh();
    await expect.poll(() => readFile(path, 'utf8')).toContain(String(time));
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ refreshedAt: time, pid: process.pid });
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
  });

  it('that somebody took over is not removed by its first holder', async () => {
    const lock = await acquire();
    await rm(path);
    await putLock({ host: 'elsewhere' });
    await lock.release();
    expect(await readFile(path, 'utf8')).toContain('elsewhere');
  });

  it('is a local failure where nothing can be written', async () => {
    path = join(directory, 'missing', 'lock');
    await expect(acquire()).rejects.toMatchObject({ kind: 'local' });
  });
});

describe('the lock of another', () => {
  const dead = () => ({ isAlive: () => false });

  it.each([
    ['a process that runs', {}, {}, 'held'],
    ['a process that is gone', { pid: 4_194_305 }, {}, 'free'],
    ['a process that is gone, refreshed or not', { pid: 7, refreshedAt: 0 }, dead(), 'free'],
    ['a number that is used again', { processStart: '1' }, {}, 'free'],
    ['an earlier boot of this host', { bootId: 'another', pid: process.pid }, {}, 'free'],
    ['another container of this host', { pidNamespace: 'pid:[1]', pid: 7 }, dead(), 'held'],
    [
      'another container, long silent',
      { pidNamespace: 'pid:[1]', refreshedAt: Date.now() - 6 * minute },
      {},
      'free',
    ],
    ['another host', { host: 'elsewhere', bootId: 'another' }, dead(), 'held'],
    [
      'another host, silent for four minutes',
      { host: 'elsewhere', refreshedAt: Date.now() - 4 * minute },
      dead(),
      'held',
    ],
    [
      'another host, silent for six minutes',
      { host: 'elsewhere', refreshedAt: Date.now() - 6 * minute },
      {},
      'free',
    ],
  ])('%s', async (_name, changes, machine, outcome) => {
    await putLock(changes);
    if (outcome === 'held') {
      await expect(acquire(machine)).rejects.toMatchObject({ kind: 'locked' });
      expect(await readFile(path, 'utf8')).toContain('theirs');
    } else {
      const lock = await acquire(machine);
      expect(await readFile(path, 'utf8')).not.toContain('theirs');
      await lock.release();
    }
  });

  it.each(['', '{"host":', 'null', '{}'])('is held while fresh when it is damaged: %j', async (text) => {
    await writeFile(path, text);
    await expect(acquire()).rejects.toMatchObject({ kind: 'locked' });
    const old = new Date(Date.now() - 6 * minute);
    await utimes(path, old, old);
    await (await acquire()).release();
  });
});

it('clears the drafts of processes that were killed, and no others', async () => {
  await putLock({ pid: 4_194_305 });
  const dead = await readFile(path, 'utf8');
  await rm(path);
  const self = { ...(await identifySelf(realMachine())), token: 'ab', refreshedAt: Date.now() };
  await writeFile(`${path}.0a.draft`, dead);
  await writeFile(`${path}.0b.draft`, JSON.stringify(self));
  await writeFile(`${path}.0c.draft`, '');
  await writeFile(`${path}.notes.draft`, dead);
  await (await acquire()).release();
  expect((await readdir(directory)).sort()).toEqual(['lock.0b.draft', 'lock.0c.draft', 'lock.notes.draft']);
  const old = new Date(Date.now() - 6 * minute);
  await utimes(`${path}.0c.draft`, old, old);
  await (await acquire()).release();
  expect((await readdir(directory)).sort()).toEqual(['lock.0b.draft', 'lock.notes.draft']);
});

it('is taken over from the dead even when whoever began to do so died as well', async () => {
  await putLock({ pid: 4_194_305 });
  const lockText = await readFile(path, 'utf8');
  await writeFile(`${path}.theirs.claim`, lockText.replace('"theirs"', '"claimant"'));
  await (await acquire()).release();
  expect(await readdir(directory)).toEqual([]);
});

describe('several at once', () => {
  it.each([
    ['on a free lock', false],
    ['on a dead lock', true],
  ])('get it one at a time %s', async (_name, dead) => {
    for (let round = 0; round < 30; round++) {
      if (dead) await putLock({ pid: 4_194_305 });
      const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => acquire()));
      const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      await winners[0]?.value.release();
      expect(await readdir(directory)).toEqual([]);
    }
  });

  it('of different processes never overlap, and a killed one frees it', async () => {
    const program = await buildProgram(
      directory,
      `import { writeSync } from 'node:fs';
       import { acquireLock } from './src/disk/lock/lock.ts';
       import { realMachine } from './src/real-machine.ts';
       const request = { path: 'lock', subject: 'it', machine: realMachine() };
       for (let taken = 0; taken < 20; ) {
         const lock = await acquireLock(request).catch((error) => {
           if (error.kind !== 'locked') throw error;
         });
         if (!lock) continue;
         taken++;
         writeSync(1, 'in ' + process.pid + '\\n');
         await new Promise((resolve) => setImmediate(resolve));
         if (process.argv[2] === 'dies' && taken === 5) process.kill(process.pid, 'SIGKILL');
         writeSync(1, 'out ' + process.pid + '\\n');
         await lock.release();
       }`,
    );
    const output = join(directory, 'output');
    const start = (how: string) => `"${process.execPath}" "${program}" ${how} >> "${output}" &`;
    await run(['sh', '-c', `${start('lives')} ${start('dies')} ${start('lives')} wait`], directory);
    const steps = (await readFile(output, 'utf8')).trim().split('\n');
    expect(steps.filter((step) => step.startsWith('in'))).toHaveLength(45);
    expect(overlaps(steps)).toEqual([]);
  });

  it('that cannot be written, as on a full disk, leaves nothing that counts as held', async () => {
    const program = await buildProgram(
      directory,
      `import { mkdirSync, readdirSync } from 'node:fs';
       import { acquireLock } from './src/disk/lock/lock.ts';
       import { acquireLocks } from './src/disk/lock/lock-set.ts';
       import { realMachine } from './src/real-machine.ts';
       const machine = realMachine();
       const failed = ({ kind, message }) => console.log(kind, message.replace(/.*: /, ''));
       const names = process.argv.slice(2).map((name) => [name, 'it']);
       mkdirSync('own');
       if (names.length === 0) await acquireLock({ path: 'own/lock', subject: 'it', machine }).catch(failed);
       else await acquireLocks({ directory: 'own', subjects: new Map(names), machine }).catch(failed);
       console.log(readdirSync('own').length);`,
    );
    const failure = 'local the file would be too large (EFBIG)';
    // A lock of its own has no room, or a list of what is locked has none, where its guard has some.
    for (const [blocks, name] of [
      ['0', ''],
      ['2', `"${'x'.repeat(5_000)}"`],
    ] as const) {
      const command = ['sh', '-c', `ulimit -f ${blocks}; exec "${process.execPath}" "${program}" ${name}`];
      expect(await run(command, directory)).toMatchObject({ lines: [failure, '0'], code: 0 });
      await rm(join(directory, 'own'), { recursive: true });
    }
  });
});

/** Steps at which a process came in while another one that is still alive was in. */
function overlaps(steps: readonly string[]): string[] {
  const died = steps.filter((step, index) => step.startsWith('in') && index === lastOf(steps, step.slice(3)));
  let inside: string | undefined;
  const found: string[] = [];
  for (const [index, step] of steps.entries()) {
    const [what, pid] = step.split(' ');
    if (what === 'out') inside = undefined;
    else if (inside !== undefined) found.push(`${index}: ${step} while ${inside} was in`);
    else if (!died.includes(step) || index !== lastOf(steps, pid ?? '')) inside = pid;
  }
  return found;
}

function lastOf(steps: readonly string[], pid: string): number {
  return steps.findLastIndex((step) => step.endsWith(` ${pid}`));
}
