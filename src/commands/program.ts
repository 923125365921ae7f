/** The command tree: verbs are loaded when they are called, and help knows them all by their summary. */
import { Command, CommanderError } from 'commander';
import { EXIT } from '../failure.ts';
import type { Machine } from '../machine.ts';
import type { Context } from '../application/context.ts';
import type { ActionContext, Verb } from './verb.ts';
import { VERBS } from './verbs.ts';

/** Parses and runs a command line; resolves to the exit code. Failures pass through. */
export async function runProgram(argv: readonly string[], context: Context): Promise<number> {
  let exit: number = EXIT.ok;
  const action: ActionContext = {
    ...context,
    verbs: VERBS.map(({ name }) => name),
    showHelp: (command) => runProgram([...command, '--help'], context),
    settle: (code) => {
      exit = code;
    },
  };
  const program = await buildProgram(argv, action);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return exitOf(error, argv, context.machine);
    throw error;
  }
}

async function buildProgram(argv: readonly string[], context: ActionContext): Promise<Command> {
  const { machine, version } = context;
  const program = new Command('scarf-cli')
    .description('Stream events into Scarf, Sumatra, Moesif and VMware Log Insight, and pull exports out.')
    .version(version, '-V, --version')
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ helpWidth: machine.stdout.columns ?? 100 })
    .configureOutput({
      writeOut: (text) => void machine.stdout.write(text),
      writeErr: (text) => void machine.stderr.write(text),
    })
    .addHelpText('after', EXAMPLES);
  for (const verb of VERBS) await addVerb(program, verb, { isCalled: argv.includes(verb.name), context });
  return program;
}

async function addVerb(
  program: Command,
  verb: Verb,
  { isCalled, context }: { isCalled: boolean; context: ActionContext },
): Promise<void> {
  if (!isCalled) {
    program.command(verb.name).summary(verb.summary).description(verb.summary);
    return;
  }
  const declare = await verb.load();
  declare(program, context);
}

/** Help and version are no errors; all else that commander complains about is the command line. */
function exitOf(error: CommanderError, argv: readonly string[], machine: Machine): number {
  const isHelp = ['commander.helpDisplayed', 'commander.version', 'commander.help'].includes(error.code);
  if (isHelp && error.exitCode === 0) return EXIT.ok;
  if (argv.includes('--json')) {
    const message = error.message.replace(/^error: /, '');
    machine.stdout.write(
      `${JSON.stringify({ schema: 1, errors: [{ kind: 'usage', message }], exit: EXIT.usage })}\n`,
    );
  }
  return EXIT.usage;
}

const EXAMPLES = `
Examples:
  $ scarf-cli import events.ndjson --owner acme
  $ zcat logs/*.gz | scarf-cli import - --owner acme --package 970493a1-4ca0-4a4d-a085-fdce578e5a08
  $ scarf-cli sandbox exec -- scarf-cli import events.ndjson

Exit codes are listed by "scarf-cli help exit-codes", environment variables by "scarf-cli help environment".`;
