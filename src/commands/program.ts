/** The command tree. Verbs are loaded when called; help lists all of them by their summary. */
import { Command, CommanderError } from 'commander';
import { EXIT } from '../failure.ts';
import type { Context } from '../application/context.ts';
import { describeArguments } from './arguments.ts';
import { offerHelpAll, SHORT_HELP } from './declared-options.ts';
import { addExamples } from './examples.ts';
import { usageFailure } from './usage-errors.ts';
import type { ActionContext, Verb } from './verb.ts';
import { VERBS } from './verbs.ts';

/** Parses and runs a command line; resolves to the exit code. Failures are thrown, also those of the command line. */
export async function runProgram(argv: readonly string[], context: Context): Promise<number> {
  let exit: number = EXIT.ok;
  const action = actionContext(context, (code) => {
    exit = code;
  });
  const program = await buildProgram(action, ({ name }) => argv.includes(name));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (isHelp(error)) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw usageFailure(error, program, argv);
  }
}

/** The program with every verb declared, for inspection. @internal */
export async function wholeProgram(context: Context): Promise<Command> {
  return buildProgram(
    actionContext(context, () => undefined),
    () => true,
  );
}

function actionContext(context: Context, settle: ActionContext['settle']): ActionContext {
  return {
    ...context,
    verbs: VERBS.filter(({ hidden }) => hidden !== true).map(({ name }) => name),
    showHelp: (command) => runProgram([...command, '--help'], context),
    wholeProgram: () => wholeProgram(context),
    settle,
  };
}

async function buildProgram(context: ActionContext, isCalled: (verb: Verb) => boolean): Promise<Command> {
  const { machine, version } = context;
  const program = new Command('scarf-cli')
    .description('Stream events into Scarf, Sumatra, Moesif and VMware Log Insight, and pull exports out.')
    .version(version, '-V, --version')
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ ...SHORT_HELP, helpWidth: machine.stdout.columns ?? 100 })
    .configureOutput({
      writeOut: (text) => void machine.stdout.write(text),
      writeErr: (text) => void machine.stderr.write(text),
      // Written with all other failures.
      outputError: () => undefined,
    });
  for (const verb of VERBS) await addVerb(program, verb, { isCalled: isCalled(verb), context });
  describeArguments(program);
  offerHelpAll(program);
  addExamples(program);
  program.addHelpText('after', POINTERS);
  return program;
}

async function addVerb(
  program: Command,
  verb: Verb,
  { isCalled, context }: { isCalled: boolean; context: ActionContext },
): Promise<void> {
  if (!isCalled) {
    program
      .command(verb.name, { hidden: verb.hidden ?? false })
      .summary(verb.summary)
      .description(verb.summary);
    return;
  }
  const declare = await verb.load();
  declare(program, context);
}

/** Help that a command without its subcommand prints is no success. */
function isHelp({ code }: CommanderError): boolean {
  return ['commander.helpDisplayed', 'commander.version', 'commander.help'].includes(code);
}

const POINTERS = `
Run "scarf-cli help exit-codes" for exit codes, "scarf-cli help environment" for environment variables,
"scarf-cli help" with any command or topic for more.`;
