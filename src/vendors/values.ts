/** Reading settings by name: the values come from option specs, so a wrong type is our own mistake. */
import { Failure } from '../failure.ts';

/** Settings by the names of the option specs. */
export type SettingValues = Readonly<Record<string, unknown>>;

/** The text of a setting; undefined when it is not set or empty. */
export function textOf(settings: SettingValues, name: string): string | undefined {
  const value = settings[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw wrongType(name, 'text');
}

/** The number of a setting, or what holds when it is not set. */
export function numberOf(settings: SettingValues, name: string, otherwise: number): number {
  const value = settings[name] ?? otherwise;
  if (typeof value === 'number') return value;
  throw wrongType(name, 'a number');
}

/** Whether a flag is set. */
export function flagOf(settings: SettingValues, name: string): boolean {
  const value = settings[name] ?? false;
  if (typeof value === 'boolean') return value;
  throw wrongType(name, 'true or false');
}

/**
 * The secret, fit for a header; it is asked for when the first request leaves, so that a dry run needs none.
 * Throws a Failure `credentials` that does not show it.
 */
export function checkedSecret(secret: string | undefined, names: { noun: string; variable: string }): string {
  const { noun, variable } = names;
  if (secret === undefined || secret === '') {
    throw new Failure('credentials', `the ${noun} is missing`, {
      hint: `set ${variable} or give --token-file PATH`,
    });
  }
  if (!/^[\x21-\x7e]+$/.test(secret)) {
    throw new Failure('credentials', `the ${noun} contains whitespace or invalid characters`, {
      hint: `check ${variable}`,
    });
  }
  return secret;
}

function wrongType(name: string, wanted: string): Failure {
  return new Failure('bug', `the setting ${name} is not ${wanted}`);
}
