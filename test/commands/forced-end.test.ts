/** Commands that something holds beyond their end: all is accounted for, in one document, whatever comes later. */
import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PassThrough, Writable, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Failure } from '../../src/failure.ts';
import { Interruption } from '../../src/interruption.ts';
import type { Machine, SignalName } from '../../src/machine.ts';
import type { Counts } from '../../src/records.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { eventRows, lines, openPlace, upTo, type Place, type Report } from '../machine.ts';

/** How much faster than the clock waits pass: what hangs here hangs in the system, which nobody hastens. */
const haste = 4;

/** A FIFO that is full, and whose reader does not read until what is given back is called. */
async function openFullFifo({ directory }: Place, name: string): Promise<() => void> {
  const path = join(directory, name);
  await promisify(execFile)('mkfifo', [path]);
  const { O_NONBLOCK, O_RDWR } = constants;
  const reader = openSync(path, O_RDWR | O_NONBLOCK);
  fill(reader);
  let isOpen = true;
  const release = () => {
    if (isOpen) closeSync(reader);
    isOpen = false;
  };
  onTestFinished(release);
  return release;
}

function fill(fd: number): void {
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096));
  } catch (error) {
    expect(error).toMatchObject({ code: 'EAGAIN' });
  }
}

interface Started {
  send: (name: SignalName) => void;
  /** What it ended with, and its one document, in which the counts add up and the exit code is that of the process. */
  ended: Promise<{ exit: number; stderr: string; document: Report }>;
  /** Standard output by now. */
  text: () => string;
  /** Standard error by now. */
  talk: () => string;
}

/** Starts a command that is told to end when there is something for it to leave behind. */
function start(place: Place, argv: readonly string[], stdin?: Readable): Started {
  let send: Started['send'] = () => undefined;
  let text = '';
  let talk = '';
  const machine: Partial<Machine> = {
    stdout: sink((written) => (text += written)),
    stderr: sink((written) => (talk += written)),
    elapsedMs: () => performance.now() * haste,
    sleep: async (ms, signal) => {
      await wait(ms / haste, undefined, signal === undefined ? {} : { signal });
    },
    onSignal: (listener) => {
      send = listener;
      return () => undefined;
    },
  };
  const run = async () => {
    const input = stdin === undefined ? {} : { stdin };
    const outcome = await place.runCli([...argv, '--json', '--progress', 'none'], { machine, ...input });
    const document = onlyDocumentIn(text);
    expect(document.exit).toBe(outcome.exit);
    return { ...outcome, stderr: talk, document };
  };
  return { send: (name) => send(name), ended: run(), text: () => text, talk: () => talk };
}

function sink(onText: (text: string) => void): Writable {
  return new Writable({
    write(bytes: Buffer, _encoding, done) {
      onText(bytes.toString());
      done();
    },
  });
}

function onlyDocumentIn(text: string): Report {
  const documents = text.split('\n').filter((line) => line.startsWith('{"schema"'));
  expect(documents).toHaveLength(1);
  return JSON.parse(documents[0] ?? '') as Report;
}

function expectBalanced({ read, ...outcomes }: Counts): void {
  const { accepted, rejected, skipped, pending, unknown, unsent } = outcomes;
  expect(accepted + rejected + skipped + pending + unknown + unsent).toBe(read);
}

/** The records of the one run that a place has. */
async function ledgerOf({ directory }: Place): Promise<string> {
  const runs = join(directory, '.local/state/scarf-cli/runs');
  const [run = ''] = await readdir(runs).catch(() => []);
  return run === '' ? '' : readFile(join(runs, run, 'ledger.ndjson'), 'utf8');
}

/** What is locked: the next run waits for nobody. */
function locksOf({ directory }: Place): Promise<string[]> {
  return readdir(join(directory, '.local/state/scarf-cli/locks'));
}

const storedAt = (sandbox: Sandbox, vendor: 'scarf' | 'sumatra') =>
  sandbox.vendors[vendor].counts()['stored'] ?? 0;

const signups = (count: number) => lines(upTo(count).map((n) => JSON.stringify({ _type: 'signup', n })));

test('rows without ids whose answers hang before the ledger are unknown, then and when it is run again', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', signups(30));
  const release = await openFullFifo(place, 'replies');
  const argv = ['ingest', 'sumatra', 'a.ndjson', '--output', 'replies'];
  const { send, ended, text } = start(place, argv);
  await vi.waitFor(() => expect(storedAt(place.sandbox, 'sumatra')).toBeGreaterThan(0), 120_000);
  send('SIGTERM');
  const { exit, document, stderr } = await ended;
  expect(exit).toBe(143);
  expectBalanced(document.counts);
  expect(document.counts).toMatchObject({ accepted: 0, skipped: 0, pending: 0 });
  const stored = storedAt(place.sandbox, 'sumatra');
  expect(document.counts.unknown).toBeGreaterThanOrEqual(stored);
  expect(document.run).toMatch(/^\d{8}/);
  expect(stderr).toContain(`run it again to go on: ${document.run}`);

  // What was left behind ends, and says nothing.
  release();
  await vi.waitFor(async () => expect(await ledgerOf(place)).toContain('"type":"ended"'), 120_000);
  await vi.waitFor(async () => expect(await locksOf(place)).toEqual([]), 120_000);
  onlyDocumentIn(text());
  await rm(join(place.directory, 'replies'));
  const again = await place.runCli([...argv.slice(0, 3), '--json', '--progress', 'none']);
  expect(again.report?.counts.read).toBe(30);
  expect(again.report?.counts.unsent).toBe(0);
  expect(storedAt(place.sandbox, 'sumatra')).toBe(30);
});

test('rows with ids whose import is not on record yet are unsent, and stored once when it is run again', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', `${lines(eventRows(20))}not json\n`);
  const release = await openFullFifo(place, 'rejects');
  const { send, ended } = start(place, ['import', 'a.ndjson', '--rejects', 'rejects']);
  await vi.waitFor(async () => expect(await ledgerOf(place)).toContain('"type":"intent"'), 120_000);
  send('SIGINT');
  const { exit, document } = await ended;
  expect(exit).toBe(130);
  expectBalanced(document.counts);
  expect(document.counts).toMatchObject({ read: 21, accepted: 0, unknown: 0 });
  release();
  await vi.waitFor(async () => expect(await ledgerOf(place)).toContain('"type":"ended"'), 120_000);
  await vi.waitFor(async () => expect(await locksOf(place)).toEqual([]), 120_000);
  const again = await place.importFiles(['a.ndjson']);
  expect(again.report.counts).toMatchObject({ read: 21, accepted: 20, rejected: 1, unsent: 0 });
  expect(storedAt(place.sandbox, 'scarf')).toBe(20);
});

test('a report file that nobody reads: the other document says so, and has the outcome', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(eventRows(20)));
  await promisify(execFile)('mkfifo', [join(place.directory, 'report')]);
  const { send, ended, talk } = start(place, ['import', 'a.ndjson', '--report', 'report']);
  // Behind the summary only the report is left to write.
  await vi.waitFor(() => expect(talk()).toContain('read 20 = accepted 20'), 120_000);
  send('SIGTERM');
  const { exit, document } = await ended;
  expect(exit).toBe(6);
  expect(document.counts).toMatchObject({ read: 20, accepted: 20 });
  expect(document.errors.map(({ kind }) => kind)).toEqual(['local']);
});

test('a dry run that is told to end counts what it has read', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', `${lines(eventRows(20))}not json\n`);
  // Enough to be told from other inputs by, and then it is silent.
  const stdin = new PassThrough();
  stdin.write(lines(eventRows(2_000, { first: 20 })));
  const { send, ended, text } = start(place, ['check', 'a.ndjson', '-', '--show', '5'], stdin);
  await vi.waitFor(() => expect(text().split('\n').length).toBeGreaterThan(5), 120_000);
  send('SIGTERM');
  const { exit, document } = await ended;
  expect(exit).toBe(143);
  expectBalanced(document.counts);
  expect(document.counts.read).toBeGreaterThanOrEqual(21);
  expect(document.counts.rejected).toBe(1);
});

describe('an export into a FIFO that nobody reads on', () => {
  test('names the windows that are left', async () => {
    const place = await openPlace({ scarf: { exports: { eventsPerDay: 50 } } });
    await openFullFifo(place, 'rows');
    const days = ['--from', '2026-11-01', '--to', '2026-11-02'];
    const { send, ended } = start(place, ['export', 'events', ...days, '--output', 'rows']);
    await vi.waitFor(
      () => expect(place.sandbox.traffic.countsOf('scarf')['requests']).toBeGreaterThan(0),
      60_000,
    );
    send('SIGTERM');
    const { exit, document } = await ended;
    expect(exit).toBe(143);
    expect(document).toMatchObject({
      complete: false,
      windowsLeft: [{ from: '2026-11-01', to: '2026-11-02' }],
      counts: { received: 0, written: 0, duplicates: 0, outside: 0, rejected: 0 },
      errors: [{ kind: 'terminate' }],
    });
  });
});

describe('the last word', () => {
  const machine = {
    sleep: async (ms: number, signal?: AbortSignal) =>
      wait(ms / 100, undefined, signal === undefined ? {} : { signal }),
  } as unknown as Machine;

  function interrupted(): Interruption {
    const interruption = new Interruption(machine);
    interruption.endAfter(1);
    onTestFinished(() => interruption.close());
    return interruption;
  }

  test('gives the exit code', async () => {
    const interruption = interrupted();
    const said: Failure[] = [];
    interruption.setLastWord(async (why) => said.push(why) + 7);
    expect(await interruption.overdue).toBe(8);
    expect(said).toMatchObject([{ kind: 'unavailable' }]);
  });

  test('that hangs itself is not waited for', async () => {
    const interruption = interrupted();
    interruption.setLastWord(() => new Promise(() => undefined));
    expect(await interruption.overdue).toBe(5);
    expect(interruption.outOfTime.aborted).toBe(true);
  });

  test('where there is none the failure is the answer', async () => {
    await expect(interrupted().overdue).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

// Loading the source takes longer than anything here.
beforeAll(async () => {
  await import('../../src/commands/import/declare.ts');
});

test.each([
  ['import', 'rows.ndjson', '--deadline', '1s'],
  ['import', 'rows.ndjson', '--deadline', '1s', '--token-file', 'token'],
  ['ingest', 'sumatra', 'rows.ndjson', '--deadline', '1s'],
  ['check', 'rows.ndjson', '--deadline', '1s'],
])('a deadline that has passed before anything began has a report like any other: %s %s', async (...argv) => {
  const place = await openPlace();
  await place.write('rows.ndjson', signups(1));
  await place.write('token', 'tok-5ecre7-0f-1a7e');
  // As though the program took all of the time to load.
  const machine = {
    sleep: (ms: number) => (ms === 1000 ? Promise.resolve() : new Promise<void>(() => undefined)),
  };
  const { exit, report } = await place.runCli([...argv, '--json'], { machine });
  expect(exit).toBe(5);
  expect(report).toMatchObject({ exit: 5, counts: { read: 0, unsent: 0 }, rejects: { rows: 0 } });
  expect(report?.errors).toMatchObject([{ kind: 'unavailable', message: 'stopped at the deadline' }]);
});
