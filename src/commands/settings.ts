/** Resolves a command's declared options to one frozen value, including secrets from files. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { OptionSpec } from '../settings/option-spec.ts';
import { guardPaths } from '../disk/output/path-claims.ts';
import { Failure } from '../failure.ts';
import type { Interruption } from '../interruption.ts';
import type { Machine } from '../machine.ts';
import { printable } from '../report/terminal/printable.ts';
import { refuseForAddresses, refuseWithoutEffect } from '../settings/effect.ts';
import { addOptions, givenFlags } from '../settings/flags.ts';
import { byGroup, groupHeading } from '../settings/option-groups.ts';
import { requireLocal } from '../settings/local-path.ts';
import { modeForOthers } from '../settings/open-to-others.ts';
import { PROFILE_OPTION } from '../settings/profiles/choose.ts';
import { profileStore } from '../settings/profiles/store.ts';
import { resolveSettings, type Settings } from '../settings/resolve.ts';
import type { SettingValues, ValuesOf } from '../settings/values.ts';
import { rememberOptions } from './declared-options.ts';
import { claimsOfOptions, type NamedFile } from '../application/claims.ts';
import { DEADLINE_OPTION } from '../application/options/common.ts';
import { startTrace } from '../application/trace-log.ts';
import { readSavedProfile } from './saved-profile.ts';
import { readSecrets, withSecrets, type NamedSecret } from './secrets.ts';

/** Declares the options on a command, and for each secret the flag that names a file with it. */
export function declareOptions(command: Command, specs: readonly OptionSpec[]): void {
  rememberOptions(command, specs);
  const ordered = byGroup(specs);
  for (const spec of ordered) {
    if (spec.fileFlags === undefined) continue;
    const option = new Option(spec.fileFlags, `file that holds the ${spec.description}`);
    command.addOption(option.helpGroup(groupHeading(spec)));
  }
  addOptions(command, ordered);
}

export interface ReadOptions {
  machine: Machine;
  /** For a verb that waits: makes it interruptible and starts its deadline. */
  interruption?: Interruption;
  /** Standard input is read for rows. */
  stdinIsInput: boolean;
  /** The vendor whose saved values rank below flags and environment. */
  profile?: string;
  /** The profile may be missing, because the command may create it. */
  mayBeNew?: boolean;
  /** No secret is needed: no command is run and the keychain stays closed. */
  sendsNothing?: boolean;
  /** The command has more paths than its options name, and guards all of them itself. */
  hasInputs?: boolean;
  /** The program's version, for its log. */
  version?: string;
}

/**
 * The settings of a command, with the names of the files that its secrets were read from. The value `profile`
 * is the saved profile in use; absent when none was chosen.
 */
export interface CommandSettings<Values = SettingValues> extends Settings<Values> {
  secretFiles: readonly NamedFile[];
}

/**
 * Resolves the options declared by `declareOptions`. Throws a Failure `usage`, also when two options name the
 * same file, or `local` for a secret's file.
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
  const given = { flags, environment, profile: applicable(profile.values, all) };
  const resolved = resolveSettings(specs, given);
  const { values } = resolved;
  refuseWithoutEffect(specs, resolved);
  refuseForAddresses(specs, resolved, command.args);
  // A file with a secret may be a FIFO without a writer, so the deadline starts before it is read.
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
  // Where nobody is waited for, the command itself tells of an interruption, with all that it reports.
  const mayHang = (await Promise.all(secretFiles.map(({ path }) => mayWait(path, machine)))).includes(true);
  const reading = readSecrets(sources);
  const secrets = await (mayHang ? (interruption?.unlessInterrupted(reading) ?? reading) : reading);
  const read = secretFiles.map(({ path }) => path).filter((path) => path !== '-');
  if (Object.keys(profile.values).length > 0) read.push(profileStore(machine).path);
  const settings = withSecrets(specs, given, secrets);
  await warnOfOpenFiles(read, values, machine);
  const chosen = profile.source.kind === 'default' ? {} : { profile: profile.name };
  return { ...settings, values: { ...settings.values, ...chosen }, secretFiles };
}

/** Whether reading a file may wait for somebody who writes to it. */
async function mayWait(path: string, { workingDirectory }: Machine): Promise<boolean> {
  const found = await stat(resolve(workingDirectory, path)).catch(() => undefined);
  return path === '-' || found?.isFile() !== true;
}

/** Without what is saved under the name of another option. */
function applicable(saved: SettingValues, specs: readonly OptionSpec[]): SettingValues {
  const others = specs.filter(({ notSaved }) => notSaved === true).map(({ name }) => name);
  return Object.fromEntries(Object.entries(saved).filter(([name]) => !others.includes(name)));
}

/** Warns once per file on standard error, in the display's form; not in quiet runs. */
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
  requireLocal(option.long ?? spec.name, path);
  return [{ spec, file: { flag: option.long ?? spec.name, path } }];
}
