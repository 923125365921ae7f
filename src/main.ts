/** The way in: a command line and a machine go in, an exit code comes out. */
import { readFileSync } from 'node:fs';
import { asFailure, EXIT, EXIT_MEANINGS, type Failure } from './failure.ts';
import { realMachine, type Machine } from './machine.ts';
import { maskedOutput } from './masking/masked-output.ts';
import { processMask } from './masking/process-mask.ts';

/** Runs the process: what bin/scarf-cli.js calls. */
export async function main(): Promise<void> {
  const machine = realMachine();
  machine.exitWhenDone(await run(machine.argv, machine));
}

/**
 * Runs one command line. The only place where a failure becomes words and a number; nothing is thrown,
 * and all output goes through the machine, whose streams write no secret from here on.
 */
export async function run(argv: readonly string[], outside: Machine): Promise<number> {
  const machine = {
    ...outside,
    stdout: maskedOutput(outside.stdout, processMask),
    stderr: maskedOutput(outside.stderr, processMask),
  };
  const output = watchOutput(machine);
  const exit = await runCommand(argv, machine);
  const problem = await output.problem();
  if (problem === undefined || !isWorse(EXIT.local, exit)) return exit;
  const { localFailure } = await import('./disk/trouble.ts');
  return reportFailure(localFailure('write standard output', problem), [], machine);
}

const EXIT_IN_ORDER: readonly number[] = EXIT_MEANINGS.map(({ name }) => EXIT[name]);

function isWorse(exit: number, other: number): boolean {
  return EXIT_IN_ORDER.indexOf(exit) < EXIT_IN_ORDER.indexOf(other);
}

/**
 * Standard output that cannot be written must not end the process in the middle, only show in its exit code. A reader that
 * has gone (`| head -1`) has what it wanted: that is no problem, and nothing is said.
 */
function watchOutput({ stdout, stderr }: Machine): { problem: () => Promise<Error | undefined> } {
  let problem: Error | undefined;
  stdout.on('error', (error) => {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') problem ??= error;
  });
  stderr.on('error', () => undefined);
  return {
    // An error shows only when the write is over.
    problem: () => new Promise((resolve) => void stdout.write('', () => resolve(problem))),
  };
}

async function runCommand(argv: readonly string[], machine: Machine): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    machine.stdout.write(`${readVersion()}\n`);
    return EXIT.ok;
  }
  try {
    const { runProgram } = await import('./commands/program.ts');
    return await runProgram(argv, { machine, version: readVersion() });
  } catch (error) {
    return reportFailure(asFailure(error), argv, machine);
  }
}

async function reportFailure(failure: Failure, argv: readonly string[], machine: Machine): Promise<number> {
  const { writeFailure } = await import('./report/failure-text.ts');
  const exit = EXIT[failure.kind];
  writeFailure(failure, { machine, asJson: argv.includes('--json'), exit });
  return exit;
}

/** The version in package.json, which stands one level above the sources and above the build alike. */
function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
