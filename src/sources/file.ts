/** A plain file as an input. */
import { stat } from 'node:fs/promises';
import type { Input, BufferSlot } from '../contracts/input.ts';
import type { KnownFile } from './open-files.ts';
import type { SharedReading } from './shared-reading.ts';
import { readSlots } from './slots.ts';

/** When a file changed last, in milliseconds since the epoch. Undefined when it no longer exists. */
export async function modifiedMsOf({ absolutePath }: KnownFile): Promise<number | undefined> {
  const found = await stat(absolutePath).catch(() => undefined);
  return found?.mtimeMs;
}

/** `read` seeks, so several readers may work at once. `close` closes the file. */
export function fileInput(file: KnownFile, { files, pool }: SharedReading): Input {
  let furthest = 0;

  function read(from: number, to = file.size): AsyncIterable<BufferSlot> {
    const end = Math.min(to, file.size);
    let position = from;
    return readSlots(pool, from, {
      async fill(buffer) {
        const room = Math.max(0, Math.min(buffer.length, end - position));
        const length = await files.read(file, buffer.subarray(0, room), position);
        position += length;
        furthest = Math.max(furthest, position);
        return length;
      },
      stop: () => undefined,
    });
  }

  return {
    path: file.path,
    kind: 'file',
    sourceBytes: file.size,
    readSourceBytes: () => furthest,
    read,
    modifiedMs: () => modifiedMsOf(file),
    settledUpTo: async () => undefined,
    close: () => files.forget(file),
  };
}
