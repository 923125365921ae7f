import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLocks, type LockSetRequest } from '../../../src/disk/lock/lock-set.ts';
import { identifySelf } from '../../../src/disk/lock/processes.ts';
import { realMachine } from '../../../src/real-machine.ts';
import { buildProgram, run } from '../../child.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'locks-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

function acquire(names: readonly string[], more: Partial<LockSetRequest> = {}) {
  const subjects = new Map(names.map((name) => [name, `${name}.log`]));
  return acquireLocks({ directory, subjects, machine: realMachine(), ...more });
}

/** Puts the list of somebody else there, like ours but for `changes`. */
async function putList(changes: object, names: readonly string[]): Promise<void> {
  const self = await identifySelf(realMachine());
  const holder = { ...self, token: 'theirs', refreshedAt: Date.now(), ...changes };
  await writeFile(join(directory, 'theirs.held'), [JSON.stringify(holder), ...names].join('\n'));
}

describe('a set of locks', () => {
  it('keeps out whoever wants one of its names, says which, and leaves nothing behind', async () => {
    const locks = await acquire(['a', 'b', 'c']);
    await expect(acquire(['d', 'b'])).rejects.toMatchObject({
      kind: 'locked',
      message: expect.stringMatching(/^another run is using b\.log: process \d+ on /) as string,
    });
    const others = await acquire(['d', 'e']);
    await locks.release();
    await others.release();
    expect(await readdir(directory)).toEqual([]);
  });

  it('is not in the way of who holds it', async () => {
    const locks = await acquire(['a', 'b']);
    const more = await acquire(['b', 'c'], { besides: locks });
    await expect(acquire(['c'])).rejects.toMatchObject({ kind: 'locked' });
    await more.release();
    await locks.release();
  });

  it('shares names within a group, and with nobody outside of it', async () => {
    const ofGroup = (group: string) => ({ shared: { names: new Set(['a']), group } });
    const one = await acquire(['a', 'a-0'], ofGroup('one of 2'));
    await expect(acquire(['a', 'a-0'], ofGroup('one of 2'))).rejects.toMatchObject({ kind: 'locked' });
    await expect(acquire(['a-1', 'a'], ofGroup('one of 3'))).rejects.toMatchObject({
      kind: 'locked',
      message: expect.stringMatching(/^another run is using a\.log \(one of 2\): process/) as string,
    });
    await expect(acquire(['a'])).rejects.toMatchObject({ kind: 'locked' });
    const other = await acquire(['a', 'a-1'], ofGroup('one of 2'));
    await one.release();
    await expect(acquire(['a'])).rejects.toMatchObject({ kind: 'locked' });
    await other.release();
    const whole = await acquire(['a']);
    await expect(acquire(['a', 'a-0'], ofGroup('one of 2'))).rejects.toMatchObject({ kind: 'locked' });
    await whole.release();
  });

  it('of twenty thousand names is one file', async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `name-${index}`);
    const locks = await acquire(names);
    expect(await readdir(directory)).toHaveLength(1);
    await expect(acquire(['name-19999'])).rejects.toMatchObject({ kind: 'locked' });
    await locks.release();
  });

  it('is refreshed in place, and not made anew when somebody took it over', async () => {
    let refresh = (): void => undefined;
    let time = 1_700_000_000_000;
    const machine = {
      ...realMachine(),
      now: () => time,
      every: (_ms: number, callback: () => void) => {
        refresh = callback;
        return () => undefined;
      },
    };
    const locks = await acquire(['a'], { machine });
    const [file = ''] = await readdir(directory);
    time += 60_000;
    refresh();
    await expect.poll(() => readFile(join(directory, file), 'utf8')).toContain(String(time));
    expect((await readFile(join(directory, file), 'utf8')).split('\n')[1]).toBe('a');
    await rm(join(directory, file));
    refresh();
    await locks.release();
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('the set of another', () => {
  it.each([
    ['a process that runs', {}, 'held'],
    ['a process that is gone', { pid: 4_194_305 }, 'free'],
    ['a number that is used again', { processStart: '1' }, 'free'],
    ['another host', { host: 'elsewhere' }, 'held'],
    ['another host, long silent', { host: 'elsewhere', refreshedAt: Date.now() - 6 * 60_000 }, 'free'],
  ])('%s', async (_name, changes, outcome) => {
    await putList(changes, ['a', 'b']);
    if (outcome === 'held') await expect(acquire(['b'])).rejects.toMatchObject({ kind: 'locked' });
    else {
      await (await acquire(['b'])).release();
      expect(await readdir(directory)).toEqual([]);
    }
  });

  it('keeps everybody out while it is fresh and cannot be read', async () => {
    await writeFile(join(directory, 'theirs.held'), '{"ho');
    await expect(acquire(['b'])).rejects.toMatchObject({ kind: 'locked' });
  });

  it('that was killed while it was written is cleaned away', async () => {
    await writeFile(join(directory, 'theirs.listing'), '{"ho');
    await (await acquire(['b'])).release();
    expect(await readdir(directory)).toEqual([]);
  });
});

it('of different processes never overlap, and killed ones free theirs', async () => {
  const program = await buildProgram(
    directory,
    `import { writeSync } from 'node:fs';
     import { acquireLocks } from './src/disk/lock/lock-set.ts';
     import { realMachine } from './src/real-machine.ts';
     const subjects = new Map([['own-' + process.pid, 'own'], ['shared', 'shared']]);
     for (let taken = 0; taken < 10; ) {
       const locks = await acquireLocks({ directory: 'locks', subjects, machine: realMachine() }).catch((error) => {
         if (error.kind !== 'locked') throw error;
       });
       if (!locks) continue;
       taken++;
       writeSync(1, 'in ' + process.pid + '\\n');
       await new Promise((resolve) => setImmediate(resolve));
       if (process.argv[2] === 'dies' && taken === 5) process.kill(process.pid, 'SIGKILL');
       writeSync(1, 'out ' + process.pid + '\\n');
       await locks.release();
     }`,
  );
  const output = join(directory, 'output');
  const start = (how: string) => `"${process.execPath}" "${program}" ${how} >> "${output}" &`;
  await run(['sh', '-c', `${start('lives')} ${start('dies')} ${start('lives')} wait`], directory);
  const steps = (await readFile(output, 'utf8')).trim().split('\n');
  expect(steps.filter((step) => step.startsWith('in'))).toHaveLength(25);
  let inside: string | undefined;
  for (const [index, step] of steps.entries()) {
    const [what, pid] = step.split(' ') as [string, string];
    if (what === 'out') inside = undefined;
    else {
      // Only a killed process is overtaken without having gone out.
      const hasDied =
        inside !== undefined && !steps.slice(index).some((later) => later.endsWith(` ${inside}`));
      expect(inside === undefined || hasDied, `${index}: ${step} while ${inside} was in`).toBe(true);
      inside = pid;
    }
  }
});
