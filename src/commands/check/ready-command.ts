/**
 * Builds the command that `check --infer` proposes: the one that was typed, with another verb and the
 * inferred options.
 */
import { Option, type Command } from 'commander';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { shellWord } from '../../sources/shell-word.ts';

/** The words after the verb, and the command that parsed them. */
export interface Typed {
  argv: readonly string[];
  command: Command;
  /** The options of the proposed command. Other typed options are left out. */
  specs: readonly OptionSpec[];
}

/** Options about output and about checking, which the proposed command leaves out. */
const NOT_TAKEN = new Set([
  'json',
  'quiet',
  'report',
  'reportFormat',
  'progress',
  'color',
  'dryRun',
  'salt',
  'again',
]);

/** The options as they were typed, without the input names. */
export function typedOptions({ argv, command, specs }: Typed): string[] {
  const taken: string[] = [];
  const flags = flagsOf(specs);
  for (let at = 0; at < argv.length; at++) {
    const token = argv[at]!;
    if (token === '--') break;
    if (!token.startsWith('-') || token === '-') continue;
    const name = token.replace(/=.*$/s, '');
    const option = command.options.find(({ long, short }) => long === name || short === name);
    const hasValue = option !== undefined && (option.required || option.optional) && !token.includes('=');
    const value = hasValue ? argv[++at] : undefined;
    if (option?.long === undefined || option.long === null || !flags.has(option.long)) continue;
    taken.push(token, ...(value === undefined ? [] : [value]));
  }
  return taken;
}

function flagsOf(specs: readonly OptionSpec[]): Set<string> {
  const taken = specs.filter(({ name }) => !NOT_TAKEN.has(name));
  const written = taken
    .flatMap(({ flags, fileFlags }) => [flags, fileFlags])
    .filter((text) => text !== undefined);
  return new Set(written.map((text) => new Option(text).long).filter((long) => typeof long === 'string'));
}

/** An input as an argument; a name that begins with a dash gets its directory. */
export function inputArgument(pattern: string): string {
  return pattern.startsWith('-') && pattern !== '-' ? `./${pattern}` : pattern;
}

/** Joins arguments to a line for a POSIX shell. */
export function shellLine(argv: readonly string[]): string {
  return argv.map(shellWord).join(' ');
}
