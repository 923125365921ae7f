/**
 * Rejects and replies that go to a bucket. They grow, are cut and are appended to, which an object cannot be: a run
 * writes them to local files and uploads those when it ends.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAddress, type ObjectStore, type WriteCondition } from '../contracts/storage.ts';
import { ensureDirectory } from '../disk/directory.ts';
import { withFailureContext } from '../disk/errno.ts';
import { writeWhole } from '../disk/output/replace-file.ts';
import { readRegularFile } from '../disk/read-file.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { stateDirectory } from '../settings/state-directory.ts';

/** Options whose value may be an address; a name that ends in a slash is a prefix. */
interface RemotableSettings {
  rejects?: string;
  output?: string;
  overwrite: boolean;
  append: boolean;
  stateDir?: string;
}

export interface RemoteOutputsOptions {
  /** Which of the options: the output of an export is no file that grows. */
  names: readonly ('rejects' | 'output')[];
  /** Whether a later run goes on with the files; else they are removed in the end. */
  keeps: boolean;
  objects: ObjectStore;
  machine: Machine;
}

export interface RemoteOutputs<Settings> {
  /** With local paths in place of addresses. */
  settings: Settings;
  /** Throws a Failure `usage` for an object that is there and that no earlier run put there. Before anything is sent. */
  check(): Promise<void>;
  /** Uploads the files that are not in the bucket yet. */
  publish(): Promise<void>;
  /** What the user knows a file by: the address of what goes to a bucket, any other path as it is. */
  nameOf(path: string): string;
  close(): Promise<void>;
}

/** Where a file of this machine goes, and what the last run put there. */
interface RemoteOutput {
  address: string;
  isPrefix: boolean;
  directory: string;
}

/** What lies in the bucket, by the names of files: the version, and what was put there. */
type Published = Record<string, { version: string | undefined; digest: string }>;

const recordName = '.published.json';

export function remoteOutputs<Settings extends RemotableSettings>(
  settings: Settings,
  { names, keeps, objects, machine }: RemoteOutputsOptions,
): RemoteOutputs<Settings> {
  const local: Partial<Record<'rejects' | 'output', string>> = {};
  const outputs: RemoteOutput[] = [];
  for (const name of names) {
    const address = settings[name];
    if (address === undefined || !isAddress(address)) continue;
    const key = keyOf(name, address);
    const directory = keeps
      ? join(stateDirectory(machine, settings.stateDir), 'outputs', key)
      : join(machine.temporaryDirectory, `scarf-cli-${machine.uuid()}-${key}`);
    const isPrefix = address.endsWith('/');
    outputs.push({ address, isPrefix, directory });
    local[name] = isPrefix ? `${directory}/` : join(directory, basename(address));
  }
  return {
    settings: { ...settings, ...local },
    async check() {
      for (const output of outputs) {
        await ensureDirectory(output.directory, 0o700);
        if (!settings.overwrite) await refuseForeign(output, objects, settings.append);
      }
    },
    async publish() {
      for (const output of outputs) await publishAll(output, objects, settings.overwrite);
    },
    nameOf: (path) => outputs.map((output) => addressOf(path, output)).find(isThere) ?? path,
    async close() {
      if (keeps) return;
      for (const { directory } of outputs) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Of a run of which only the options are known, as they were given: the address of a file that went to a bucket. */
export function addressOfCopy(path: string, settings: Readonly<Record<string, unknown>>): string | undefined {
  const directory = dirname(path);
  for (const name of ['rejects', 'output']) {
    const address = settings[name];
    if (typeof address !== 'string' || !isAddress(address)) continue;
    if (!directory.endsWith(keyOf(name, address))) continue;
    return addressOf(path, { address, isPrefix: address.endsWith('/'), directory });
  }
  return undefined;
}

/** Ends the name of the directory in which the files lie until they go to the address. */
function keyOf(name: string, address: string): string {
  return createHash('sha256').update(`${name} ${address}`).digest('hex').slice(0, 32);
}

async function refuseForeign(output: RemoteOutput, objects: ObjectStore, appends: boolean): Promise<void> {
  const { address, isPrefix } = output;
  if (appends) {
    throw new Failure('usage', `--append cannot add to ${address}`, {
      hint: 'an object is replaced as a whole: give another name, or --overwrite',
    });
  }
  // Which names a run makes below a prefix is known when it has made them.
  if (isPrefix) return;
  const published = await readPublished(output);
  if (published[basename(address)] !== undefined || (await objects.look(address)) === undefined) return;
  throw foreign(address);
}

async function publishAll(output: RemoteOutput, objects: ObjectStore, overwrites: boolean): Promise<void> {
  const { directory } = output;
  const published = await readPublished(output);
  const names = (await readdir(directory)).filter((name) => !name.startsWith('.')).sort();
  for (const name of names) {
    const path = join(directory, name);
    if ((await stat(path)).size === 0 && published[name] === undefined) continue;
    const digest = await digestOf(path);
    if (published[name]?.digest === digest) continue;
    const to = `${prefixOf(output)}/${name}`;
    const answer = await objects.upload(to, path, conditionOf(published[name], overwrites));
    if (answer.kind === 'differs') throw foreign(to);
    published[name] = { version: answer.version, digest };
    await writeWhole(join(directory, recordName), JSON.stringify(published), 0o600);
  }
}

function prefixOf({ address, isPrefix }: RemoteOutput): string {
  return isPrefix ? address.slice(0, -1) : dirname(address);
}

/** Undefined for a file that is none of this output. */
function addressOf(path: string, output: RemoteOutput): string | undefined {
  const begin = `${output.directory}/`;
  return path.startsWith(begin) ? `${prefixOf(output)}/${path.slice(begin.length)}` : undefined;
}

function isThere<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}

function conditionOf(known: Published[string] | undefined, overwrites: boolean): WriteCondition | undefined {
  if (known?.version !== undefined) return { kind: 'version', version: known.version };
  return overwrites || known !== undefined ? undefined : { kind: 'nothing' };
}

async function readPublished({ directory }: RemoteOutput): Promise<Published> {
  try {
    return JSON.parse((await readRegularFile(join(directory, recordName))).toString('utf8')) as Published;
  } catch {
    return {};
  }
}

async function digestOf(path: string): Promise<string> {
  return withFailureContext(`read ${path}`, async () => {
    const hash = createHash('sha256');
    for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
    return hash.digest('hex');
  });
}

function foreign(address: string): Failure {
  return new Failure('usage', `${address} already exists, and no earlier run put it there`, {
    hint: 'give another name, or pass --overwrite',
  });
}
