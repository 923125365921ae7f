/** Nobody can hold a command: the deadline and the first signal end it within two seconds. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { overdueMs } from '../../src/interruption.ts';
import type { Machine, SignalName } from '../../src/machine.ts';
import { realMachine } from '../../src/real-machine.ts';
import { HANGING_PEERS } from '../contracts/hostile/hanging-peers.ts';
import { startRawServer } from '../http/raw-server.ts';
import { lines, runCli, eventRows } from '../machine.ts';

const deadlineMs = 300;

/** Command lines of every verb that talks to Scarf. */
const VERBS: readonly (readonly string[])[] = [
  ['import', 'events.ndjson'],
  ['imports', 'list'],
  ['imports', 'show', 'a'],
  ['imports', 'log', 'a'],
  ['imports', 'wait', 'a'],
  ['imports', 'abort', 'a'],
  ['export', 'events', '--output', 'out.csv'],
  ['export', 'events', '--package', 'npm/widget', '--output', 'named.csv'],
  ['export', 'company-events', 'example.com', '--output', 'company.csv'],
  ['export', 'companies', '--output', 'companies.csv'],
  ['export', 'scores', '--output', 'scores.csv'],
  ['export', 'aggregates', '--output', 'aggregates.csv'],
  ['schedule', 'list'],
  ['schedule', 'history'],
  ['schedule', 'delete', 'a', '--yes'],
  ['schedule', 'create', '--gcs-bucket', 'acme-data', '--service-account', 'a@b.iam.gserviceaccount.com'],
];

async function directoryWithRows(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-time-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'events.ndjson'), lines(eventRows(3, { ids: true })));
  return directory;
}

interface Outcome {
  exit: number;
  stderr: string;
}

/** Time as it passes outside tests. */
const real = realMachine();
const clock: Pick<Machine, 'elapsedMs' | 'sleep'> = {
  elapsedMs: () => real.elapsedMs(),
  sleep: (ms, signal) => real.sleep(ms, signal),
};

// Loading the source takes longer than the deadlines here.
beforeAll(async () => {
  const url = 'http://127.0.0.1:1';
  await Promise.all(VERBS.map((verb) => warmUp([...verb, '--retries', '0'], url)));
});

async function warmUp(argv: readonly string[], url: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-time-'));
  const environment = { SCARF_API_TOKEN: 'secret', SCARF_OWNER: 'acme', SCARF_API_URL: url };
  await runCli(argv, { directory, environment });
  await rm(directory, { recursive: true, force: true });
}

/** Runs a command line in this process, where time passes as it does. */
async function runWith(
  argv: readonly string[],
  { url, environment }: { url: string; environment: Record<string, string> },
  machine: Partial<Machine> = {},
): Promise<Outcome> {
  const { elapsedMs, sleep } = clock;
  const { exit, stderr } = await runCli(argv, {
    directory: await directoryWithRows(),
    environment: { SCARF_API_TOKEN: 'secret', SCARF_OWNER: 'acme', SCARF_API_URL: url, ...environment },
    machine: { elapsedMs, sleep, ...machine },
  });
  return { exit, stderr };
}

const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const signalNames = Object.keys(codes) as SignalName[];

test('what is given to a command that is told to stop is less than two seconds', () => {
  expect(overdueMs).toBeLessThan(2_000);
});

// The peers hang for ever: that a command ends at all shows that its time was over.
test.each(HANGING_PEERS)(
  '$name: the deadline ends every verb with 5, the first signal with its code',
  async (peer) => {
    const started = await peer.start();
    const late = VERBS.map((verb) => runWith([...verb, '--deadline', `${deadlineMs}ms`], started));
    const told = VERBS.map((verb, index) => {
      const name = signalNames[index % signalNames.length] ?? 'SIGINT';
      const onSignal = (listener: (name: SignalName) => void) => {
        const timer = setTimeout(() => listener(name), deadlineMs);
        return () => clearTimeout(timer);
      };
      return runWith(verb, started, { onSignal });
    });
    const outcomes = await Promise.all([...late, ...told]);
    const expected = told.map((_, index) => codes[signalNames[index % signalNames.length] ?? 'SIGINT']);
    expect(outcomes.map(({ exit }) => exit)).toEqual([...late.map(() => 5), ...expected]);
    for (const { stderr } of outcomes) expect(stderr).toMatch(/run (the same command|it) again/);
  },
);

/** Runs the built command, to which standard input says nothing. */
async function runBuilt(
  argv: readonly string[],
  options: { directory: string; url: string; environment?: Record<string, string> },
): Promise<{ exit: number | string | null }> {
  const { directory, environment, url } = options;
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../bin/scarf-cli.js'), ...argv], {
    cwd: directory,
    env: {
      PATH: process.env['PATH'],
      HOME: directory,
      SCARF_API_TOKEN: 'secret',
      SCARF_OWNER: 'acme',
      SCARF_API_URL: url,
      ...environment,
    },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return { exit: code ?? signal };
}

/** Ways to wait for a peer that is no server. */
const SILENT_FILES: readonly (readonly string[])[] = [
  ['import', 'fifo'],
  ['import', 'fifo', 'events.ndjson', './fifo'],
  ['import', 'fifo', '--dry-run'],
  ['import', '-'],
  ['check', 'fifo'],
  ['schedule', 'verify'],
  ['imports', 'list', '--token-file', 'fifo'],
  ['imports', 'list', '--token-file', '-'],
  ['import', 'events.ndjson', '--map-file', 'fifo'],
];

describe('what holds a thread of the system', () => {
  test('FIFOs and pipes that give nothing end at the deadline', async () => {
    const url = await startRawServer(() => undefined);
    const outcomes = await Promise.all(
      SILENT_FILES.map(async (argv) => {
        const directory = await directoryWithRows();
        await promisify(execFile)('mkfifo', [join(directory, 'fifo')]);
        return runBuilt([...argv, '--deadline', `${deadlineMs}ms`], { directory, url });
      }),
    );
    expect(outcomes.map(({ exit }) => exit)).toEqual(SILENT_FILES.map(() => 5));
  });

  test('a PostgreSQL server that accepts and never answers', async () => {
    const directory = await directoryWithRows();
    const url = await startRawServer(() => undefined);
    const PSQL_CONN_STRING = `postgres://me:secret@127.0.0.1:${new URL(url).port}/db`;
    const argv = ['export', 'events', '--output', 'postgres:'];
    const environment = { PSQL_CONN_STRING };
    const { exit } = await runBuilt([...argv, '--deadline', `${deadlineMs}ms`], {
      directory,
      environment,
      url,
    });
    expect(exit).toBe(5);
  });
});

test('the second signal ends at once', async () => {
  const exits: number[] = [];
  let send: (name: SignalName) => void = () => undefined;
  const peer = { url: await startRawServer(() => undefined), environment: {} };
  const running = runWith(['import', 'events.ndjson'], peer, {
    onSignal: (listener) => {
      send = listener;
      return () => undefined;
    },
    exitNow: (code) => void exits.push(code),
  });
  await wait(deadlineMs);
  send('SIGTERM');
  expect(exits).toEqual([]);
  send('SIGINT');
  expect(exits).toEqual([130]);
  expect((await running).exit).toBe(143);
});

describe('nobody is asked more than four times a second in one loop', () => {
  // Side by side: each of them waits for its deadline.
  test('whatever Retry-After says: zero, a date that is past, a negative time, garbage', async () => {
    const headers = ['0', 'Tue, 30 Jun 2020 23:59:59 GMT', '-5', 'soon'];
    const outcomes = await Promise.all(headers.map(timesAskedWith));
    expect(outcomes.map(({ exit }) => exit)).toEqual(headers.map(() => 5));
    for (const { asked } of outcomes) {
      expect(asked).toBeGreaterThan(0);
      expect(asked).toBeLessThanOrEqual(6);
    }
  });

  async function timesAskedWith(retryAfter: string): Promise<{ exit: number; asked: number }> {
    let asked = 0;
    const url = await startRawServer((socket) => {
      socket.on('data', () => {
        asked += 1;
        socket.write(`HTTP/1.1 429 Busy\r\nretry-after: ${retryAfter}\r\ncontent-length: 0\r\n\r\n`);
      });
    });
    const { exit } = await runWith(['imports', 'list', '--deadline', '1500ms'], { url, environment: {} });
    return { exit, asked };
  }

  test('a list that never ends', async () => {
    let asked = 0;
    const url = await startRawServer((socket) => {
      socket.on('data', () => {
        asked += 1;
        const rows = Array.from({ length: 10 }, (_, row) => ({ id: `${asked}-${row}`, status: 'done' }));
        const body = JSON.stringify({ event_imports: rows });
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      });
    });
    const argv = ['imports', 'list', '--limit', '100000', '--deadline', '1500ms'];
    expect((await runWith(argv, { url, environment: {} })).exit).toBe(5);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(8);
  });
});
