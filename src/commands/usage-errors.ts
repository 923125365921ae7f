/** What commander refuses, in the words of the program, with the nearest name. */
import type { Command, CommanderError } from 'commander';
import { Failure } from '../failure.ts';
import { nearestName } from '../shaping/reshape/nearest.ts';

interface Refused {
  /** The deepest command that the words name. */
  command: Command;
  /** What the message of commander quotes: an option, an argument or a command. */
  quoted: string;
  /** The message of commander. */
  text: string;
}

interface Words {
  message: string;
  hint?: string;
}

const WORDS: Readonly<Record<string, (refused: Refused) => Words>> = {
  'commander.unknownOption': unknownOption,
  'commander.unknownCommand': ({ command, quoted }) => ({
    message: `unknown command: ${quoted}`,
    hint: meant(quoted, namesIn(command)) ?? `"${nameOf(command)} --help" lists the commands`,
  }),
  'commander.optionMissingArgument': ({ quoted }) => ({
    message: `${quoted.split(' ')[0] ?? quoted} needs a value: ${quoted}`,
  }),
  'commander.missingArgument': ({ command, quoted }) => ({
    message: `missing argument: ${quoted}`,
    hint: usageOf(command),
  }),
  'commander.invalidArgument': ({ text }) => {
    const [, value, name, choices] =
      /value '(.*)' is invalid for argument '(.*)'\. Allowed .* are (.*)\.$/s.exec(text) ?? [];
    return { message: name === undefined ? text : `${name}: "${value}" is none of ${choices}` };
  },
  'commander.excessArguments': ({ command }) => ({
    message: `too many arguments: ${command.args.slice(command.registeredArguments.length).join(' ')}`,
    hint: usageOf(command),
  }),
};

/** A usage error of commander as a Failure `usage`. */
export function usageFailure(error: CommanderError, program: Command, argv: readonly string[]): Failure {
  const text = error.message.replace(/^error: /, '');
  const quoted = /'(.*)'/s.exec(text)?.[1] ?? '';
  const command = calledCommand(program, argv);
  const { message, hint } = WORDS[error.code]?.({ command, quoted, text }) ?? { message: text };
  return new Failure('usage', message, { cause: error, ...(hint === undefined ? {} : { hint }) });
}

function unknownOption({ command, quoted }: Refused): Words {
  const [name = '', value] = quoted.split(/=(.*)/s);
  const options = command.options.filter(({ hidden }) => !hidden);
  if (value !== undefined && options.some(({ long }) => long === name))
    return { message: `${name} takes no value`, hint: `leave out "=${value}"` };
  const names = options.flatMap(({ long }) => long ?? []);
  const ways =
    command.parent === null
      ? 'options come after the command: scarf-cli COMMAND OPTIONS'
      : `"${nameOf(command)} ${names.includes('--help-all') ? '--help-all' : '--help'}" lists the options`;
  const hint = (name.startsWith('--') ? meant(name, names) : undefined) ?? ways;
  return { message: `unknown option: ${name}`, hint };
}

function meant(name: string, names: readonly string[]): string | undefined {
  const nearest = nearestName(name, names);
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}

/** An option that comes before any command is the program's. */
function calledCommand(program: Command, argv: readonly string[]): Command {
  let command = program;
  for (const word of argv) {
    if (command === program && word.startsWith('-')) return program;
    command = command.commands.find((one) => one.name() === word) ?? command;
  }
  return command;
}

function namesIn(command: Command): string[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => one.name());
}

function nameOf(command: Command): string {
  const { parent } = command;
  return parent === null ? command.name() : `${nameOf(parent)} ${command.name()}`;
}

/** `scarf-cli imports show <id>` */
function usageOf(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? '...' : '');
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [nameOf(command), ...words].join(' ');
}
