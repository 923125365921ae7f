/** From a command's declared options to one frozen settings value, secrets from files included. */
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { OptionSpec } from '../contracts.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { printable } from '../report/printable.ts';
import { addOptions, givenFlags } from '../settings/flags.ts';
import { modeForOthers } from '../settings/open-to-others.ts';
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
  const secretFiles: string[] = [];
  for (const spec of specs) {
    if (spec.fileFlags === undefined) continue;
    const option = new Option(spec.fileFlags);
    const path: unknown = command.getOptionValue(option.attributeName());
    if (path === undefined) continue;
    if (typeof path !== 'string' || path === '')
      throw new Failure('usage', `${option.long} needs the name of a file`);
    const { deadline } = flags;
    flags[spec.name] = await readSecretFile({
      path,
      flag: option.long ?? spec.name,
      stdin: machine.stdin,
      stdinIsInput,
      deadlineMs: typeof deadline === 'number' ? deadline : undefined,
      machine,
    });
    if (path !== '-') secretFiles.push(path);
  }
  const store = profileStore(machine);
  const profile = name === undefined ? {} : await store.read(name);
  if (Object.keys(profile).length > 0) secretFiles.push(store.path);
  const settings = resolveSettings(specs, { flags, environment: machine.environment, profile });
  await warnOfOpenFiles(secretFiles, settings, machine);
  return settings;
}

/** Once a file, on standard error in the form that the display has there; quiet runs say nothing of it. */
async function warnOfOpenFiles(
  paths: readonly string[],
  { values }: Settings,
  machine: Machine,
): Promise<void> {
  if (values['quiet'] === true) return;
  for (const path of new Set(paths)) {
    const mode = await modeForOthers(resolve(machine.workingDirectory, path));
    if (mode === undefined) continue;
    const message = `${path} holds a secret and is open to others (mode ${mode})`;
    const hint = `chmod 600 ${path}`;
    const event = { ts: new Date(machine.now()).toISOString(), type: 'warned', code: 'open-to-others' };
    machine.stderr.write(
      values['progress'] === 'json'
        ? `${JSON.stringify({ ...event, message, hint })}\n`
        : `warning: ${printable(message)}\n  hint: ${printable(hint)}\n`,
    );
  }
}
