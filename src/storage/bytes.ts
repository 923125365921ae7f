/** Bytes of replies. */
import type { StoredObject } from '../contracts/storage.ts';
import { Failure } from '../failure.ts';
import { TransientStorageError } from './retry.ts';

/** Reads a body of known length. Throws a TransientStorageError when it breaks off or goes on. */
export async function readWhole(body: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  try {
    for await (const piece of body) {
      if (filled + piece.length > length)
        throw new TransientStorageError('more bytes came than were asked for');
      bytes.set(piece, filled);
      filled += piece.length;
    }
  } catch (error) {
    if (error instanceof TransientStorageError) throw error;
    throw new TransientStorageError('the answer stopped in the middle');
  }
  if (filled < length) throw new TransientStorageError('the answer stopped in the middle');
  return bytes;
}

/** The object has changed since it was listed. */
export function changedObject({ address }: StoredObject): Failure {
  return new Failure('local', `${address} was replaced or removed while it was being read`, {
    hint: 'run the same command again: what has been delivered is not sent twice',
  });
}
