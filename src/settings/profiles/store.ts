/** Stores the saved settings on disk: one file of profiles, readable by its owner only. */
import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureDirectory } from '../../disk/directory.ts';
import { withFailureContext } from '../../disk/errno.ts';
import { acquireLock, type Lock, type LockRequest } from '../../disk/lock/lock.ts';
import { writeWhole } from '../../disk/output/replace-file.ts';
import { readRegularFile } from '../../disk/read-file.ts';
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { modeForOthers } from '../open-to-others.ts';
import { xdgDirectory } from '../xdg.ts';
import { ProfileDocument } from './document.ts';

export interface ProfileStore {
  /**
   * The path of the file, whether or not it exists. Throws a Failure `local` when there is no home directory.
   */
  readonly path: string;
  /** As `path`, but undefined where that throws. */
  findPath(): string | undefined;
  /** The saved settings; an empty document when none were saved. Throws a Failure `local`. */
  load(): Promise<ProfileDocument>;
  /** The file's text; undefined when there is no file. Throws a Failure `local`. */
  readText(): Promise<string | undefined>;
  /**
   * Replaces the document by what `edit` returns, atomically and under a lock. Throws a Failure `local`, or
   * `locked` when another process holds the lock for too long.
   */
  change(edit: (document: ProfileDocument) => ProfileDocument): Promise<void>;
  /**
   * Replaces the text of the file, as `change` does. Returns false, and changes nothing, when the text is no
   * longer `before`.
   */
  replaceText(before: string | undefined, after: string): Promise<boolean>;
}

type StoreMachine = Pick<Machine, 'environment' | 'homeDirectory'> &
  LockRequest['machine'] &
  Pick<Machine, 'elapsedMs' | 'sleep'>;

const ownerOnly = { file: 0o600, directory: 0o700 } as const;

/** Changing a setting takes milliseconds: a process that holds the lock this long is stuck. */
const maxWaitMs = 10_000;
const lookAgainMs = 20;

/** The store under `$XDG_CONFIG_HOME/scarf-cli`. Opens and creates nothing until it is used. */
export function profileStore(machine: StoreMachine): ProfileStore {
  const directory = xdgDirectory(machine, 'config');
  if (directory === undefined) return homelessStore;
  const path = join(directory, 'profiles.json');
  const exclusively = <Result>(work: () => Promise<Result>) => whileLocked(path, machine, work);
  return {
    path,
    findPath: () => path,
    load: async () => documentIn(await readText(path), path),
    readText: () => readText(path),
    change: (edit) =>
      exclusively(async () => {
        const document = edit(documentIn(await readText(path), path));
        await replace(path, `${JSON.stringify(document, undefined, '\t')}\n`);
      }),
    replaceText: (before, after) =>
      exclusively(async () => {
        if ((await readText(path)) !== before) return false;
        await replace(path, after);
        return true;
      }),
  };
}

/** Without a home directory nothing can have been saved. */
const homelessStore: ProfileStore = {
  get path(): string {
    throw noHomeFailure();
  },
  findPath: () => undefined,
  load: async () => ProfileDocument.empty,
  readText: async () => undefined,
  change: async () => {
    throw noHomeFailure();
  },
  replaceText: async () => {
    throw noHomeFailure();
  },
};

function noHomeFailure(): Failure {
  return new Failure('local', 'no home directory to save settings in', {
    hint: 'set HOME or XDG_CONFIG_HOME to an absolute path',
  });
}

/** A file in the home of another user, where access is denied, counts as missing. */
async function readText(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  return withFailureContext(`read the settings in ${path}`, async () =>
    (await readRegularFile(path)).toString('utf8'),
  );
}

/** The parser's message quotes the text, which may contain a secret; it is not passed on. */
function documentIn(text: string | undefined, path: string): ProfileDocument {
  if (text === undefined) return ProfileDocument.empty;
  const hint = 'fix it with "scarf-cli config edit", or remove it';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failure('local', `${path} is not JSON`, { hint });
  }
  const document = ProfileDocument.from(value);
  if (typeof document === 'string') throw new Failure('local', `${path}: ${document}`, { hint });
  return document;
}

/** A file that others could read is closed to them before more is written. */
async function replace(path: string, text: string): Promise<void> {
  if ((await modeForOthers(path)) !== undefined) {
    await withFailureContext(`close ${path} to others`, () => chmod(path, ownerOnly.file));
  }
  await writeWhole(path, text, ownerOnly.file);
}

async function whileLocked<Result>(
  path: string,
  machine: StoreMachine,
  work: () => Promise<Result>,
): Promise<Result> {
  const directory = dirname(path);
  await withFailureContext(`create the directory ${directory}`, () =>
    ensureDirectory(directory, ownerOnly.directory),
  );
  const lock = await waitForLock({ path: `${path}.lock`, subject: 'the saved settings', machine }, machine);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

async function waitForLock(request: LockRequest, machine: StoreMachine): Promise<Lock> {
  const startedMs = machine.elapsedMs();
  for (;;) {
    try {
      return await acquireLock(request);
    } catch (error) {
      const isHeld = error instanceof Failure && error.kind === 'locked';
      if (!isHeld || machine.elapsedMs() - startedMs > maxWaitMs) throw error;
      await machine.sleep(lookAgainMs);
    }
  }
}
