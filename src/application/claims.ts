/** The files that a command's options name, for the guard that gives each file one role. */
import { fstat } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { isAddress } from '../contracts/storage.ts';
import type { OptionSpec, PathUse } from '../settings/option-spec.ts';
import { streamRole, type PathClaim } from '../disk/output/path-claims.ts';
import type { Machine } from '../machine.ts';
import { profileStore } from '../settings/profiles/store.ts';
import { findStateDirectory } from '../settings/state-directory.ts';

/** The file of a secret, as the user wrote it: `--token-file`, `token`. */
export interface NamedFile {
  flag: string;
  path: string;
}

export interface ClaimSources {
  specs: readonly OptionSpec[];
  values: Readonly<Record<string, unknown>>;
  secretFiles: readonly NamedFile[];
  machine: Machine;
}

/**
 * Claims every file that options name, the saved settings, and the files to which the standard streams are
 * redirected. Contents of directories depend on more than options and are claimed elsewhere.
 */
export async function claimsOfOptions({
  specs,
  values,
  secretFiles,
  machine,
}: ClaimSources): Promise<PathClaim[]> {
  const { workingDirectory: directory } = machine;
  return [
    ...specs.flatMap((spec) => claimsOfOption(spec, values[spec.name], machine)),
    ...secretFiles
      .filter(({ path }) => path !== '-')
      .map(({ flag, path }) => readClaim(flag, `${flag} ${path}`, resolve(directory, path))),
    ...claimOfProfiles(machine),
    ...(await claimsOfStreams(machine)),
  ];
}

/** Claims inputs after their patterns were expanded; addresses are no files, and `-` is the file that standard input is redirected from. */
export async function claimsOfInputs(paths: readonly string[], machine: Machine): Promise<PathClaim[]> {
  const claims: PathClaim[] = [];
  for (const path of paths) {
    if (isAddress(path)) continue;
    if (path !== '-')
      claims.push(readClaim('input', `the input ${path}`, resolve(machine.workingDirectory, path)));
    else if (await isFile(descriptorOf(machine.stdin)))
      claims.push(readClaim('input', 'the input - (standard input)', '/dev/fd/0'));
  }
  return claims;
}

function claimsOfOption(spec: OptionSpec, value: unknown, machine: Machine): PathClaim[] {
  const { path: use, flags } = spec;
  if (use === undefined) return [];
  const flag = /--[\w-]+/.exec(flags ?? '')?.[0] ?? spec.name;
  if (use.role === 'state') return claimsOfState(use, flag, findStateDirectory(machine, value));
  if (typeof value !== 'string' || use.isFile?.(value) === false) return [];
  const label = `${flag} ${value}`;
  const path = resolve(machine.workingDirectory, value);
  if (use.role === 'input') return [readClaim(flag, label, path)];
  if (value.endsWith('/')) return [];
  const beside = (use.beside ?? []).map((ending) =>
    writeClaim(flag, `${label}${ending}`, `${path}${ending}`),
  );
  return [{ ...writeClaim(flag, label, path), replaces: use.replaces }, ...beside];
}

/** Files in the state directory, wherever that is. */
function claimsOfState({ kept = [] }: PathUse, flag: string, directory: string | undefined): PathClaim[] {
  if (directory === undefined) return [];
  return kept.map((name) => ({
    role: flag,
    label: `the state in ${directory}`,
    path: join(directory, name),
    use: 'owns',
  }));
}

function readClaim(role: string, label: string, path: string): PathClaim {
  return { role, label, path, use: 'reads' };
}

export function writeClaim(role: string, label: string, path: string): PathClaim {
  return { role, label, path, use: 'writes' };
}

function claimOfProfiles(machine: Machine): PathClaim[] {
  const path = profileStore(machine).findPath();
  return path === undefined ? [] : [readClaim('saved settings', 'the saved settings', path)];
}

async function claimsOfStreams({ stdout, stderr }: Machine): Promise<PathClaim[]> {
  const claims: PathClaim[] = [];
  for (const [name, stream] of [
    ['standard output', stdout],
    ['standard error', stderr],
  ] as const) {
    const descriptor = descriptorOf(stream);
    if (await isFile(descriptor)) claims.push(writeClaim(streamRole, name, `/dev/fd/${descriptor}`));
  }
  return claims;
}

/** Of a stream that the process was born with; those of tests have none. */
function descriptorOf(stream: object): number | undefined {
  return 'fd' in stream && typeof stream.fd === 'number' ? stream.fd : undefined;
}

async function isFile(descriptor: number | undefined): Promise<boolean> {
  if (descriptor === undefined) return false;
  const found = await promisify(fstat)(descriptor).catch(() => undefined);
  return found?.isFile() === true;
}
