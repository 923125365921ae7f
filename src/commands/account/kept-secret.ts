/** Stores secrets of a profile in the keychain or the settings file, and removes them. */
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { openKeychain, reasonOf, type KeychainEntry } from '../../settings/keychain.ts';
import type { Values } from '../../settings/profiles/document.ts';
import {
  inKeychain,
  withKeychainSecret,
  withoutSecret,
  withSecret,
} from '../../settings/profiles/kept-secrets.ts';
import { profileStore } from '../../settings/profiles/store.ts';
import { savedValues } from '../saved-profile.ts';

/** Where a secret is stored; for the file also why it is not in the keychain. */
export type SecretLocation = { kind: 'keychain' } | { kind: 'file'; path: string; why: string };

/**
 * Stores a secret, in the keychain where that works, else in the file, together with the other values of the
 * profile. Throws a Failure `local`; then nothing was stored.
 */
export async function keepSecret(
  entry: KeychainEntry,
  { secret, beside = {} }: { secret: string; beside?: Values },
  machine: Machine,
): Promise<SecretLocation> {
  const store = profileStore(machine);
  const { path } = store;
  const why = await tryKeychain(entry, secret, machine);
  try {
    await store.change((document) => {
      const { profile, vendor, option } = entry;
      const values = savedValues(document, profile, vendor);
      const kept =
        why === undefined ? withKeychainSecret(values, option) : withSecret(values, option, secret);
      return document.with(profile, vendor, { ...kept, ...beside });
    });
  } catch (error) {
    if (why === undefined) await takeOut(entry, machine).catch(() => undefined);
    throw error;
  }
  return why === undefined ? { kind: 'keychain' } : { kind: 'file', path, why };
}

/**
 * Removes a secret from wherever it is; returns where it was, `undefined` for nowhere. Throws a Failure
 * `local` when the keychain fails; the profile no longer refers to it then.
 */
export async function forgetSecret(
  entry: KeychainEntry,
  machine: Machine,
): Promise<SecretLocation['kind'] | undefined> {
  const { profile, vendor, option } = entry;
  const store = profileStore(machine);
  const values = savedValues(await store.load(), profile, vendor);
  const isKept = inKeychain(values).includes(option);
  if (!isKept && !Object.hasOwn(values, option)) return undefined;
  const problem = isKept ? await takeOut(entry, machine).then(() => undefined, reasonOf) : undefined;
  await store.change((document) =>
    document.with(profile, vendor, withoutSecret(savedValues(document, profile, vendor), option)),
  );
  if (problem === undefined) return isKept ? 'keychain' : 'file';
  throw new Failure('local', `the keychain keeps ${profile}/${vendor}/${option}: ${problem}`, {
    hint: 'remove the entry "scarf-cli" with the keychain\'s own program',
  });
}

/** Returns why the secret is not in the keychain; undefined when it is. */
async function tryKeychain(
  entry: KeychainEntry,
  secret: string,
  machine: Machine,
): Promise<string | undefined> {
  const keychain = await openKeychain(machine);
  if (keychain === undefined) return '@napi-rs/keyring is not installed';
  return keychain.write(entry, secret).then(
    () => undefined,
    (error: unknown) => `the keychain does not work: ${reasonOf(error)}`,
  );
}

async function takeOut(entry: KeychainEntry, machine: Machine): Promise<void> {
  const keychain = await openKeychain(machine);
  if (keychain === undefined) throw new Error('@napi-rs/keyring is not installed');
  await keychain.remove(entry);
}
