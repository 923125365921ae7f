/** The arguments of commands: their help texts and their completions. */
import type { Argument, Command } from 'commander';
import { VENDORS } from '../vendors/index.ts';
import type { Completion } from './tree/node.ts';

interface ArgumentKind {
  /** For help, unless the command describes it itself. */
  description: string;
  completes: Completion;
}

const IMPORT: ArgumentKind = {
  description: 'id of an import, or its beginning',
  completes: 'imports',
};

/** By verb and argument name, else by argument name alone. */
const ARGUMENTS: Readonly<Record<string, ArgumentKind>> = {
  files: { description: 'files, globs, or - for standard input', completes: 'files' },
  topic: { description: 'a command or a topic', completes: 'commands' },
  vendor: { description: 'a vendor', completes: { choices: VENDORS.map(({ name }) => name) } },
  'imports id': IMPORT,
  'imports ids': IMPORT,
  'runs id': { description: 'id of a run, or its beginning', completes: 'runs' },
  reports: { description: 'reports of all parts (--report), or globs', completes: 'files' },
  'schedule id': { description: 'id of a schedule', completes: 'nothing' },
  'config option': { description: 'an option without its dashes: max-active', completes: 'nothing' },
  'config value': { description: 'what to save (default: what standard input holds)', completes: 'nothing' },
  'config name': { description: 'a profile', completes: 'profiles' },
};

/** Describes the arguments of a command and its subcommands that have no description of their own. */
export function describeArguments(command: Command, path: readonly string[] = []): void {
  for (const argument of command.registeredArguments) {
    argument.description ||= kindOf(argument, path)?.description ?? '';
  }
  for (const below of command.commands) describeArguments(below, [...path, below.name()]);
}

/** What a shell offers to complete an argument. */
export function argumentCompletion(argument: Argument, path: readonly string[]): Completion {
  if (argument.argChoices) return { choices: argument.argChoices };
  return kindOf(argument, path)?.completes ?? 'nothing';
}

function kindOf(argument: Argument, [verb]: readonly string[]): ArgumentKind | undefined {
  return ARGUMENTS[`${verb} ${argument.name()}`] ?? ARGUMENTS[argument.name()];
}
