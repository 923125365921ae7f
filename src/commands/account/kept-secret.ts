/** Puts secrets of a profile into the keychain or the file, and takes them out again. */
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

/** Where a secret is; of a file also why it is not in the keychain. */
export type SecretPlace = { kind: 'keychain' } | { kind: 'file'; path: string; why: string };

/**
 * Keeps a secret, in the keychain where that works, else in the file; the other values stand beside it in the profile.
 * Throws a Failure of kind `local`, and then nothing was kept.
 */
export async function keepSecret(
  entry: KeychainEntry,
  { secret, beside = {} }: { secret: string; beside?: Values },
  machine: Machine,
): Promise<SecretPlace> {
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
 * Removes a secret from wherever it is; says from where, and `undefined` when it was nowhere. Throws a Failure of kind
 * `local` when the keychain keeps it: the profile has forgotten it by then.
 */
export async function forgetSecret(
  entry: KeychainEntry,
  machine: Machine,
): Promise<SecretPlace['kind'] | undefined> {
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

/** Why the secret is not in the keychain; undefined: it is. */
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
