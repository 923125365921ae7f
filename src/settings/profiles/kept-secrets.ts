/** Which secrets of a profile are in the keychain: a list of option names stored with the vendor's values. */
import type { Values } from './document.ts';

/** The key of that list. No option has this name. */
export const KEYCHAIN_KEY = 'keychain';

/** The options whose secrets are in the keychain. */
export function inKeychain(values: Values): string[] {
  const names = Object.hasOwn(values, KEYCHAIN_KEY) ? values[KEYCHAIN_KEY] : undefined;
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

/** A copy of the values with the secret stored among them. */
export function withSecret(values: Values, option: string, secret: string): Values {
  return { ...withoutSecret(values, option), [option]: secret };
}

/** A copy of the values that records the secret as stored in the keychain. */
export function withKeychainSecret(values: Values, option: string): Values {
  const others = withoutSecret(values, option);
  return { ...others, [KEYCHAIN_KEY]: [...inKeychain(others), option] };
}

/** A copy of the values without the secret and without a record of it. */
export function withoutSecret(values: Values, option: string): Values {
  const names = inKeychain(values).filter((name) => name !== option);
  const others = Object.entries(values).filter(([name]) => name !== option && name !== KEYCHAIN_KEY);
  return Object.fromEntries(names.length === 0 ? others : [...others, [KEYCHAIN_KEY, names]]);
}
