/** Small files that are read whole, such as one with a token. They may be a FIFO without a writer. */
import { close, constants, createReadStream, open } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

/**
 * The file's bytes, up to a few more than `maxBytes`, so that the caller can tell that it is longer. Rejects
 * with system errors. Once `signal` is aborted, returns soon with what it has.
 */
export async function readSmallFile(
  path: string,
  { maxBytes, signal }: { maxBytes: number; signal?: AbortSignal | undefined },
): Promise<Buffer> {
  const isFifo = (await stat(path)).isFIFO();
  const stream = isFifo ? await openFifo(path, signal) : createReadStream(path);
  const stop = () => void stream.destroy();
  signal?.addEventListener('abort', stop);
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of stream as AsyncIterable<Uint8Array>) {
      parts.push(part);
      length += part.length;
      if (length > maxBytes) break;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  return Buffer.concat(parts);
}

/** Reading it as a socket, and ending the wait for a writer by playing one, leave no thread behind that would hold the process. */
async function openFifo(path: string, signal: AbortSignal | undefined): Promise<Readable> {
  signal?.throwIfAborted();
  const opening = new AbortController();
  const wake = () => wakeFifo(path, opening.signal);
  signal?.addEventListener('abort', wake);
  try {
    const fd = await promisify(open)(path, 'r');
    return new Socket({ fd, readable: true, writable: false });
  } finally {
    signal?.removeEventListener('abort', wake);
    opening.abort();
  }
}

/**
 * Plays the writer for a moment, until `opened`: an open that waits for one would keep the process from ending. It may
 * not have begun to wait yet, which nobody can see.
 */
export function wakeFifo(path: string, opened: AbortSignal): void {
  if (opened.aborted) return;
  open(path, constants.O_WRONLY | constants.O_NONBLOCK, (error, fd) => {
    if (!error) close(fd, () => undefined);
    else if (error.code === 'ENXIO') wakeFifo(path, opened);
  });
}
