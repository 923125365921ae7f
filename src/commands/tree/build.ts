/** Builds a tree of plain data from commander's commands and the specs declared on them. */
import { Option, type Argument, type Command } from 'commander';
import { effectNotes } from '../../settings/effect.ts';
import { kindOf, writeValue } from '../../settings/kinds.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { argumentCompletion } from '../arguments.ts';
import { examplesOf } from '../examples.ts';
import { isListed, optionsDeclaredOn, specOf } from '../declared-options.ts';
import type { ArgumentNode, CommandNode, Completion, OptionNode } from './node.ts';

/** The tree below `command`; every verb in it must have been loaded. */
export function treeOf(command: Command, path: readonly string[] = []): CommandNode {
  const specs = optionsDeclaredOn(command);
  const help = command.createHelp();
  const below = command.commands.filter((one) => help.visibleCommands(command).includes(one));
  return {
    path,
    summary: command.summary() || command.description(),
    description: command.description(),
    usage: help.commandUsage(command),
    arguments: command.registeredArguments.map((argument) => argumentNode(argument, path)),
    options: [...flagsOf(command), HELP_FLAG],
    settings: specs.filter(({ flags }) => flags === undefined).map((spec) => specNode(spec, command)),
    examples: examplesOf(path),
    commands: below.map((one) => treeOf(one, [...path, one.name()])),
  };
}

/**
 * Flags of specs and flags that only commander knows, such as those for files of secrets, in the order of
 * help.
 */
function flagsOf(command: Command): OptionNode[] {
  const shown = command.options.filter(({ hidden }) => !hidden);
  return shown.map((option) => {
    const spec = specOf(command, option);
    if (spec?.flags !== undefined && new Option(spec.flags).long === option.long) {
      return specNode(spec, command, option);
    }
    return plainNode(option, command, spec);
  });
}

function specNode(spec: OptionSpec, command: Command, option?: Option): OptionNode {
  const kind = kindOf(spec);
  const effect = effectNotes(spec, optionsDeclaredOn(command)).join(', ');
  const showsDefault = spec.default !== undefined && spec.secret !== true && kind !== 'flag';
  return {
    name: spec.name,
    ...namesOf(option),
    flags: spec.flags ?? '',
    description: spec.description,
    group: spec.group ?? 'general',
    common: isListed(command, spec),
    kind,
    takesValue: option !== undefined && !option.isBoolean() && !option.negate,
    ...(spec.choices && { choices: spec.choices }),
    ...(showsDefault && { default: writeValue(spec, spec.default) }),
    repeatable: spec.repeatable ?? false,
    ...(effect !== '' && { effect }),
    environment: spec.environment ?? [],
    secret: spec.secret ?? false,
    recipe: spec.recipe ?? false,
    completes: completionOf(spec),
  };
}

function namesOf(option: Option | undefined): Pick<OptionNode, 'long' | 'short'> {
  return {
    ...(option?.long !== undefined && { long: option.long }),
    ...(option?.short !== undefined && { short: option.short }),
  };
}

function completionOf(spec: OptionSpec): Completion {
  if (spec.choices) return { choices: spec.choices };
  if (spec.name === 'profile') return 'profiles';
  if (spec.path?.role === 'state') return 'directories';
  return kindOf(spec) === 'path' ? 'files' : 'nothing';
}

/** A flag without a setting: it names the file of a secret, or prints something. */
function plainNode(option: Option, command: Command, secret: OptionSpec | undefined): OptionNode {
  return {
    ...BARE_FLAG,
    ...namesOf(option),
    flags: option.flags,
    description: option.description,
    ...(secret && { group: secret.group ?? 'general', kind: 'path', completes: 'files' }),
    common: secret === undefined || isListed(command, secret),
    takesValue: !option.isBoolean(),
  };
}

const BARE_FLAG = {
  group: 'general',
  common: true,
  kind: 'flag',
  takesValue: false,
  repeatable: false,
  environment: [],
  secret: false,
  recipe: false,
  completes: 'nothing',
} satisfies Partial<OptionNode>;

/** Commander keeps it separate from the options of a command. */
const HELP_FLAG: OptionNode = {
  ...BARE_FLAG,
  long: '--help',
  short: '-h',
  flags: '-h, --help',
  description: 'display help for command',
};

function argumentNode(argument: Argument, path: readonly string[]): ArgumentNode {
  return {
    name: argument.name(),
    description: argument.description,
    required: argument.required,
    variadic: argument.variadic,
    completes: argumentCompletion(argument, path),
  };
}
