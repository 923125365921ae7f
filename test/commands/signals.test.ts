/** The same first and second signal in every verb that waits, sent to the command as it is built. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants, closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SIGNAL_EXITS } from '../../src/interruption.ts';
import { EXIT } from '../../src/failure.ts';
import type { SignalName } from '../../src/machine.ts';
import { startRawServer } from '../http/raw-server.ts';
import { eventRows, lines } from '../machine.ts';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'bin/scarf-cli.js');
const SIGNALS = Object.keys(SIGNAL_EXITS) as SignalName[];
const codeOf = (name: SignalName) => EXIT[SIGNAL_EXITS[name]];

/** A directory with rows and a FIFO, and a vendor that accepts connections and never answers. */
async function openScene() {
  const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-signals-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'events.ndjson'), lines(eventRows(3, { ids: true })));
  await writeFile(join(directory, 'signups.ndjson'), lines(['{"_type":"signup","n":1}']));
  await promisify(execFile)('mkfifo', [join(directory, 'fifo')]);
  let connections = 0;
  const url = await startRawServer(() => (connections += 1));
  const environment = {
    PATH: process.env['PATH'],
    HOME: directory,
    SCARF_API_TOKEN: 'secret',
    SCARF_OWNER: 'acme',
    SCARF_API_URL: url,
    SUMATRA_API_KEY: 'secret',
    SUMATRA_API_URL: url,
  };
  return { directory, environment, connections: () => connections };
}

type Scene = Awaited<ReturnType<typeof openScene>>;

class Started {
  readonly child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  /** Connections of the scene before it. */
  readonly #before: number;
  stdout = '';
  stderr = '';

  constructor(
    readonly scene: Scene,
    argv: readonly string[],
  ) {
    const { directory, environment } = scene;
    this.#before = scene.connections();
    this.child = spawn(process.execPath, [program, ...argv], { cwd: directory, env: environment });
    onTestFinished(() => void this.child.kill('SIGKILL'));
    this.child.stdout?.on('data', (bytes: Buffer) => (this.stdout += bytes.toString()));
    this.child.stderr?.on('data', (bytes: Buffer) => (this.stderr += bytes.toString()));
    this.#ended = once(this.child, 'close');
  }

  /** Whether it has asked the vendor, which never answers. */
  isAsking(): boolean {
    return this.scene.connections() > this.#before;
  }

  /** The exit code as a shell has it, also where a signal ended a process that had nothing left to do but end. */
  async exit(): Promise<number> {
    const [code, signal] = (await this.#ended) as [number | null, SignalName];
    return code ?? codeOf(signal);
  }
}

interface Verb {
  name: string;
  argv: readonly string[] | ((scene: Scene) => Promise<readonly string[]>);
  isWaiting: (started: Started) => boolean;
  /** What it ends with at the first signal; undefined: with the code of the signal. */
  firstExit?: number;
  says: (name: SignalName) => string;
}

const stopping = 'Stopping: finishing uploads (up to 1 s). Press Ctrl-C again to quit now';
const isAsking = (started: Started) => started.isAsking();

/** Whether somebody has the FIFO open for reading. */
function isReadingFifo({ scene: { directory } }: Started): boolean {
  try {
    const writer = openSync(join(directory, 'fifo'), constants.O_WRONLY | constants.O_NONBLOCK);
    onTestFinished(() => closeSync(writer));
    return true;
  } catch {
    return false;
  }
}

/** A run that was interrupted, by its name. */
async function interruptedRun(scene: Scene): Promise<string> {
  const started = new Started(scene, ['import', 'events.ndjson']);
  await vi.waitFor(() => expect(isAsking(started)).toBe(true), 120_000);
  started.child.kill('SIGTERM');
  expect(await started.exit()).toBe(143);
  const [run = ''] = await readdir(join(scene.directory, '.local/state/scarf-cli/runs'));
  return run;
}

const VERBS: readonly Verb[] = [
  { name: 'import', argv: ['import', 'events.ndjson'], isWaiting: isAsking, says: () => stopping },
  {
    name: 'ingest',
    argv: ['ingest', 'sumatra', 'signups.ndjson'],
    isWaiting: isAsking,
    says: () => stopping,
  },
  {
    name: 'runs resume',
    argv: async (scene) => ['runs', 'resume', await interruptedRun(scene)],
    isWaiting: isAsking,
    says: () => stopping,
  },
  { name: 'check', argv: ['check', 'fifo'], isWaiting: isReadingFifo, says: (name) => `stopped by ${name}` },
  {
    name: 'export',
    argv: ['export', 'events', '--output', 'out.csv'],
    isWaiting: isAsking,
    says: (name) => `stopped by ${name}`,
  },
  {
    name: 'imports wait',
    argv: ['imports', 'wait', 'a'],
    isWaiting: isAsking,
    says: (name) => `stopped by ${name}`,
  },
  {
    name: 'schedule list',
    argv: ['schedule', 'list'],
    isWaiting: isAsking,
    says: (name) => `stopped by ${name}`,
  },
  {
    name: 'sandbox',
    argv: ['sandbox'],
    isWaiting: ({ stderr }) => stderr.includes('Ctrl-C ends it'),
    firstExit: EXIT.ok,
    says: () => '',
  },
];

async function startWaiting(verb: Verb): Promise<Started> {
  const scene = await openScene();
  const argv = typeof verb.argv === 'function' ? await verb.argv(scene) : verb.argv;
  const started = new Started(scene, argv);
  await vi.waitFor(() => expect(verb.isWaiting(started), started.stderr).toBe(true), 120_000);
  return started;
}

test.each(VERBS)(
  '$name ends in order at the first signal, and at the latest with the second',
  async (verb) => {
    const asked = SIGNALS.map(async (name) => {
      const started = await startWaiting(verb);
      started.child.kill(name);
      expect(await started.exit()).toBe(verb.firstExit ?? codeOf(name));
      expect(started.stderr).toContain(verb.says(name));
    });
    const second = SIGNALS[VERBS.indexOf(verb) % SIGNALS.length] ?? 'SIGINT';
    const insisted = startWaiting(verb).then(async (started) => {
      started.child.kill(second);
      started.child.kill(second);
      expect([verb.firstExit, codeOf(second)]).toContain(await started.exit());
    });
    await Promise.all([...asked, insisted]);
  },
);

test('the second signal ends a delivery before its requests are given up, with a code of both and no summary', async () => {
  const started = await startWaiting(VERBS[0] as Verb);
  // Both wait until it goes on, and come in either order: however busy the machine is, the second is in time.
  for (const name of ['SIGSTOP', 'SIGTERM', 'SIGINT', 'SIGCONT'] as const) started.child.kill(name);
  expect([130, 143]).toContain(await started.exit());
  expect(started.stderr).not.toContain('read ');
});

describe('sandbox exec', () => {
  /** Says what reaches it, and ends a moment after the first. */
  const counter =
    'process.on("SIGINT", () => { console.log("got"); setTimeout(() => process.exit(7), 300); }); setInterval(() => 0, 1e3); console.log("ready");';

  test('passes signals to the command, whose exit code it has', async () => {
    const started = new Started(await openScene(), [
      'sandbox',
      'exec',
      '--',
      'sh',
      '-c',
      `trap 'exit 7' TERM; echo ready; while :; do sleep 0.1; done`,
    ]);
    await vi.waitFor(() => expect(started.stdout).toContain('ready'), 120_000);
    started.child.kill('SIGTERM');
    expect(await started.exit()).toBe(7);
  });

  test.skipIf(process.platform !== 'linux')('Ctrl-C on a terminal reaches the command once', async () => {
    const { directory, environment } = await openScene();
    const command = [process.execPath, program, 'sandbox', 'exec', '--', process.execPath, '-e', counter].map(
      (word) => `'${word}'`,
    );
    const child = spawn(
      'script',
      ['--quiet', '--return', '--command', `exec ${command.join(' ')}`, '/dev/null'],
      {
        cwd: directory,
        env: environment,
      },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    let text = '';
    child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
    await vi.waitFor(() => expect(text).toContain('ready'), 120_000);
    child.stdin.write('\u0003');
    expect(await once(child, 'close')).toEqual([7, null]);
    expect(text.match(/got/g)).toHaveLength(1);
  });
});

test('signals are taken at one place', async () => {
  const files = await readdir(join(root, 'src'), { recursive: true });
  const takers: string[] = [];
  for (const file of files.filter((name) => name.endsWith('.ts')))
    if (/\.onSignal\(/.test(await readFile(join(root, 'src', file), 'utf8'))) takers.push(file);
  expect(takers).toEqual(['interruption.ts']);
});
