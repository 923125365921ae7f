/** Whole runs in this process, against a sandbox: the machine has real files, and a real clock that runs faster. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { hastyClock } from './hasty.ts';
import { run } from '../src/main.ts';
import { schemaOf, schemaProblems, sumProblems } from './schemas.ts';
import type { Machine } from '../src/machine.ts';
import { realMachine } from '../src/real-machine.ts';
import type { Counts, JobReport } from '../src/records.ts';
import type { ReasonGroup } from '../src/report/delivery/tally.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../src/sandbox/index.ts';

/** The part of what `--json` prints that tests read. */
export interface Report {
  run: string;
  counts: Counts;
  thisRun: Counts;
  inputs: { path: string; bytes: number; rows: number }[];
  jobs: JobReport[];
  rejects: { path: string | null; state: string | null; rows: number; reasons: ReasonGroup[] };
  alreadyDelivered: { run: string; at: string } | null;
  stopped: { why: string; waiting: { why: string; own?: number; others?: number } | null } | null;
  notices: { code: string; message: string; hint?: string }[];
  errors: { kind: string; message: string; hint?: string }[];
  warnings: Record<string, number>;
  changes: Record<string, number>;
  requests: number;
  retries: number;
  exit: number;
}

export interface CliRun {
  exit: number;
  stdout: string;
  stderr: string;
  /** The last line of stdout when it is a report. */
  report: Report | undefined;
}

export interface CliOptions {
  environment?: Record<string, string>;
  stdin?: string | Uint8Array | Readable;
  /** Replaces parts of the machine. */
  machine?: Partial<Machine>;
}

/** A directory that is removed after the test, a sandbox, and a way to run command lines with both. */
export interface Place {
  directory: string;
  sandbox: Sandbox;
  /** Writes a file in the directory; resolves to its path. */
  write: (name: string, content: string | Uint8Array) => Promise<string>;
  /** Runs the command line; `--json` is not added. */
  runCli: (argv: readonly string[], options?: CliOptions) => Promise<CliRun>;
  /** Runs `import` with `--json` and without a live display. */
  importFiles: (argv: readonly string[], options?: CliOptions) => Promise<CliRun & { report: Report }>;
}

/** Makes the place of one test. */
export async function openPlace(sandboxOptions: Partial<SandboxOptions> = {}): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-'));
  const sandbox = await startSandbox({
    clock: () => Date.now(),
    random: Math.random,
    ...sandboxOptions,
    scarf: { keepEvents: true, jobMs: 5, ...sandboxOptions.scarf },
  });
  onTestFinished(async () => {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  });
  const runHere = (argv: readonly string[], options: CliOptions = {}) =>
    runCli(argv, { ...options, directory, environment: { ...sandbox.environment, ...options.environment } });
  return {
    directory,
    sandbox,
    runCli: runHere,
    async write(name, content) {
      const path = join(directory, name);
      await writeFile(path, content);
      return path;
    },
    async importFiles(argv, options) {
      const outcome = await runHere(['import', ...argv, '--json', '--progress', 'none'], options);
      if (outcome.report === undefined) throw new Error(`no report: ${outcome.stdout}${outcome.stderr}`);
      return { ...outcome, report: outcome.report };
    },
  };
}

/** Runs one command line in this process. */
export async function runCli(
  argv: readonly string[],
  { directory, environment, stdin, machine }: CliOptions & { directory: string },
): Promise<CliRun> {
  const stdout = new Collector();
  const stderr = new Collector();
  const real = realMachine();
  const exit = await run(argv, {
    ...real,
    argv,
    environment: { ...environment },
    workingDirectory: directory,
    homeDirectory: directory,
    temporaryDirectory: directory,
    stdin: streamOf(stdin),
    stdout,
    stderr,
    isStdoutClosed: () => false,
    ...hastyClock,
    onSignal: () => () => undefined,
    // Other tests share this process, so it has work of its own.
    cores: 1,
    boundHeap: () => undefined,
    collectGarbage: () => undefined,
    calmHeap: () => undefined,
    ...machine,
  });
  holdAgainstSchemas(argv, stdout.text, stderr.text);
  const last = stdout.text.trimEnd().split('\n').at(-1) ?? '';
  const report = last.startsWith('{"schema"') ? (JSON.parse(last) as Report) : undefined;
  return { exit, stdout: stdout.text, stderr: stderr.text, report };
}

/** Throws when a document does not match its published schema, or its sums do not add up. */
function holdAgainstSchemas(argv: readonly string[], ...outputs: string[]): void {
  const lines = outputs.flatMap((text) => text.split('\n')).filter((line) => /^(\{|\[\{)"/.test(line));
  for (const line of lines) {
    const document = parsed(line);
    const schema = document === undefined ? undefined : schemaOf(document, argv);
    const problems = schema === undefined ? [] : schemaProblems(document, schema);
    if (schema === 'delivery.json') problems.push(...sumProblems(document as Report));
    if (problems.length > 0)
      throw new Error(`${argv.join(' ')}: not as ${schema} says: ${problems.join('; ')}`);
  }
}

/** The user's rows may be truncated, or not JSON at all. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function streamOf(stdin: CliOptions['stdin']): Readable {
  if (stdin === undefined) return new PassThrough().end();
  return stdin instanceof Readable ? stdin : Readable.from([Buffer.from(stdin)]);
}

class Collector extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

/** The package that the rows below belong to. */
export const PACKAGE = '970493a1-4ca0-4a4d-a085-fdce578e5a08';

/** Rows of events, each as text. Without ids unless requested. */
export function eventRows(count: number, { first = 0, ids = false } = {}): string[] {
  return Array.from({ length: count }, (_, index) => {
    const n = first + index;
    const id = ids ? `"$unique_id":"event-${n}",` : '';
    return `{${id}"$package":"${PACKAGE}","$time":"2126-11-21T08:00:00Z","n":${n}}`;
  });
}

/** Rows as the text of a file. */
export function lines(rows: readonly string[]): string {
  return rows.map((row) => `${row}\n`).join('');
}

/** The values of `n` in the events that the vendor has, sorted. */
export function storedNumbers(sandbox: Sandbox): number[] {
  const numbers = sandbox.vendors.scarf
    .events()
    .map(({ text }) => (JSON.parse(text ?? '{}') as { n: number }).n);
  return numbers.sort((one, other) => one - other);
}

/** 0, 1, 2 and so on. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
