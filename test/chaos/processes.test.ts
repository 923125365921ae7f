/** Whole processes that are killed, starved of disk, or talk to nobody. */
import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { eventRows, lines, type Report } from '../machine.ts';
import { buildChild, runChild, type Ended } from './processes.ts';
import type { End } from './scenario.ts';

let built = '';
let program = '';

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'scarf-cli-child-'));
  program = await buildChild(built);
});
afterAll(() => rm(built, { recursive: true, force: true }));

interface Scene {
  sandbox: Sandbox;
  directory: string;
  run: (argv: readonly string[], end?: End) => Promise<Ended & { report: Report | undefined }>;
}

async function openScene(): Promise<Scene> {
  const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-'));
  const scarf = { keepEvents: 'ids' as const, jobMs: 10 };
  const sandbox = await startSandbox({ clock: Date.now, random: Math.random, scarf });
  onTestFinished(async () => {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  });
  const { environment } = sandbox;
  return {
    sandbox,
    directory,
    async run(argv, end = { kind: 'none' }) {
      const ended = await runChild([...argv, '--json'], { program, directory, environment, end });
      return { ...ended, report: reportIn(ended.stdout) };
    },
  };
}

function reportIn(stdout: string): Report | undefined {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  return last.startsWith('{"schema"') ? (JSON.parse(last) as Report) : undefined;
}

test('60,000 events survive six kills; then nothing is sent again but what is new', async () => {
  const { sandbox, directory, run } = await openScene();
  const path = join(directory, 'events.ndjson');
  await writeFile(path, lines(eventRows(60_000)));
  const command = ['import', 'events.ndjson', '--chunk-size', '128KiB'];
  for (const point of ['intent', 'answered', 'taken', 'settled', 'answered', 'settled']) {
    const ended = await run(command, { kind: 'point', death: { point, nth: 6 } });
    expect(ended.exit).toBeUndefined();
  }
  const last = await run(command);
  expect(last.exit).toBe(0);
  expect(last.report?.counts).toMatchObject({ read: 60_000, accepted: 60_000 });
  const counts = () => sandbox.vendors.scarf.counts();
  expect(counts()).toMatchObject({ stored: 60_000, conflicting: 0 });

  const { imports } = counts();
  expect((await run(command)).report).toMatchObject({ exit: 0, counts: { read: 60_000, accepted: 60_000 } });
  expect(counts()['imports']).toBe(imports);

  const { received = 0 } = counts();
  await appendFile(path, lines(eventRows(500, { first: 60_000 })));
  const grown = await run(command);
  expect(grown.report).toMatchObject({ exit: 0, counts: { read: 60_500 }, thisRun: { read: 500 } });
  expect(counts()).toMatchObject({ stored: 60_500, received: received + 500 });
});

/** Runs the program within a shell, where limits and pipes can be set. */
async function runInShell(
  scene: Scene,
  script: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const env = {
    ...scene.sandbox.environment,
    PATH: process.env['PATH'],
    HOME: scene.directory,
    PROGRAM: `${process.execPath} ${program}`,
  };
  const child = spawn('bash', ['-c', script], {
    cwd: scene.directory,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => (texts.stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (texts.stderr += bytes.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...texts })));
}

test('standard input that was read before the kill is delivered by its run', async () => {
  const scene = await openScene();
  await writeFile(join(scene.directory, 'a.ndjson'), lines([...eventRows(2000), 'bad']));
  const death = JSON.stringify({ point: 'settled', nth: 3 });
  const killed = `cat a.ndjson | CHAOS_DEATH='${death}' $PROGRAM import - --chunk-size 8KiB --rejects bad.ndjson`;
  expect((await runInShell(scene, killed)).code).toBe(137);
  const listed = await scene.run(['runs', 'list']);
  const [{ run = '', state }] = JSON.parse(listed.stdout) as [{ run?: string; state: string }];
  expect(state).toBe('unfinished');
  await scene.run(['runs', 'resume', run], { kind: 'point', death: { point: 'answered', nth: 4 } });
  const resumed = await scene.run(['runs', 'resume', run]);
  expect(resumed).toMatchObject({ exit: 3, report: { counts: { read: 2001, accepted: 2000, rejected: 1 } } });
  expect(scene.sandbox.vendors.scarf.counts()).toMatchObject({ stored: 2000, conflicting: 0 });
  expect(await readFile(join(scene.directory, 'bad.ndjson'), 'utf8')).toBe('bad\n');
});

test("a vendor's replies stand in input order, each once, however often the process died", async () => {
  const scene = await openScene();
  const rows = (name: string) =>
    eventRows(30).map((row) => row.replace('{', `{"_type":"signup","from":"${name}",`));
  await writeFile(join(scene.directory, 'a.ndjson'), lines(rows('a')));
  await writeFile(join(scene.directory, 'b.ndjson'), lines(rows('b')));
  const command = ['ingest', 'sumatra', 'a.ndjson', 'b.ndjson', '--output', 'replies.ndjson'];
  const ends = [
    { point: 'settled', nth: 7 },
    { point: 'input-ended', nth: 1 },
    { point: 'replies-ended', nth: 2 },
    { point: 'rejects-kept', nth: 3 },
  ];
  for (const death of ends) await scene.run(command, { kind: 'point', death });
  const last = await scene.run([...command, '--on-unknown', 'resend']);
  expect(last).toMatchObject({ exit: 0, report: { counts: { read: 60, accepted: 60 } } });
  const replies = (await readFile(join(scene.directory, 'replies.ndjson'), 'utf8')).trim().split('\n');
  const places = replies.map((text) => JSON.parse(text) as { file: string; line: number; reply?: unknown });
  const expected = ['a.ndjson', 'b.ndjson'].flatMap((file) =>
    rows('').map((_, index) => ({ file, line: index + 1 })),
  );
  expect(places.map(({ file, line }) => ({ file, line }))).toEqual(expected);
  expect(places.filter(({ reply }) => reply === undefined)).toEqual([]);
});

test('where no file may grow any more it ends with exit 6 and goes on when there is room', async () => {
  const scene = await openScene();
  await writeFile(join(scene.directory, 'a.ndjson'), lines(eventRows(3000)));
  const command = 'import a.ndjson --chunk-size 4KiB --json';
  // 8 KiB a file: enough for the first steps of the ledger.
  const starved = await runInShell(scene, `ulimit -f 8; exec $PROGRAM ${command}`);
  expect(starved.code).toBe(6);
  const report = reportIn(starved.stdout);
  expect(report?.errors[0]).toMatchObject({ kind: 'local' });
  expect(report?.errors[0]?.message).toContain('EFBIG');
  const { read = 0, ...rest } = report?.counts ?? {};
  expect(Object.values(rest).reduce((sum, rows) => sum + rows, 0)).toBe(read);
  const whole = await scene.run(command.split(' ').slice(0, -1));
  expect(whole).toMatchObject({ exit: 0, report: { counts: { read: 3000, accepted: 3000 } } });
  expect(scene.sandbox.vendors.scarf.counts()).toMatchObject({ stored: 3000, conflicting: 0 });
});

test('when nobody reads its output it says nothing of it, and the delivery is done', async () => {
  const scene = await openScene();
  await writeFile(join(scene.directory, 'a.ndjson'), lines(eventRows(30)));
  const { stdout, stderr } = await runInShell(
    scene,
    '$PROGRAM import a.ndjson --json | true; echo ${PIPESTATUS[0]}',
  );
  expect(stdout.trim()).toBe('0');
  expect(stderr).not.toContain('EPIPE');
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(scene.sandbox.vendors.scarf.counts()).toMatchObject({ stored: 30 });
  const names = await readFile(join(scene.directory, 'a.ndjson'), 'utf8');
  expect(names.split('\n')).toHaveLength(31);
});
