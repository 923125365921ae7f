/** Streams that can be read once: standard input and FIFOs. */
import { createReadStream, open } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { wakeFifo } from '../disk/read-small-file.ts';
import { withFailureContext } from '../disk/errno.ts';
import type { Pipe } from './stream.ts';

/** `-`. */
export function pipeOfStandardInput(stdin: Readable): Pipe {
  return {
    path: '-',
    open: () => bytesOf('standard input', stdin),
    abandon: () => void stdin.destroy(),
  };
}

/** A path that is not a regular file. It is opened when it is first read: opening a FIFO waits for its writer. */
export function pipeOfPath(path: string, absolutePath: string, isFifo: boolean): Pipe {
  let opening: AbortController | undefined;
  let opened: Readable | undefined;
  let abandoned = false;
  return {
    path,
    async *open() {
      if (abandoned) return;
      opening = new AbortController();
      opened = isFifo ? await openFifo(path, absolutePath) : createReadStream(absolutePath);
      opening.abort();
      if (abandoned) opened.destroy();
      else yield* bytesOf(path, opened);
    },
    abandon() {
      abandoned = true;
      opened?.destroy();
      if (opening !== undefined && isFifo) wakeFifo(absolutePath, opening.signal);
    },
  };
}

/** Opened as a socket, so that a silent writer blocks none of the threads that compression needs. */
async function openFifo(path: string, absolutePath: string): Promise<Readable> {
  const fd = await withFailureContext(`read ${path}`, () => promisify(open)(absolutePath, 'r'));
  return new Socket({ fd, readable: true, writable: false });
}

async function* bytesOf(path: string, stream: Readable): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  for (;;) {
    const next = await withFailureContext(`read ${path}`, () => chunks.next());
    if (next.done === true) return;
    yield next.value;
  }
}
