/** The entry point: takes a command line and a machine, returns an exit code. */
import { readFileSync } from 'node:fs';
import { asFailure, EXIT, EXIT_MEANINGS, Failure } from './failure.ts';
import { Interruption } from './interruption.ts';
import type { Machine } from './machine.ts';
import { realMachine } from './real-machine.ts';
import { maskedOutput } from './masking/masked-output.ts';
import { processMask } from './masking/process-mask.ts';

/** Runs the process. Called by bin/scarf-cli.js. */
export async function main(): Promise<void> {
  const machine = realMachine();
  machine.onUncaught((error) => endOnUncaught(error, machine));
  machine.exitWhenDone(await run(machine.argv, machine));
}

/**
 * Runs one command line. The only place where a failure becomes a message and an exit code. Never throws. All
 * output goes through the machine, whose streams mask secrets from here on.
 */
export async function run(argv: readonly string[], unmasked: Machine): Promise<number> {
  const machine = {
    ...unmasked,
    stdout: maskedOutput(unmasked.stdout, processMask),
    stderr: maskedOutput(unmasked.stderr, processMask),
  };
  const output = watchOutput(machine);
  const interruption = new Interruption(machine);
  const startedMs = machine.elapsedMs();
  const exit = await runCommand(argv, { machine, interruption });
  machine.trace.record({ type: 'command-ended', exit, ms: machine.elapsedMs() - startedMs });
  // The reader of the output may have stopped reading.
  const left = interruption.overdue.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([machine.trace.close(), left]);
  const problem = await Promise.race([output.problem(), left]);
  interruption.close();
  if (problem === undefined || !isWorse(EXIT.local, exit)) return exit;
  const { localFailure } = await import('./disk/errno.ts');
  return reportFailure(localFailure('write standard output', problem), [], machine);
}

const EXIT_IN_ORDER: readonly number[] = EXIT_MEANINGS.map(({ name }) => EXIT[name]);

function isWorse(exit: number, other: number): boolean {
  return EXIT_IN_ORDER.indexOf(exit) < EXIT_IN_ORDER.indexOf(other);
}

/**
 * A write error on standard output must not end the process midway; it only shows in the exit code. A reader
 * that is gone (`| head -1`) has what it wanted: that is no problem and not reported.
 */
function watchOutput({ stdout, stderr }: Machine): { problem: () => Promise<Error | undefined> } {
  let problem: Error | undefined;
  const note = (error: Error | null | undefined) => {
    const code = (error as NodeJS.ErrnoException | null | undefined)?.code ?? '';
    if (error && !['EPIPE', 'ERR_STREAM_DESTROYED'].includes(code)) problem ??= error;
  };
  stdout.on('error', note);
  stderr.on('error', () => undefined);
  return {
    // Errors surface only after the write, and reach its callback before any listener.
    problem: () =>
      new Promise((resolve) => {
        stdout.write('', (error) => {
          note(error);
          resolve(problem);
        });
      }),
  };
}

async function runCommand(
  argv: readonly string[],
  { machine, interruption }: { machine: Machine; interruption: Interruption },
): Promise<number> {
  if (asksForVersion(argv)) {
    machine.stdout.write(
      argv.length === 1 ? `${readVersion()}\n` : `${JSON.stringify(describeVersion(machine))}\n`,
    );
    return EXIT.ok;
  }
  try {
    refuseTightMemory(machine);
    const { runProgram } = await import('./commands/program.ts');
    const program = runProgram(argv, { machine, interruption, version: readVersion() });
    return await Promise.race([program, interruption.overdue]);
  } catch (error) {
    const failure = asFailure(error);
    machine.trace.tell({ type: 'failed', kind: failure.kind, message: failure.message });
    return reportFailure(failure, argv, machine);
  }
}

const RAISE_LIMITS = 'scarf-cli needs 64 open files (ulimit -n)';

async function reportFailure(failure: Failure, argv: readonly string[], machine: Machine): Promise<number> {
  const exit = EXIT[failure.kind];
  try {
    const { writeFailure } = await import('./report/failure-text.ts');
    writeFailure(failure, { machine, asJson: argv.includes('--json'), exit });
  } catch {
    // When not even a file of the program can be opened, the message is written without it.
    machine.stderr.write(`error: ${failure.message}\nhint: ${RAISE_LIMITS}\n`);
    const error = { kind: failure.kind, message: failure.message, hint: RAISE_LIMITS };
    if (argv.includes('--json'))
      machine.stdout.write(`${JSON.stringify({ schema: 1, errors: [error], exit })}\n`);
  }
  return exit;
}

/** With less memory than this V8 has been seen to crash midway, which no program can catch. */
const minMemoryBytes = 1.5 * 2 ** 30;
/** The HTTP client and the row reader have a WebAssembly memory each, sometimes two. */
const minGuardedBytes = 40 * 2 ** 30;

/** Refuses to start when the memory limit would make Node.js crash midway. */
function refuseTightMemory(machine: Machine): void {
  const { limitBytes, hasGuardRegions } = machine.addressSpace();
  const needed = hasGuardRegions ? minGuardedBytes : minMemoryBytes;
  if (limitBytes === undefined || limitBytes >= needed) return;
  const [limit, least] = [limitBytes, minMemoryBytes].map((bytes) => `${(bytes / 2 ** 30).toFixed(1)} GiB`);
  const without = limitBytes < minMemoryBytes ? `raise it to ${least}, and ` : '';
  throw new Failure('local', `too little memory for Node.js: this process may address ${limit} (ulimit -v)`, {
    hint: `${without}set NODE_OPTIONS=--disable-wasm-trap-handler, with which ${least} is enough; a cgroup limits what is used rather than what is reserved`,
  });
}

/** An uncaught error ends the process; only bugs show a stack trace. */
function endOnUncaught(error: unknown, machine: Machine): void {
  const isMemory = error instanceof RangeError && machine.addressSpace().limitBytes !== undefined;
  const failure = isMemory ? new Failure('local', 'out of memory', { cause: error }) : asFailure(error);
  const stack = failure.kind === 'bug' && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  machine.stderr.write(`error: ${failure.message}${stack}\n`);
  machine.exitNow(EXIT[failure.kind]);
}

/** `--version`, alone or with `--json`: what is asked most often loads nothing. */
function asksForVersion(argv: readonly string[]): boolean {
  const others = argv.filter((word) => word !== '--version' && word !== '-V');
  return argv.length <= 2 && others.length < argv.length && others.every((word) => word === '--json');
}

function describeVersion({ runtime }: Machine): Record<string, unknown> {
  const { commit } = JSON.parse(readFileSync(new URL('../dist/build.json', import.meta.url), 'utf8')) as {
    commit: string | null;
  };
  return { schema: 1, version: readVersion(), ...runtime, commit };
}

/** The version in package.json, which stands one level above the sources and above the build alike. */
function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
