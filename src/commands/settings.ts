/** From a command's declared options to one frozen settings value, secrets from files included. */
import { Option, type Command } from 'commander';
import type { OptionSpec } from '../contracts.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { addOptions, givenFlags } from '../settings/flags.ts';
import { profileStore } from '../settings/profile.ts';
import { resolveSettings, type Settings } from '../settings/resolve.ts';
import { readSecretFile } from '../settings/secrets.ts';

/** Declares the options on a command, and beside each secret the flag that names a file with it. */
export function declareOptions(command: Command, specs: readonly OptionSpec[]): void {
  for (const spec of specs) {
    if (spec.fileFlags === undefined) continue;
    command.addOption(new Option(spec.fileFlags, `file that holds the ${spec.description}`));
  }
  addOptions(command, specs);
}

export interface ReadOptions {
  machine: Machine;
  /** Standard input is read for rows. */
  stdinIsInput: boolean;
  /** The vendor whose saved values stand behind flags and environment. */
  profile?: string;
}

/** Resolves what `declareOptions` declared. Failures are of kind `usage`, or `local` for a secret's file. */
export async function readSettings(
  command: Command,
  specs: readonly OptionSpec[],
  { machine, stdinIsInput, profile: name }: ReadOptions,
): Promise<Settings> {
  const flags = { ...givenFlags(command, specs) };
  for (const spec of specs) {
    if (spec.fileFlags === undefined) continue;
    const option = new Option(spec.fileFlags);
    const path: unknown = command.getOptionValue(option.attributeName());
    if (path === undefined) continue;
    if (typeof path !== 'string' || path === '')
      throw new Failure('usage', `${option.long} needs the name of a file`);
    flags[spec.name] = await readSecretFile({
      path,
      flag: option.long ?? spec.name,
      stdin: machine.stdin,
      stdinIsInput,
    });
  }
  const profile = name === undefined ? {} : await profileStore(machine).read(name);
  return resolveSettings(specs, { flags, environment: machine.environment, profile });
}
