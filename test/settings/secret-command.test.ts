import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Machine } from '../../src/machine.ts';
import { realMachine } from '../../src/real-machine.ts';
import { readSecretCommand } from '../../src/settings/secret-command.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'secret-command-'));
  onTestFinished(() => rm(directory, { recursive: true }));
});

/** A minute takes half a second. */
function machineHere(): Machine {
  return {
    ...realMachine(),
    environment: { PATH: process.env['PATH'], FROM_OUTSIDE: 'told-by-a-variable' },
    workingDirectory: directory,
    stdin: new PassThrough(),
    stderr: new PassThrough(),
    sleep: async (ms, signal) => void (await wait(ms / 120, undefined, signal && { signal })),
  };
}

const read = (command: string, signal?: AbortSignal) =>
  readSecretCommand({ command, name: '--token-command', signal, machine: machineHere() });

const failure = (command: string) =>
  read(command).then(
    (secret) => Promise.reject(new Error(`it gave ${secret}`)),
    (error: unknown) => error as Error & { kind: string; hint?: string },
  );

describe('the secret is the first line that the command prints', () => {
  it.each([
    ['echo a-secret', 'a-secret'],
    ['printf a-secret', 'a-secret'],
    ["printf 'a-secret\\r\\nuser: me\\nurl: x\\n'", 'a-secret'],
    ["printf 'a  b c\\n'", 'a  b c'],
    ['echo $FROM_OUTSIDE', 'told-by-a-variable'],
    ['cat secret', 'in-the-working-directory'],
    ['cat; echo a-secret', 'a-secret'],
    ['echo noise >&2; echo a-secret', 'a-secret'],
    ['sleep 2 & echo a-secret', 'a-secret'],
    ['printf a-; sleep 0.1; echo secret', 'a-secret'],
  ])('%s', async (command, secret) => {
    await writeFile(join(directory, 'secret'), 'in-the-working-directory\n');
    expect(await read(command)).toBe(secret);
  });
});

describe('a command that gives none', () => {
  it.each([
    ['no-such-program --with tell-nobody', 'usage'],
    ['./secret', 'usage'],
    ['echo tell-nobody; exit 3', 'credentials'],
    ['echo tell-nobody >&2; exit 1', 'credentials'],
    ['kill -9 $$', 'credentials'],
    ['true', 'credentials'],
    ["printf '\\ntell-nobody\\n'", 'credentials'],
    ["printf 'tell-nobody\\033[31m\\n'", 'credentials'],
    ['yes tell-nobody', 'credentials'],
    ['head -c 70000 /dev/zero', 'credentials'],
    ['sleep 60; echo tell-nobody', 'credentials'],
    ['sleep 2 &', 'credentials'],
  ])('%s is a failure of kind %s that does not say what was printed', async (command, kind) => {
    await writeFile(join(directory, 'secret'), 'x', { mode: 0o644 });
    const error = await failure(command);
    expect(error).toMatchObject({ kind });
    expect(`${error.message}${error.hint}`).not.toContain('tell-nobody');
    expect(error.message).toContain('--token-command');
  });

  it('is named by its program, and never by arguments and variables', async () => {
    expect((await failure('false tell-nobody')).message).toContain('"false"');
    expect((await failure('TOKEN=tell-nobody false')).message).not.toContain('tell-nobody');
  });
});

describe('an interruption', () => {
  it('ends the command, and all that it started', async () => {
    const controller = new AbortController();
    const reading = read('sleep 60 & echo $! > sleeper; wait; echo late', controller.signal);
    const pid = await vi.waitFor(async () => {
      const text = await readFile(join(directory, 'sleeper'), 'utf8');
      expect(text).toMatch(/^\d+\n$/);
      return Number(text);
    });
    expect(await runs(pid)).toBe(true);
    controller.abort(new Error('stopped'));
    await expect(reading).rejects.toThrow('stopped');
    await vi.waitFor(async () => expect(await runs(pid)).toBe(false), 120_000);
  });

  it('that came before runs nothing', async () => {
    await expect(read('touch ran', AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
    await expect(stat(join(directory, 'ran'))).rejects.toThrow();
  });
});

/** The dead may still be listed. */
async function runs(pid: number): Promise<boolean> {
  if (!realMachine().isAlive(pid)) return false;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') R');
  return /\) (.)/.exec(stat)?.[1] !== 'Z';
}
