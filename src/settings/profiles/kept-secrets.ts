/** Which secrets of a profile are in the keychain: a list of option names among the values of a vendor. */
import type { Values } from './document.ts';

/** No option has this name. */
export const KEYCHAIN_KEY = 'keychain';

/** The options whose values are in the keychain. */
export function inKeychain(values: Values): string[] {
  const names = Object.hasOwn(values, KEYCHAIN_KEY) ? values[KEYCHAIN_KEY] : undefined;
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

/** The values with a secret that stands among them. */
export function withSecret(values: Values, option: string, secret: string): Values {
  return { ...withoutSecret(values, option), [option]: secret };
}

/** The values with a secret that is in the keychain. */
export function withKeychainSecret(values: Values, option: string): Values {
  const others = withoutSecret(values, option);
  return { ...others, [KEYCHAIN_KEY]: [...inKeychain(others), option] };
}

/** The values without a secret, wherever it is. */
export function withoutSecret(values: Values, option: string): Values {
  const names = inKeychain(values).filter((name) => name !== option);
  const others = Object.entries(values).filter(([name]) => name !== option && name !== KEYCHAIN_KEY);
  return Object.fromEntries(names.length === 0 ? others : [...others, [KEYCHAIN_KEY, names]]);
}
