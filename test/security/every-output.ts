/**
 * Points every option that names an output at everything that is no file, and says what is changed afterwards. A program:
 * it runs as root in a mount namespace of its own, below a file system that is made for it.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { lstat, mkdir, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../../src/main.ts';
import { realMachine } from '../../src/real-machine.ts';
import { startSandbox } from '../../src/sandbox/index.ts';

/** What happened when one option named one thing. */
export interface Tried {
  command: string;
  thing: string;
  exit: number;
  /** Things that are not what they were. */
  changed: string[];
  stderr: string;
}

const things = [
  '/dev/null',
  '/dev/full',
  '/dev/stdout',
  '/dev/stderr',
  '/dev/fd/1',
  '/dev/disk',
  '/',
  'fifo',
  'socket',
  'directory',
  'to-null',
  'to-stdout',
  'to-fifo',
  'to-socket',
  'to-directory',
  'to-disk',
  'dangling',
  'to-file',
];

/** For options whose code is that of another one with all things. */
const fewThings = ['/dev/null', '/dev/stdout', 'to-null', 'to-fifo', 'to-socket', 'to-directory', 'to-disk'];
const thorough = ['import --rejects', 'import --report', 'ingest sumatra --output', 'export events --output'];

const from = ['--from', '2026-11-02', '--to', '2026-11-02', '--format', 'csv'];

/** Command lines; OUT is the thing. */
const commands: Record<string, string[]> = {
  'import --rejects': ['import', 'events.ndjson', '--rejects', 'OUT'],
  'import --rejects DIR/': ['import', 'events.ndjson', '--rejects', 'OUT/'],
  'import --report': ['import', 'events.ndjson', '--report', 'OUT'],
  'import --html': ['import', 'events.ndjson', '--html', 'OUT'],
  'import --state-dir': ['import', 'events.ndjson', '--state-dir', 'OUT'],
  'check --report': ['check', 'events.ndjson', '--report', 'OUT'],
  'ingest sumatra --output': ['ingest', 'sumatra', 'events.ndjson', '--output', 'OUT'],
  'ingest moesif --rejects': ['ingest', 'moesif', 'events.ndjson', '--rejects', 'OUT'],
  'ingest loginsight --report': ['ingest', 'loginsight', 'events.ndjson', '--report', 'OUT'],
  'export events --output': ['export', 'events', ...from, '--output', 'OUT'],
  'export events --output --incremental': ['export', 'events', ...from, '--incremental', '--output', 'OUT'],
  'export events --split day': ['export', 'events', ...from, '--split', 'day', '--output', 'OUT'],
  'export aggregates --output': ['export', 'aggregates', ...from, '--output', 'OUT'],
  'export companies --output': ['export', 'companies', '--format', 'csv', '--output', 'OUT'],
  'export scores --output': ['export', 'scores', '--format', 'csv', '--output', 'OUT'],
  'sandbox --loginsight-tls': ['sandbox', '--loginsight-tls', 'OUT'],
};

/** Names that follow from an output: the thing stands there already. */
const derived: Record<string, { name: string; argv: string[] }> = {
  'the descriptions of rejects': {
    name: 'bad.meta.ndjson',
    argv: ['import', 'events.ndjson', '--rejects', 'bad'],
  },
  'the manifest of an export': {
    name: 'new.csv.manifest.json',
    argv: ['export', 'events', ...from, '--manifest', '--output', 'new.csv'],
  },
  'the state of an export': {
    name: '.new.csv.scarf-cli.json',
    argv: ['export', 'events', ...from, '--incremental', '--output', 'new.csv'],
  },
  'the lock of an export': {
    name: '.new.csv.scarf-cli.lock',
    argv: ['export', 'events', ...from, '--output', 'new.csv'],
  },
  'a day of an export': {
    name: 'days/events-2026-11-02.csv',
    argv: ['export', 'events', ...from, '--split', 'day', '--output', 'days/'],
  },
  'the profiles': {
    name: 'config/scarf-cli/profiles.json',
    argv: ['config', 'set', 'scarf', 'owner', 'acme'],
  },
};

const place = process.argv[2] ?? '';
const work = join(place, 'work');
const outside = join(place, 'things');
let runs = 0;

async function prepare(): Promise<void> {
  await writeFile(join(outside, 'file'), 'old');
  await mkdir(join(outside, 'directory'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(outside, 'socket'), resolve));
  server.unref();
  const links = { null: '/dev/null', stdout: '/dev/stdout', disk: '/dev/disk', fifo: 'fifo' };
  const more = { socket: 'socket', directory: 'directory', file: 'file' };
  for (const [name, target] of Object.entries({ ...links, ...more }))
    await symlink(target, join(outside, `to-${name}`));
  await symlink('free', join(outside, 'dangling'));
}

/** Everything that must stay what it is: the devices and the things. A file stays a file. */
async function inventory(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const directory of ['/', '/dev', outside]) {
    for (const name of await readdir(directory)) {
      const path = join(directory, name);
      const { mode, ino, rdev, uid } = await lstat(path);
      const isFile = (mode & constants.S_IFMT) === constants.S_IFREG;
      const target = (mode & constants.S_IFMT) === constants.S_IFLNK ? await readlink(path) : '';
      found.set(path, isFile ? 'file' : JSON.stringify([mode, ino, rdev, uid, target]));
    }
  }
  return found;
}

/** New files beside the things are outputs: what a dangling link names, a state, descriptions. */
function differences(before: Map<string, string>, after: Map<string, string>): string[] {
  const news = [...after].filter(([path, what]) => !before.has(path) && what !== 'file');
  const gone = [...before].filter(([path, what]) => after.get(path) !== what);
  return [...new Set([...news, ...gone].map(([path]) => path))];
}

class Collector extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function attempt(argv: string[], environment: Record<string, string>) {
  const stderr = new Collector();
  const exit = await run(argv, {
    ...realMachine(),
    argv,
    environment: { ...environment, XDG_STATE_HOME: join(place, 'state', String(runs++)) },
    workingDirectory: work,
    homeDirectory: work,
    temporaryDirectory: work,
    stdout: new Collector(),
    stderr,
    isStdoutClosed: () => false,
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    // A command that serves until it gets a signal is stopped.
    onSignal: (listener) => {
      const timer = setInterval(() => {
        if (stderr.text.includes('sandbox on')) listener('SIGTERM');
      }, 5);
      return () => clearInterval(timer);
    },
    boundHeap: () => undefined,
    collectGarbage: () => undefined,
    calmHeap: () => undefined,
  });
  return { exit, stderr: stderr.text };
}

async function emptyWork(): Promise<void> {
  await rm(work, { recursive: true, force: true });
  await mkdir(join(work, 'days'), { recursive: true });
  await mkdir(join(work, 'config', 'scarf-cli'), { recursive: true });
  await writeFile(join(work, 'events.ndjson'), `{"_type":"signup"}\nnot json\n`);
}

await prepare();
const sandbox = await startSandbox({
  clock: () => Date.parse('2026-11-05T00:00:00Z'),
  random: Math.random,
  scarf: { jobMs: 5, exports: { eventsPerDay: 3 } },
});
// Reads and discards, so that no writer blocks.
const fifo = openSync(join(outside, 'fifo'), constants.O_RDWR | constants.O_NONBLOCK);
const drain = () => {
  try {
    while (readSync(fifo, Buffer.alloc(65_536)) > 0);
  } catch {
    // Empty.
  }
};
const tried: Tried[] = [];
const before = await inventory();

async function note(command: string, thing: string, argv: string[]): Promise<void> {
  if (process.env['TRACE'] !== undefined)
    process.stderr.write(`${command} ${thing} ${Math.round(performance.now())}\n`);
  const environment = { ...sandbox.environment, XDG_CONFIG_HOME: join(work, 'config') };
  const { exit, stderr } = await attempt(argv, environment);
  drain();
  const changed = differences(before, await inventory());
  tried.push({ command, thing, exit, changed, stderr });
}

for (const thing of things) {
  const path = thing.startsWith('/') ? thing : join(outside, thing);
  const isFew = fewThings.includes(thing);
  for (const [command, argv] of Object.entries(commands)) {
    if (!isFew && !thorough.includes(command)) continue;
    await emptyWork();
    await note(
      command,
      thing,
      argv.map((word) => word.replace('OUT', path)),
    );
  }
  for (const [command, { name, argv }] of isFew ? Object.entries(derived) : []) {
    await emptyWork();
    await symlink(path, join(work, name));
    await note(command, thing, argv);
    const link = await readlink(join(work, name)).catch(() => 'gone');
    if (link !== path) tried.at(-1)?.changed.push(`${name}: ${link}`);
  }
}
closeSync(fifo);
await sandbox.close();
process.stdout.write(JSON.stringify(tried), () => process.exit(0));
