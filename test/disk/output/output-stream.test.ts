import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resolveOutput, type StreamOutput } from '../../../src/disk/output/output-path.ts';
import {
  openOutputStream,
  STANDARD_OUTPUT,
  type StreamMachine,
} from '../../../src/disk/output/output-stream.ts';
import { realMachine } from '../../../src/real-machine.ts';
import { buildProgram, run } from '../../child.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stream-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

function machineWith(changes: Partial<StreamMachine> = {}): StreamMachine {
  return { ...realMachine(), stdout: new PassThrough(), stderr: new PassThrough(), ...changes };
}

async function open(path: string, machine = machineWith(), signal?: AbortSignal) {
  return openOutputStream((await resolveOutput(path)) as StreamOutput, machine, signal);
}

it.each([
  ['/dev/stdout', 'stdout'],
  ['/dev/stderr', 'stderr'],
] as const)('%s is the machine’s own stream, and stays open', async (path, name) => {
  const machine = machineWith();
  const stream = await open(path, machine);
  expect(await stream.write('one\n')).toBe('written');
  await stream.close();
  machine[name].end('two\n');
  expect(await text(machine[name] as PassThrough)).toBe('one\ntwo\n');
});

it('standard output that was closed is a local failure', async () => {
  const machine = machineWith({ isStdoutClosed: () => true });
  await expect(openOutputStream(STANDARD_OUTPUT, machine)).rejects.toMatchObject({ kind: 'local' });
});

it('a device takes the bytes', async () => {
  const stream = await open('/dev/null');
  expect(await stream.write('x'.repeat(100_000))).toBe('written');
  await stream.close();
});

it('a device that is full is named', async () => {
  const stream = await open('/dev/full');
  await expect(stream.write('x')).rejects.toMatchObject({
    kind: 'local',
    message: 'cannot write /dev/full: the disk is full (ENOSPC)',
  });
  await stream.close();
});

it('a FIFO waits for its reader and gets every byte', async () => {
  const path = await makeFifo();
  let waits = 0;
  const reader: { output?: Promise<string> } = {};
  const machine = machineWith({
    sleep: async () => {
      waits += 1;
      if (waits === 2) reader.output = text(spawn('cat', [path]).stdout);
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  const stream = await open(path, machine);
  expect(await stream.write('x'.repeat(200_000))).toBe('written');
  expect(await stream.write('end')).toBe('written');
  await stream.close();
  expect(await reader.output).toBe(`${'x'.repeat(200_000)}end`);
});

it('the wait for a reader ends when it is told to', async () => {
  const path = await makeFifo();
  const stop = new AbortController();
  const machine = machineWith({ sleep: async () => stop.abort(new Error('enough')) });
  await expect(open(path, machine, stop.signal)).rejects.toMatchObject({ kind: 'local' });
});

it('a reader that goes is no failure', async () => {
  const path = await makeFifo();
  const reader = spawn('head', ['-c', '1', path], { stdio: 'ignore' });
  const stream = await open(path);
  await stream.write('x');
  await once(reader, 'exit');
  expect(await stream.write('y')).toBe('reader-gone');
  expect(await stream.write('z')).toBe('reader-gone');
  await stream.close();
});

it('a descriptor that was inherited is written behind what it holds, and not closed', async () => {
  const { lines } = await childWith('exec 3>>kept; echo before >&3', 'echo after >&3', '/dev/fd/3');
  expect(lines).toEqual(['written']);
  expect(await readFile(join(directory, 'kept'), 'utf8')).toBe('before\nrow\nafter\n');
});

it('a descriptor that is not open is a local failure', async () => {
  const { lines } = await childWith('exec 3>&-', 'true', '/dev/fd/99');
  expect(lines).toEqual(['local cannot write /dev/fd/99: it is not open (EBADF)']);
});

/** Writes a row to an output in a process of its own, between two commands of its shell. */
async function childWith(before: string, after: string, path: string) {
  await writeFile(join(directory, 'kept'), '');
  await buildProgram(
    directory,
    `import { resolveOutput } from './src/disk/output/output-path.ts';
     import { openOutputStream } from './src/disk/output/output-stream.ts';
     import { realMachine } from './src/real-machine.ts';
     try {
       const stream = await openOutputStream(await resolveOutput('${path}'), realMachine());
       console.log(await stream.write('row\\n'));
       await stream.close();
     } catch (error) {
       console.log(error.kind, error.message);
     }`,
  );
  return run(['sh', '-c', `${before}; "${process.execPath}" program.mjs; ${after}`], directory);
}

async function makeFifo(): Promise<string> {
  const path = join(directory, 'fifo');
  await promisify(execFile)('mkfifo', [path]);
  return path;
}
