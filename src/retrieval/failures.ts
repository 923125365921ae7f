/** What ends an export although the vendor answered. */
import { Failure } from '../failure.ts';

/** The reply has lost columns that rows are told apart or placed by. */
export function columnsGone(columns: readonly string[]): Failure {
  const names = columns.map((name) => `"${name}"`).join(' and ');
  return new Failure('rejected', `the rows have no column ${names} any more; nothing was written`, {
    hint: 'without it rows cannot be told apart or placed; look at what Scarf sends, and for a newer scarf-cli',
  });
}

export const tooManyIds = 'the ids of these days do not fit into the memory for de-duplication';

/** One day, which cannot be halved, was too much for the vendor or for the memory. */
export function tooLong(message: string): Failure {
  if (message !== tooManyIds) return new Failure('unavailable', `${message}, for a single day`);
  return new Failure('local', 'the ids of one day exceed --dedupe-memory', {
    hint: 'allow more with --dedupe-memory 2GiB, or leave duplicates in with --keep-duplicates',
  });
}
