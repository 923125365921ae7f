/**
 * One file, one role. Whatever a command reads, writes or keeps is claimed before anything is opened; a file that two
 * of them mean, by whatever names and links, is refused, since one of the two would destroy what the other needs.
 */
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import pLimit from 'p-limit';
import { Failure } from '../../failure.ts';
import { finalPath, isDescriptorPath, missingKey, type FinalPath } from './final-path.ts';
import { withFailureContext } from '../errno.ts';

/** A path with what it is to the command. */
export interface PathClaim {
  /** What two claims must share to mean one file in peace, unless both write: `--report`, `input`. */
  role: string;
  /** For messages: `--rejects ./`, `the input ev.ndjson`. */
  label: string;
  /** Absolute. */
  path: string;
  /** `writes`: makes, appends to or replaces the file. `owns`: keeps files of its own below the directory. */
  use: 'reads' | 'writes' | 'owns';
  /** What alone may be replaced, of what stands there already; absent: anything. */
  replaces?: { name: string; beginning: RegExp; hint: string; always?: boolean } | undefined;
}

/** The standard streams of the process: a shell may have led them to or from files. */
export const streamRole = 'standard streams';

const maxAtOnce = 16;

/**
 * The guard: throws a Failure `usage` that names both roles and the path, when two claims mean one file, and, unless
 * `overwrite` says that it is meant, for what is there and not what its claim replaces, such as a directory. Changes
 * nothing.
 */
export async function guardPaths(
  claims: readonly PathClaim[],
  { overwrite = false }: { overwrite?: boolean } = {},
): Promise<void> {
  await refuseSharedPaths(claims);
  const guarded = claims.filter(({ replaces }) => !overwrite || replaces?.always === true);
  await refuseDirectories(guarded);
  await refuseForeignFiles(guarded);
}

async function refuseSharedPaths(claims: readonly PathClaim[]): Promise<void> {
  const limit = pLimit(maxAtOnce);
  const located = await Promise.all(claims.map((claim) => limit(locate, claim)));
  for (const group of groupByFile(located)) refuseWithin(group);
  refuseBelow(located);
}

/** Told now, since such a file is written when all else is done. */
async function refuseDirectories(claims: readonly PathClaim[]): Promise<void> {
  for (const { path, label, replaces } of claims) {
    if (replaces === undefined || (await finalPath(path)).kind !== 'directory') continue;
    throw new Failure('usage', `${label}: ${path} is a directory`, { hint: 'name a file in it' });
  }
}

async function refuseForeignFiles(claims: readonly PathClaim[]): Promise<void> {
  for (const { path, label, replaces } of claims) {
    if (replaces === undefined) continue;
    const { kind, path: real } = await finalPath(path);
    if (kind !== 'file' || isDescriptorPath(path)) continue;
    const beginning = await firstText(real);
    if (beginning === '' || replaces.beginning.test(beginning)) continue;
    throw new Failure('usage', `${label}: ${path} already exists and is not ${replaces.name}`, {
      hint: replaces.hint,
    });
  }
}

interface Located extends FinalPath {
  claim: PathClaim;
  /** The same for the same file; undefined for what many may share: directories, terminals, /dev/null. */
  key: string | undefined;
}

async function locate(claim: PathClaim): Promise<Located> {
  // Thousands of inputs need no more than their numbers.
  const found = await finalPath(claim.path, { named: claim.use !== 'reads' });
  return { ...found, claim, key: await keyOf(found) };
}

async function keyOf({ kind, file, path }: FinalPath): Promise<string | undefined> {
  if (kind === 'missing') return missingKey(path);
  return kind === 'directory' || kind === 'characters' ? undefined : file;
}

function groupByFile(located: readonly Located[]): Iterable<readonly Located[]> {
  const groups = new Map<string, Located[]>();
  for (const one of located) {
    if (one.key === undefined) continue;
    const group = groups.get(one.key);
    if (group) group.push(one);
    else groups.set(one.key, [one]);
  }
  return groups.values();
}

/** Of those that mean the same file, any two must be at peace. Many inputs may be one file. */
function refuseWithin(group: readonly Located[]): void {
  const [first, ...others] = group;
  if (first === undefined || others.length === 0) return;
  const writer = group.find(({ claim }) => claim.use === 'writes') ?? first;
  const rival = group.find((one) => one !== writer && !areAtPeace(writer.claim, one.claim));
  if (rival) throw sharedFailure(writer, rival);
}

function areAtPeace(one: PathClaim, other: PathClaim): boolean {
  if (one.role === other.role)
    return one.role === streamRole || (one.use === 'reads' && other.use === 'reads');
  const stream = [one, other].find(({ role }) => role === streamRole);
  const named = stream === one ? other : one;
  return stream !== undefined && stream.use === named.use && isDescriptorPath(named.path);
}

function sharedFailure(one: Located, other: Located): Failure {
  const where = one.claim.path === one.path ? one.path : `${one.claim.path}, which is ${one.path}`;
  return new Failure('usage', `${one.claim.label} and ${other.claim.label} are the same file: ${where}`, {
    hint: 'give each a file of its own',
  });
}

/** What is written may stand neither in a directory that is kept for other things, nor where another needs a directory. */
function refuseBelow(located: readonly Located[]): void {
  const owners = new Map(located.filter(claimsWhatIsBelow).map((owner) => [owner.path, owner]));
  for (const one of located) {
    for (let above = dirname(one.path); above !== dirname(above); above = dirname(above)) {
      const owner = owners.get(above);
      if (owner === undefined || (owner.claim.use === 'owns' && one.claim.use !== 'writes')) continue;
      throw new Failure('usage', `${one.claim.label} is below ${owner.claim.label}: ${one.path}`, {
        hint: 'give it another place',
      });
    }
  }
}

/** A file that is to be written cannot be a directory at the same time; opening one that is a directory fails by itself. */
function claimsWhatIsBelow({ claim, kind }: Located): boolean {
  return claim.use === 'owns' || (claim.use === 'writes' && (kind === 'file' || kind === 'missing'));
}

const maxBeginning = 256;

async function firstText(path: string): Promise<string> {
  return withFailureContext(`look at ${path}`, async () => {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxBeginning), 0, maxBeginning, 0);
      return buffer.subarray(0, bytesRead).toString('latin1');
    } finally {
      await handle.close();
    }
  });
}
