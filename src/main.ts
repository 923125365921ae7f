/** The way in: a command line and a machine go in, an exit code comes out. */
import { readFileSync } from 'node:fs';
import { asFailure, EXIT, EXIT_MEANINGS, type Failure } from './failure.ts';
import { realMachine, type Machine } from './machine.ts';

/** Runs the process: what bin/scarf-cli.js calls. */
export async function main(): Promise<void> {
  const machine = realMachine();
  machine.exitWhenDone(await run(machine.argv, machine));
}

/**
 * Runs one command line. The only place where a failure becomes words and a number; nothing is thrown,
 * and all output goes through the machine.
 */
export async function run(argv: readonly string[], machine: Machine): Promise<number> {
  const output = watchOutput(machine);
  const exit = await runCommand(argv, machine);
  await output.drained();
  return output.hasFailed() && EXIT_IN_ORDER.indexOf(exit) > EXIT_IN_ORDER.indexOf(EXIT.local)
    ? EXIT.local
    : exit;
}

const EXIT_IN_ORDER: readonly number[] = EXIT_MEANINGS.map(({ name }) => EXIT[name]);

/** Nobody may be reading any more: that must not end the process in the middle, only show in its exit code. */
function watchOutput({ stdout, stderr }: Machine): {
  hasFailed: () => boolean;
  drained: () => Promise<void>;
} {
  let failed = false;
  const fail = () => {
    failed = true;
  };
  stdout.on('error', fail);
  stderr.on('error', () => undefined);
  return {
    hasFailed: () => failed,
    // An error shows only when the write is over.
    drained: () => new Promise((resolve) => void stdout.write('', () => resolve())),
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
