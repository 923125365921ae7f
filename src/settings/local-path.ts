/** Names that must be of this machine: taken for a path, `s3://bucket/name` is a file in a directory `s3:`. */
import { isAddress } from '../contracts/storage.ts';
import { Failure } from '../failure.ts';

/** Throws an Error with a sentence for an address. */
export function checkLocal(text: string): void {
  if (isAddress(text))
    throw new Error(`"${text}" is an address: give the name of a file or directory of this machine`);
}

/** The same as a Failure `usage`. `word`: the flag or the command, for the message. */
export function requireLocal(word: string, text: string): void {
  try {
    checkLocal(text);
  } catch (cause) {
    throw new Failure('usage', `${word}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
