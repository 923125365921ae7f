/** The way in: a command line and a machine go in, an exit code comes out. */
import { readFileSync } from 'node:fs';
import { asFailure, EXIT, type Failure } from './failure.ts';
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
