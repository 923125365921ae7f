/** Remembers which options a command was declared with, and which of them its short help lists. */
import { CommanderError, Help, Option, type Command } from 'commander';
import type { OptionSpec } from '../settings/option-spec.ts';

const declared = new WeakMap<Command, readonly OptionSpec[]>();

/** Records the specs declared on a command. */
export function rememberOptions(command: Command, specs: readonly OptionSpec[]): void {
  declared.set(command, specs);
}

/** The specs declared on a command, in the order of help. */
export function optionsDeclaredOn(command: Command): readonly OptionSpec[] {
  return declared.get(command) ?? [];
}

/** The spec that a flag of a command belongs to: as its own flag or as the one for a file with the secret. */
export function specOf(command: Command, { long }: Option): OptionSpec | undefined {
  const isMeant = (flags: string | undefined) => flags !== undefined && new Option(flags).long === long;
  return optionsDeclaredOn(command).find(({ flags, fileFlags }) => isMeant(flags) || isMeant(fileFlags));
}

/** A command with more options than this has a short help. */
const maxShown = 20;

/** Whether `--help` lists an option of the command. */
export function isListed(command: Command, spec: OptionSpec): boolean {
  if (spec.group === 'debugging') return spec.common === true;
  const flags = optionsDeclaredOn(command).filter((one) => one.flags !== undefined);
  const isLong = flags.length > maxShown && flags.some(({ common }) => common === true);
  return !isLong || spec.common === true;
}

const listsAll = new WeakSet<Command>();

/** Every command takes `--help-all`; help lists it where `--help` leaves options out. */
export function offerHelpAll(command: Command): void {
  const isSame = optionsDeclaredOn(command).every((spec) => isListed(command, spec));
  command.addOption(new Option('--help-all', 'display all options').hideHelp(isSame));
  command.on('option:help-all', () => {
    listsAll.add(command);
    command.outputHelp();
    // As commander ends `--help`. Its `help()` takes over the exit code of the process, which is one for "has not ended".
    throw new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)');
  });
  command.commands.forEach(offerHelpAll);
}

/** For commander's `configureHelp`: lists the common options of a command unless `--help-all` was given. */
export const SHORT_HELP: Partial<Help> = {
  visibleOptions(command) {
    const options = new Help().visibleOptions(command);
    if (listsAll.has(command)) return options;
    return options.filter((option) => {
      const spec = specOf(command, option);
      return spec === undefined || isListed(command, spec);
    });
  },
};
