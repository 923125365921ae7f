/** From a command's declared options to one frozen settings value, secrets from files included. */
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { OptionSpec } from '../settings/option-spec.ts';
import { guardPaths } from '../disk/output/path-claims.ts';
import { Failure } from '../failure.ts';
import type { Interruption } from '../interruption.ts';
import type { Machine } from '../machine.ts';
import { printable } from '../report/terminal/printable.ts';
import { addOptions, givenFlags } from '../settings/flags.ts';
import { byGroup, groupHeading } from '../settings/option-groups.ts';
import { modeForOthers } from '../settings/open-to-others.ts';
import { PROFILE_OPTION } from '../settings/profiles/choose.ts';
import { profileStore } from '../settings/profiles/store.ts';
import { resolveSettings, type Settings } from '../settings/resolve.ts';
import type { SettingValues, ValuesOf } from '../settings/values.ts';
import { offerHelpAll, rememberOptions } from './declared-options.ts';
import { claimsOfOptions, type NamedFile } from '../application/claims.ts';
import { DEADLINE_OPTION } from '../application/options/common.ts';
import { startTrace } from '../application/trace-log.ts';
import { readSavedProfile } from './saved-profile.ts';
import { readSecrets, withSecrets, type NamedSecret } from './secrets.ts';

/** Declares the options on a command, and beside each secret the flag that names a file with it. */
export function declareOptions(command: Command, specs: readonly OptionSpec[]): void {
  rememberOptions(command, specs);
  const ordered = byGroup(specs);
  for (const spec of ordered) {
    if (spec.fileFlags === undefined) continue;
    const option = new Option(spec.fileFlags, `file that holds the ${spec.description}`);
    command.addOption(option.helpGroup(groupHeading(spec)));
  }
  addOptions(command, ordered);
  offerHelpAll(command);
}

export interface ReadOptions {
  machine: Machine;
  /** Of a verb that waits: it is interruptible from here on, and its deadline runs. */
  interruption?: Interruption;
  /** Standard input is read for rows. */
  stdinIsInput: boolean;
  /** The vendor whose saved values stand behind flags and environment. */
  profile?: string;
  /** The profile is about to be made, perhaps. */
  mayBeNew?: boolean;
  /** Nobody is asked for a secret: no command is run, and the keychain stays closed. */
  sendsNothing?: boolean;
  /** The command has more paths than its options name, and guards them all together. */
  hasInputs?: boolean;
  /** Of this program, for its log. */
  version?: string;
}

/**
 * Settings of a command, with the names of the files that its secrets were read from. Among the values is `profile`, the
 * saved profile that was used, unless nobody chose one.
 */
export interface CommandSettings<Values = SettingValues> extends Settings<Values> {
  secretFiles: readonly NamedFile[];
}

/**
 * Resolves what `declareOptions` declared. Failures are of kind `usage`, also when two options mean one file, or `local`
 * for a secret's file.
 */
export async function readSettings<const Specs extends readonly OptionSpec[]>(
  command: Command,
  specs: Specs,
  options: ReadOptions,
): Promise<CommandSettings<ValuesOf<Specs>>> {
  const { interruption, machine, hasInputs = false } = options;
  interruption?.listen();
  const all: readonly OptionSpec[] = specs;
  const flags = givenFlags(command, all);
  const named = all.flatMap((spec) => secretFileOf(command, spec));
  const secretFiles = named.map(({ file }) => file);
  const { environment } = machine;
  const vendor = options.profile;
  const { mayBeNew = false } = options;
  const chosenFlags = givenFlags(command, [PROFILE_OPTION]);
  const profile = await readSavedProfile({ vendor, flags: chosenFlags, mayBeNew }, machine);
  const given = { flags, environment, profile: profile.values };
  const resolved = resolveSettings(specs, given);
  const { values } = resolved;
  // A file with a secret may be a FIFO to which nobody writes: the deadline comes first.
  const deadline = values[DEADLINE_OPTION.name];
  if (typeof deadline === 'number') interruption?.endAfter(deadline);
  const claims = await claimsOfOptions({ specs, values, secretFiles, machine });
  await guardPaths(claims, { overwrite: hasInputs });
  startTrace(values, machine, options.version ?? '');
  if (!hasInputs) await machine.trace.pathsAreGuarded();
  const kept = vendor === undefined ? undefined : { profile: profile.name, vendor };
  const mayAsk = options.sendsNothing !== true && values['dryRun'] !== true;
  const { stdinIsInput } = options;
  const { signal } = interruption ?? {};
  const sources = { specs, resolved, given, files: named, kept, mayAsk, stdinIsInput, signal, machine };
  const reading = readSecrets(sources);
  const secrets = await (interruption?.unlessInterrupted(reading) ?? reading);
  const read = secretFiles.map(({ path }) => path).filter((path) => path !== '-');
  if (Object.keys(profile.values).length > 0) read.push(profileStore(machine).path);
  const settings = withSecrets(specs, given, secrets);
  await warnOfOpenFiles(read, values, machine);
  const chosen = profile.source.kind === 'default' ? {} : { profile: profile.name };
  return { ...settings, values: { ...settings.values, ...chosen }, secretFiles };
}

/** Once a file, on standard error in the form that the display has there; quiet runs say nothing of it. */
async function warnOfOpenFiles(
  paths: readonly string[],
  values: SettingValues,
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

function secretFileOf(command: Command, spec: OptionSpec): NamedSecret[] {
  if (spec.fileFlags === undefined) return [];
  const option = new Option(spec.fileFlags);
  const path: unknown = command.getOptionValue(option.attributeName());
  if (path === undefined) return [];
  if (typeof path !== 'string' || path === '') throw new Failure('usage', `${option.long} needs a file name`);
  return [{ spec, file: { flag: option.long ?? spec.name, path } }];
}
