/** `--flush-interval`: what has come on a pipe leaves while the pipe is still open. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { realMachine } from '../../src/real-machine.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts';
import { eventRows, lines, openPlace, storedNumbers, upTo } from '../machine.ts';

const program = join(import.meta.dirname, '../../bin/scarf-cli.js');

async function startBuilt(options: Partial<SandboxOptions> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'scarf-cli-flush-'));
  const sandbox = await startSandbox({
    clock: () => Date.now(),
    random: Math.random,
    ...options,
    scarf: { keepEvents: true, jobMs: 5, ...options.scarf },
    sumatra: { keepEvents: true },
  });
  onTestFinished(async () => {
    await sandbox.close();
    await rm(home, { recursive: true, force: true });
  });
  const start = (argv: readonly string[]): ChildProcessWithoutNullStreams => {
    const env = { PATH: process.env['PATH'], HOME: home, ...sandbox.environment };
    const child = spawn(process.execPath, [program, ...argv], { cwd: home, env });
    child.stdin.on('error', () => undefined);
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
  return { home, sandbox, start };
}

/** Waits for what must come about soon, so that a test that fails ends. */
async function until(isTrue: () => boolean): Promise<void> {
  for (const startedMs = performance.now(); !isTrue(); await wait(20)) {
    if (performance.now() - startedMs > 60_000) throw new Error('it does not come about');
  }
}

async function exitOf(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  child.stderr.resume();
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

const stored = (sandbox: Sandbox) => storedNumbers(sandbox);

test('rows of a pipe that stays open arrive, but for the last one that is not whole', async () => {
  const { sandbox, start } = await startBuilt();
  const child = start(['import', '-', '--flush-interval', '200ms', '--json', '--quiet']);
  const rows = eventRows(5);
  child.stdin.write(`${lines(rows.slice(0, 3))}${rows[3]?.slice(0, 20)}`);
  await until(() => stored(sandbox).length === 3);
  expect(stored(sandbox)).toEqual(upTo(3));
  child.stdin.write(`${rows[3]?.slice(20)}\n`);
  await until(() => stored(sandbox).length === 4);
  child.stdin.end(rows[4]);
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  expect(await exitOf(child)).toBe(0);
  expect(stored(sandbox)).toEqual(upTo(5));
  expect(JSON.parse(output)).toMatchObject({ counts: { read: 5, accepted: 5 } });
});

test('events of `tail -f` arrive at a vendor of ingest', async () => {
  const { home, sandbox, start } = await startBuilt();
  const path = join(home, 'app.ndjson');
  await writeFile(path, '{"_type":"a","n":0}\n');
  const tail = spawn('tail', ['-n', '+1', '-f', path]);
  onTestFinished(() => void tail.kill('SIGKILL'));
  const child = start(['ingest', 'sumatra', '-', '--flush-interval', '100ms', '--quiet']);
  tail.stdout.pipe(child.stdin);
  const events = () => sandbox.vendors.sumatra.events();
  await until(() => events().length === 1);
  await writeFile(path, '{"_type":"a","n":1}\n{"_type":"a","n":2}\n', { flag: 'a' });
  await until(() => events().length === 3);
  tail.kill();
  expect(await exitOf(child)).toBe(0);
  expect(events()).toHaveLength(3);
});

test('a process that is killed while the pipe is open is resumed, and every row is there once', async () => {
  const { sandbox, start } = await startBuilt();
  const child = start(['import', '-', '--flush-interval', '100ms', '--quiet']);
  const rows = eventRows(40);
  for (let at = 0; at < 30; at += 10) {
    child.stdin.write(lines(rows.slice(at, at + 10)));
    await until(() => stored(sandbox).length >= at + 10);
  }
  // These are spooled, and perhaps on their way.
  child.stdin.write(lines(rows.slice(30, 35)));
  await wait(30);
  child.kill('SIGKILL');
  expect(await exitOf(child)).toBe(null);
  const listing = start(['runs', 'list', '--json']);
  let output = '';
  listing.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  await exitOf(listing);
  const [{ run }] = JSON.parse(output) as [{ run: string }];
  // The rest of the pipe is gone, and that is said.
  expect(await exitOf(start(['runs', 'resume', run]))).toBe(6);
  const numbers = stored(sandbox);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers.slice(0, 30)).toEqual(upTo(30));
});

test('without a free slot rows gather for the next import', async () => {
  const place = await openPlace({ scarf: { maxActive: 1, jobMs: 200 } });
  const stdin = new PassThrough();
  const running = place.importFiles(['-', '--max-active', '1', '--flush-interval', '100ms'], { stdin });
  const [first = '', ...rows] = eventRows(100);
  stdin.write(`${first}\n`);
  await until(() => place.sandbox.vendors.scarf.imports().length === 1);
  for (const row of rows) {
    stdin.write(`${row}\n`);
    await wait(2);
  }
  stdin.end();
  const { exit, report } = await running;
  expect(exit).toBe(0);
  expect(report.counts).toMatchObject({ read: 100, accepted: 100 });
  expect(storedNumbers(place.sandbox)).toEqual(upTo(100));
  expect(report.jobs.length).toBeGreaterThan(1);
  expect(report.jobs.length).toBeLessThan(20);
});

test('a pipe that is silent for hours does not end the run', async () => {
  const place = await openPlace();
  const stdin = new PassThrough();
  let told = '';
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      told += chunk.toString();
      done();
    },
  });
  let hours = 0;
  let ticks = 0;
  const elapsedMs = () => performance.now() + hours * 3_600_000;
  const every = (_ms: number, callback: () => void) =>
    realMachine().every(5, () => {
      ticks += 1;
      callback();
    });
  const argv = ['import', '-', '--flush-interval', '1s', '--json', '--progress', 'json'];
  const running = place.runCli(argv, { stdin, machine: { elapsedMs, every, stderr } });
  stdin.write(`${eventRows(1)[0]}\n`);
  await until(() => told.includes('"chunk-settled"'));
  const ticksBefore = ticks;
  await until(() => ticks > ticksBefore + 5);
  hours = 3;
  await until(() => ticks > ticksBefore + 20);
  stdin.end(`${eventRows(2)[1]}\n`);
  const { exit, report } = await running;
  expect(report?.errors).toEqual([]);
  expect(exit).toBe(0);
  expect(report?.counts).toMatchObject({ read: 2, accepted: 2 });
});

test('an interval below a tenth of a second, or none, is refused', async () => {
  const place = await openPlace();
  for (const interval of ['1ms', 'soon']) {
    expect((await place.runCli(['import', '-', '--flush-interval', interval])).exit).toBe(2);
  }
});
