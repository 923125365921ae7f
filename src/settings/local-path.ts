/** Names that must be of this machine, or of a bucket: taken for a path, `s3://bucket/name` is a file in a directory `s3:`. */
import { readBucketAddress } from '../contracts/bucket-address.ts';
import { isAddress } from '../contracts/storage.ts';
import { Failure } from '../failure.ts';

/** Throws an Error with a sentence for an address. */
export function checkLocal(text: string): void {
  if (isAddress(text))
    throw new Error(`"${text}" is an address: give the name of a file or directory of this machine`);
}

/** Throws an Error with a sentence for an address that nothing can be written to, and a Failure `usage` for what names no object. */
export function checkWritten(text: string): void {
  if (/^https?:\/\//i.test(text))
    throw new Error(`"${text}" can only be read: give the name of a file, or s3://BUCKET/KEY`);
  if (/^(?:s3|gs):\/\/[^/]*$/i.test(text))
    throw new Error(`"${text}" names no object: write s3://BUCKET/KEY`);
  if (isAddress(text)) readBucketAddress(text);
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
