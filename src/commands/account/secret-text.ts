/** What the text of a secret may be. */

/** What is wrong with it, without the text: a password may hold blanks, what goes into a header may not. */
export function secretProblem(option: string, text: string): string | undefined {
  const isFit = option === 'password' ? !/\p{Cc}/u.test(text) : /^[\x21-\x7e]+$/.test(text);
  return isFit ? undefined : 'it contains whitespace or invalid characters';
}
