/** A secret on its way into a header. */
import { Failure } from '../failure.ts';

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
