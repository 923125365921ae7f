/** Saved settings: a file of named profiles, readable by its owner only. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDirectory } from '../disk/directory.ts';
import { refuseIrregular } from '../disk/read-file.ts';
import { systemCode } from '../disk/errno.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { xdgDirectory } from './xdg.ts';

type Values = Record<string, unknown>;

export interface ProfileStore {
  /** Where the profiles are, whether or not the file exists yet. Throws a Failure `local` without a home to keep them in. */
  readonly path: string;
  /** As `path`, and undefined where that throws. */
  findPath(): string | undefined;
  /** The values of a profile by option name; empty when it was never written. Throws a Failure of kind `local`. */
  read(name: string): Promise<Values>;
  /** Replaces a profile; no values removes it. Throws a Failure of kind `local`. */
  write(name: string, values: Values): Promise<void>;
}

const ownerOnly = { file: 0o600, directory: 0o700 } as const;

/** The store under `$XDG_CONFIG_HOME/scarf-cli`. Opens and creates nothing until it is used. */
export function profileStore(machine: Pick<Machine, 'environment' | 'homeDirectory'>): ProfileStore {
  const directory = xdgDirectory(machine, 'config');
  if (directory === undefined) return homelessStore;
  const path = join(directory, 'profiles.json');
  return {
    path,
    findPath: () => path,
    async read(name) {
      if (!existsSync(path)) return {};
      const profiles = await explain(path, async () => (await load(directory)).store);
      const values = Object.hasOwn(profiles, name) ? profiles[name] : {};
      if (isValues(values)) return values;
      throw new Failure('local', `profile "${name}" in ${path} is not an object`);
    },
    async write(name, values) {
      await explain(path, async () => {
        await ensureDirectory(directory, ownerOnly.directory);
        const conf = await load(directory);
        const others = Object.entries(conf.store).filter(([key]) => key !== name);
        const own: [string, Values][] = Object.keys(values).length > 0 ? [[name, values]] : [];
        conf.store = Object.fromEntries([...others, ...own]);
      });
    },
  };
}

/** Nothing was ever saved where there is no place for it. */
const homelessStore: ProfileStore = {
  get path(): string {
    throw noHomeFailure();
  },
  findPath: () => undefined,
  read: async () => ({}),
  write: async () => {
    throw noHomeFailure();
  },
};

function noHomeFailure(): Failure {
  return new Failure('local', 'no home directory to save settings in', {
    hint: 'set HOME or XDG_CONFIG_HOME to an absolute path',
  });
}

async function load(directory: string) {
  await refuseIrregular(join(directory, 'profiles.json')).catch(ignoreMissing);
  const { default: Conf } = await import('conf');
  return new Conf<Values>({
    cwd: directory,
    configName: 'profiles',
    configFileMode: ownerOnly.file,
    accessPropertiesByDotNotation: false,
  });
}

function ignoreMissing(error: unknown): void {
  if (systemCode(error) !== 'ENOENT') throw error;
}

async function explain<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    // A parser's own message quotes the text, and the text may hold a secret: neither is passed on.
    if (cause instanceof SyntaxError) {
      throw new Failure('local', `${path} is not JSON`, { hint: 'mend the file or remove it' });
    }
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new Failure('local', `cannot use the profiles in ${path} (${reason})`, { cause });
  }
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
