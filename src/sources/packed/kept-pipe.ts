/** What comes out of a pipe and can only be read from its end: it is written to a file first. */
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { withFailureContext } from '../../disk/errno.ts';
import { unpack, type Packed } from './packing.ts';

/** Packings whose directory stands at the end. */
const READ_FROM_THE_END: ReadonlySet<Packed['packing']> = new Set(['zip', 'parquet']);

/** Whether a pipe that is packed so must be read to its end before anything can be unpacked. */
export function needsWhole(packing: Packed['packing']): boolean {
  return READ_FROM_THE_END.has(packing);
}

export interface KeptPipe {
  /** For messages. */
  name: string;
  pieces: AsyncIterable<Uint8Array>;
  /** Where it is written to. Nothing may stand there; whatever happens, nothing does afterwards. */
  keptAt: string;
}

/** What is in the pipe, once all of it has come. Throws as `unpack` does, and a Failure `local` where there is no room. */
export async function* unpackKept(
  packed: Packed,
  { name, pieces, keptAt }: KeptPipe,
): AsyncGenerator<Uint8Array, void> {
  const handle = await withFailureContext(`spool ${name} in ${keptAt}`, () => open(keptAt, 'wx+', 0o600));
  try {
    const size = await withFailureContext(`spool ${name} in ${keptAt}`, () => writeAll(handle, pieces));
    const file = {
      size,
      absolutePath: keptAt,
      read: (from: number, length: number) => readAt(handle, from, length),
    };
    yield* unpack(packed, { name, pieces: () => pieces, file });
  } finally {
    await handle.close();
    await rm(keptAt, { force: true });
  }
}

async function writeAll(handle: FileHandle, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const piece of pieces) {
    await handle.writeFile(piece);
    size += piece.length;
  }
  return size;
}

async function readAt(handle: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  for (let got = 1; got > 0 && filled < length; filled += got) {
    got = (await handle.read(bytes, filled, length - filled, from + filled)).bytesRead;
  }
  return bytes.subarray(0, filled);
}
