/** Resolves the name of an artifact to its id. */
import { Failure } from '../../../failure.ts';
import { plainText } from '../../../http/explain.ts';
import type { Retry } from '../../../records.ts';
import { parsedJson } from '../../json.ts';
import { classifyReadReply, askScarf, scarfUrl, type ScarfAccount } from '../account.ts';
import { listArtifacts, readArtifact, type Artifact, type ArtifactList } from './lists.ts';

export type Lookup = { kind: 'found'; id: string } | Retry;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** How many names a message lists. */
const maxListed = 10;

/** Whether the text is already an id. */
export function isArtifactId(text: string): boolean {
  return uuid.test(text);
}

/**
 * The id of a package. `TYPE/NAME` (`npm/widget`) is looked up directly; any other name is searched in the list.
 * Throws a Failure `usage` when there is no match or more than one.
 */
export async function findPackage(account: ScarfAccount, text: string, signal: AbortSignal): Promise<Lookup> {
  const slash = text.indexOf('/');
  if (slash > 0) {
    const direct = await askByName(
      account,
      { type: text.slice(0, slash), name: text.slice(slash + 1) },
      signal,
    );
    if (direct !== undefined) return direct;
  }
  return findInList(account, { list: 'packages', noun: 'package', text }, signal);
}

/** The id of the tracking pixel with this name. Throws a Failure `usage` when there is no match or more than one. */
export function findPixel(account: ScarfAccount, text: string, signal: AbortSignal): Promise<Lookup> {
  return findInList(account, { list: 'tracking-pixels', noun: 'tracking pixel', text }, signal);
}

/** Looks up a package by type and name; undefined when there is none, since the slash may be part of a name. */
async function askByName(
  account: ScarfAccount,
  { type, name }: { type: string; name: string },
  signal: AbortSignal,
): Promise<Lookup | undefined> {
  const url = scarfUrl(account, ['v2', 'packages', account.owner, type, name]);
  const reply = await askScarf(account, { method: 'GET', url }, signal);
  if (reply.kind === 'reply' && (reply.status === 404 || reply.status === 400)) return undefined;
  if (reply.kind !== 'reply' || reply.status !== 200) return classifyReadReply(reply, account);
  const artifact = readArtifact(parsedJson(reply.text));
  return artifact && { kind: 'found', id: artifact.id };
}

async function findInList(
  account: ScarfAccount,
  wanted: { list: ArtifactList; noun: string; text: string },
  signal: AbortSignal,
): Promise<Lookup> {
  const listed = await listArtifacts(account, wanted.list, signal);
  if (listed.kind === 'retry') return listed;
  const matches = listed.artifacts.filter((artifact) => isMeant(artifact, wanted.text));
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return { kind: 'found', id: only.id };
  throw only === undefined ? noneOf(wanted, listed.artifacts, account.owner) : severalOf(wanted, matches);
}

function isMeant({ id, name, type }: Artifact, text: string): boolean {
  return id === text || name === text || (type !== undefined && `${type}/${name ?? ''}` === text);
}

function noneOf(
  { noun, text }: { noun: string; text: string },
  artifacts: readonly Artifact[],
  owner: string,
): Failure {
  const names = artifacts.slice(0, maxListed).map(nameOf).join(', ');
  const more = artifacts.length > maxListed ? ` and ${artifacts.length - maxListed} more` : '';
  return new Failure('usage', `"${owner}" has no ${noun} "${text}"`, {
    hint:
      artifacts.length === 0
        ? `it has no ${noun} at all that this token may see`
        : `there are ${names}${more}`,
  });
}

function severalOf({ noun, text }: { noun: string; text: string }, matches: readonly Artifact[]): Failure {
  return new Failure('usage', `several ${noun}s are called "${text}"`, {
    hint: `name one by its type or id: ${matches.map((match) => `${nameOf(match)} (${match.id})`).join(', ')}`,
  });
}

function nameOf({ id, name, type }: Artifact): string {
  const whole = name === undefined ? id : type === undefined ? name : `${type}/${name}`;
  return plainText(whole);
}
