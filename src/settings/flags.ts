/** Declares option specs as flags of a commander command. The only place that translates between the two. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { Failure } from '../failure.ts';
import { effectNotes } from './effect.ts';
import type { OptionSpec } from './option-spec.ts';
import { kindOf, readValue, writeValue } from './kinds.ts';
import { groupHeading } from './option-groups.ts';

/**
 * Declares every spec on `command`. Help shows choices, default and environment names; specs without a flag
 * are listed below the options. A value that cannot be parsed is a Failure `usage` that names
 * the flag. Defaults and the environment are left to `resolveSettings`.
 */
export function addOptions(command: Command, specs: readonly OptionSpec[]): void {
  for (const spec of specs) {
    if (spec.flags === undefined) continue;
    const option = toOption(spec, spec.flags, specs);
    if (option.negate) command.addOption(positiveOf(option).helpGroup(groupHeading(spec)).hideHelp());
    command.addOption(option);
  }
  const listed = describeEnvironment(specs.filter((spec) => spec.flags === undefined));
  if (listed !== '') command.addHelpText('after', `\nEnvironment:\n${listed}`);
}

/** Only what was given on the command line, by spec name. */
export function givenFlags(command: Command, specs: readonly OptionSpec[]): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const spec of specs) {
    if (spec.flags === undefined) continue;
    const attribute = new Option(spec.flags).attributeName();
    if (command.getOptionValueSource(attribute) === 'cli') {
      given[spec.name] = command.getOptionValue(attribute);
    }
  }
  return given;
}

function toOption(spec: OptionSpec, flags: string, specs: readonly OptionSpec[]): Option {
  const option = new Option(flags, describeOption(spec, specs)).helpGroup(groupHeading(spec));
  // A repeatable flag without an argument is counted.
  if (option.isBoolean() && spec.repeatable === true) {
    return option.argParser((_text: string, previous: unknown) => Number(previous ?? 0) + 1);
  }
  if (option.isBoolean() || option.negate) return option;
  return option.argParser((text: string, previous: unknown) => {
    try {
      return readValue(spec, text, previous);
    } catch (error) {
      if (error instanceof Failure) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new Failure('usage', `${option.long ?? flags}: ${message}`);
    }
  });
}

/** `--wait` for `--no-wait`, to override an environment or profile that says no. */
function positiveOf(negative: Option): Option {
  return new Option(`--${negative.name().replace(/^no-/, '')}`);
}

function describeOption(spec: OptionSpec, specs: readonly OptionSpec[]): string {
  const notes = effectNotes(spec, specs);
  if (spec.choices) notes.push(`one of: ${spec.choices.join(', ')}`);
  if (spec.repeatable === true) notes.push('may be repeated');
  if (showsDefault(spec)) notes.push(`default: ${writeValue(spec, spec.default)}`);
  if (spec.environment?.length) notes.push(`env: ${spec.environment.join(', else ')}`);
  return notes.length === 0 ? spec.description : `${spec.description} (${notes.join('; ')})`;
}

/** For a flag without a value its form tells the default: `--no-` forms are on, others off. */
function showsDefault(spec: OptionSpec): boolean {
  return spec.default !== undefined && spec.secret !== true && kindOf(spec) !== 'flag';
}

function describeEnvironment(specs: readonly OptionSpec[]): string {
  const entries = specs.map((spec) => ({
    names: spec.environment?.join(', else ') ?? '',
    description: showsDefault(spec)
      ? `${spec.description} (default: ${writeValue(spec, spec.default)})`
      : spec.description,
  }));
  const width = Math.max(0, ...entries.map(({ names }) => names.length));
  return entries.map(({ names, description }) => `  ${names.padEnd(width)}  ${description}`).join('\n');
}
