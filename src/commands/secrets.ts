/** Reads the secrets of a command from all sources: one rule for all commands and vendors. */
import { resolve } from 'node:path';
import type { NamedFile } from '../application/claims.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { readFromKeychain } from '../settings/keychain.ts';
import type { OptionSpec } from '../settings/option-spec.ts';
import { inKeychain } from '../settings/profiles/kept-secrets.ts';
import { resolveSettings, type Given, type Settings, type Source } from '../settings/resolve.ts';
import type { ValuesOf } from '../settings/values.ts';
import { readSecretCommand } from '../settings/secret-command.ts';
import { readSecretFile } from '../settings/secrets.ts';

/** A secret's option, and the file that the command line names for it. */
export interface NamedSecret {
  spec: OptionSpec;
  file: NamedFile;
}

export interface SecretSources {
  specs: readonly OptionSpec[];
  /** The settings resolved without files, commands and keychain. */
  resolved: Settings;
  given: Given;
  files: readonly NamedSecret[];
  /** Whose secrets may be in the keychain; undefined when no profile is in use. */
  kept?: { profile: string; vendor: string } | undefined;
  /** Whether commands may be run and the keychain opened; false where no secret is needed. */
  mayAsk: boolean;
  /** Standard input is read for rows. */
  stdinIsInput: boolean;
  signal?: AbortSignal | undefined;
  machine: Machine;
}

/** A secret that is not among the resolved values, and its source. */
interface ReadSecret {
  value: string;
  source: Source;
}

/**
 * Reads the secrets from files, commands and the keychain, by spec name. A flag ranks above the environment,
 * the environment above the profile. Within one rank a file or value goes before a command, except that a
 * command in the profile goes before the profile's stored secret. Commands and the keychain are not accessed
 * for a secret that another source supplies.
 */
export async function readSecrets(sources: SecretSources): Promise<Map<string, ReadSecret>> {
  const secrets = new Map<string, ReadSecret>();
  for (const spec of sources.specs) {
    if (spec.secret !== true) continue;
    const secret = await readSecret(spec, sources);
    if (secret !== undefined) secrets.set(spec.name, secret);
  }
  return secrets;
}

/**
 * The settings with the secrets that were read. From then on they are masked in everything that the process
 * writes.
 */
export function withSecrets<const Specs extends readonly OptionSpec[]>(
  specs: Specs,
  given: Given,
  secrets: ReadonlyMap<string, ReadSecret>,
): Settings<ValuesOf<Specs>> {
  const values = Object.fromEntries([...secrets].map(([name, { value }]) => [name, value]));
  const own = Object.fromEntries([...secrets].map(([name, { source }]) => [name, source]));
  const settings = resolveSettings(specs, { ...given, flags: { ...given.flags, ...values } });
  return { ...settings, sources: { ...settings.sources, ...own } };
}

/** Placeholder for a secret that exists but is not needed, so that settings count as complete. */
const notAskedFor = 'secret-not-asked-for';

async function readSecret(spec: OptionSpec, sources: SecretSources): Promise<ReadSecret | undefined> {
  const { machine, signal } = sources;
  const origin = originOf(spec, sources);
  switch (origin.kind) {
    case 'value':
      return undefined;
    case 'file':
      return {
        value: await readFile(origin.file, sources),
        source: { kind: 'flag', name: origin.file.flag },
      };
    case 'command': {
      const { command, name } = origin;
      const source: Source = { kind: 'command', name };
      if (!sources.mayAsk) return { value: notAskedFor, source };
      const value = await readSecretCommand({ command, name, signal, machine });
      return { value, source };
    }
    case 'keychain': {
      const { vendor, profile } = origin;
      const source: Source = { kind: 'keychain', name: profile };
      if (!sources.mayAsk) return { value: notAskedFor, source };
      const value = await readFromKeychain({ profile, vendor, option: spec.name }, machine);
      return { value, source };
    }
  }
}

type Origin =
  | { kind: 'value' }
  | { kind: 'file'; file: NamedFile }
  | { kind: 'command'; command: string; name: string }
  | { kind: 'keychain'; vendor: string; profile: string };

/**
 * Where a secret's value comes from, without reading it. Throws a Failure `usage` when both a file and a
 * command are given.
 */
export function originOf(
  spec: OptionSpec,
  { resolved, given, files, kept }: Pick<SecretSources, 'resolved' | 'given' | 'files' | 'kept'>,
): Origin {
  const file = files.find((one) => one.spec === spec)?.file;
  const command = commandOf(spec, resolved);
  const own = resolved.sources[spec.name]?.kind ?? 'unset';
  if (file !== undefined && command?.from === 'flag') {
    throw new Failure('usage', `${file.flag} and ${command.name} cannot be used together`);
  }
  if (file !== undefined) return { kind: 'file', file };
  if (own === 'flag' || (own === 'environment' && command?.from !== 'flag')) return { kind: 'value' };
  if (command !== undefined) return { kind: 'command', ...command };
  const isKept = kept !== undefined && inKeychain(given.profile ?? {}).includes(spec.name);
  return isKept ? { kind: 'keychain', ...kept } : { kind: 'value' };
}

function commandOf(
  { commandOption }: OptionSpec,
  { values, sources }: Settings,
): { command: string; name: string; from: Source['kind'] } | undefined {
  if (commandOption === undefined) return undefined;
  const command = values[commandOption];
  const source = sources[commandOption];
  if (typeof command !== 'string' || command.trim() === '' || source === undefined) return undefined;
  const name = 'name' in source ? source.name : commandOption;
  return { command, name, from: source.kind };
}

function readFile({ path, flag }: NamedFile, { machine, stdinIsInput }: SecretSources): Promise<string> {
  return readSecretFile({
    flag,
    path: path === '-' ? '-' : resolve(machine.workingDirectory, path),
    stdin: machine.stdin,
    stdinIsInput,
    machine,
  });
}
