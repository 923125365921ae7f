/** Validates the text of a secret. */

/**
 * What is wrong with the text, without quoting it. Passwords may contain spaces; secrets that are sent in a
 * header may not.
 */
export function secretProblem(option: string, text: string): string | undefined {
  const isFit = option === 'password' ? !/\p{Cc}/u.test(text) : /^[\x21-\x7e]+$/.test(text);
  return isFit ? undefined : 'it contains whitespace or invalid characters';
}
