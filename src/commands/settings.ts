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
import { modeForOthers } from '../settings/open-to-others.ts';
import { chooseExistingProfile, PROFILE_OPTION, type ChosenProfile } from '../settings/profiles/choose.ts';
import { DEFAULT_PROFILE, type Values } from '../settings/profiles/document.ts';
import { profileStore, type ProfileStore } from '../settings/profiles/store.ts';
import { resolveSettings, type Settings } from '../settings/resolve.ts';
import type { SettingValues, ValuesOf } from '../settings/values.ts';
import { readSecretFile } from '../settings/secrets.ts';
import { claimsOfOptions, type NamedFile } from '../application/claims.ts';
import { DEADLINE_OPTION } from '../application/options/common.ts';
import { startTrace } from '../application/trace-log.ts';

/** What was declared on each command. */
const declared = new WeakMap<Command, readonly OptionSpec[]>();

/** The options that `declareOptions` declared on a command. */
export function optionsDeclaredOn(command: Command): readonly OptionSpec[] {
  return declared.get(command) ?? [];
}

/** Declares the options on a command, and beside each secret the flag that names a file with it. */
export function declareOptions(command: Command, specs: readonly OptionSpec[]): void {
  declared.set(command, specs);
  for (const spec of specs) {
    if (spec.fileFlags === undefined) continue;
    command.addOption(new Option(spec.fileFlags, `file that holds the ${spec.description}`));
  }
  addOptions(command, specs);
}

export interface ReadOptions {
  machine: Machine;
  /** Of a verb that waits: it is interruptible from here on, and its deadline runs. */
  interruption?: Interruption;
  /** Standard input is read for rows. */
  stdinIsInput: boolean;
  /** The vendor whose saved values stand behind flags and environment. */
  profile?: string;
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
  const store = profileStore(machine);
  const { environment } = machine;
  const profile = await readProfile(store, options, givenFlags(command, [PROFILE_OPTION]));
  const { values } = resolveSettings(all, { flags, environment, profile: profile.values });
  // A file with a secret may be a FIFO to which nobody writes: the deadline comes first.
  const deadline = values[DEADLINE_OPTION.name];
  if (typeof deadline === 'number') interruption?.endAfter(deadline);
  const claims = await claimsOfOptions({ specs, values, secretFiles, machine });
  await guardPaths(claims, { overwrite: hasInputs });
  startTrace(values, machine, options.version ?? '');
  if (!hasInputs) await machine.trace.pathsAreGuarded();
  const reading = readSecrets(named, options);
  const secrets = await (interruption?.unlessInterrupted(reading) ?? reading);
  const read = secretFiles.map(({ path }) => path).filter((path) => path !== '-');
  if (Object.keys(profile.values).length > 0) read.push(store.path);
  const given = { flags: { ...flags, ...secrets }, environment, profile: profile.values };
  const settings = resolveSettings(specs, given);
  await warnOfOpenFiles(read, values, machine);
  const kept = profile.source.kind === 'default' ? {} : { profile: profile.name };
  return { ...settings, values: { ...settings.values, ...kept }, secretFiles };
}

/** The profile that stands behind flags and environment, with its values for the vendor. */
interface ReadProfile extends ChosenProfile {
  values: Values;
}

async function readProfile(
  store: ProfileStore,
  { machine, profile: vendor }: ReadOptions,
  flags: Record<string, unknown>,
): Promise<ReadProfile> {
  if (vendor === undefined) return { name: DEFAULT_PROFILE, source: { kind: 'default' }, values: {} };
  const document = await store.load();
  const chosen = chooseExistingProfile(document, { flags, environment: machine.environment });
  const values = document.values(chosen.name, vendor);
  if (values !== undefined) return { ...chosen, values };
  throw new Failure(
    'local',
    `the ${vendor} settings of profile "${chosen.name}" in ${store.path} are not an object`,
  );
}

/** The secrets in the files that were named, by the names of the specs. */
async function readSecrets(
  named: readonly { spec: OptionSpec; file: NamedFile }[],
  { machine, stdinIsInput }: ReadOptions,
): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  for (const { spec, file } of named) {
    secrets[spec.name] = await readSecretFile({
      ...file,
      path: file.path === '-' ? '-' : resolve(machine.workingDirectory, file.path),
      stdin: machine.stdin,
      stdinIsInput,
      machine,
    });
  }
  return secrets;
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

function secretFileOf(command: Command, spec: OptionSpec): { spec: OptionSpec; file: NamedFile }[] {
  if (spec.fileFlags === undefined) return [];
  const option = new Option(spec.fileFlags);
  const path: unknown = command.getOptionValue(option.attributeName());
  if (path === undefined) return [];
  if (typeof path !== 'string' || path === '') throw new Failure('usage', `${option.long} needs a file name`);
  return [{ spec, file: { flag: option.long ?? spec.name, path } }];
}
