/** The system's keychain, where the optional package @napi-rs/keyring is installed and works. */
import type { AsyncEntry, Entry } from '@napi-rs/keyring';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';

/** Identifies one secret in the keychain. */
export interface KeychainEntry {
  profile: string;
  vendor: string;
  /** The name of the secret's option: `token`. */
  option: string;
}

/**
 * Each method rejects with an Error, whose message is a sentence, when the keychain cannot be used or does
 * not answer within a minute.
 */
export interface Keychain {
  read(entry: KeychainEntry): Promise<string | undefined>;
  /** Resolves once the secret can be read back. */
  write(entry: KeychainEntry, secret: string): Promise<void>;
  /** Resolves also when there is no such entry. */
  remove(entry: KeychainEntry): Promise<void>;
}

type Keyring = Partial<Record<'AsyncEntry' | 'Entry', typeof AsyncEntry | typeof Entry>>;
type KeychainMachine = Pick<Machine, 'sleep'>;

const service = 'scarf-cli';

/** The system may have to ask the user first. */
const maxWaitMs = 60_000;

/** Not the Linux kernel's keyring, which is lost on reboot. */
const options = { linux: { store: 'secret-service' } } as const;

/** Undefined when the package is not installed or does not load. */
export async function openKeychain(machine: KeychainMachine): Promise<Keychain | undefined> {
  const keyring = await loadKeyring();
  const Entry = keyring?.AsyncEntry ?? keyring?.Entry;
  if (Entry === undefined) return undefined;
  const entryOf = ({ profile, vendor, option }: KeychainEntry) =>
    new Entry(service, `${profile}/${vendor}/${option}`, options);
  const read = async (entry: KeychainEntry) =>
    (await inTime(machine, async () => entryOf(entry).getPassword())) ?? undefined;
  return {
    read,
    async write(entry, secret) {
      await inTime(machine, async () => entryOf(entry).setPassword(secret));
      if ((await read(entry)) !== secret) throw new Error('it does not give back what it was given');
    },
    remove: async (entry) => void (await inTime(machine, async () => entryOf(entry).deletePassword())),
  };
}

/**
 * The secret that the settings say is in the keychain. Throws a Failure `local`, with what to do, when it
 * cannot be read.
 */
export async function readFromKeychain(entry: KeychainEntry, machine: KeychainMachine): Promise<string> {
  const name = `the ${entry.option} of profile "${entry.profile}"`;
  const again = `log in again: scarf-cli login ${entry.vendor} --profile ${entry.profile}`;
  const keychain = await openKeychain(machine);
  if (keychain === undefined) {
    throw new Failure('local', `${name} is in the keychain, and @napi-rs/keyring is not there to read it`, {
      hint: `install @napi-rs/keyring where scarf-cli is, or ${again}`,
    });
  }
  const secret = await keychain.read(entry).catch((cause: unknown) => {
    throw new Failure('local', `${name} cannot be read from the keychain: ${reasonOf(cause)}`, {
      hint: `unlock the keychain, or ${again}`,
      cause,
    });
  });
  if (secret !== undefined && secret !== '') return secret;
  throw new Failure('credentials', `${name} is no longer in the keychain`, { hint: again });
}

/** A sentence that says why the keychain could not be used. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

async function loadKeyring(): Promise<Keyring | undefined> {
  try {
    const loaded: Keyring & { default?: Keyring } = await import('@napi-rs/keyring');
    return { ...loaded.default, ...loaded };
  } catch {
    return undefined;
  }
}

async function inTime<Result>(machine: KeychainMachine, work: () => Promise<Result>): Promise<Result> {
  const done = new AbortController();
  const timeout = machine.sleep(maxWaitMs, done.signal).then(
    () => Promise.reject(new Error('it says nothing')),
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work(), timeout]);
  } finally {
    done.abort();
  }
}
