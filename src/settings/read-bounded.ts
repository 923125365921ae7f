/** Reads what should be short, from whatever it is in: bounded in bytes and in time. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Machine } from '../machine.ts';

export interface Bounds {
  /** Reading ends once there is more: the caller sees that it is too long. */
  maxBytes: number;
  /** How long it may take to come to an end. */
  maxMs: number;
  machine: Pick<Machine, 'elapsedMs' | 'sleep'>;
}

/** What was read; undefined when it did not come to an end in time. */
type Bytes = Buffer | undefined;

const lookAgainMs = 20;

/** The bytes of a file, a device or a FIFO, in which a writer may still be missing. Throws what the system says. */
export async function readPathBounded(path: string, bounds: Bounds): Promise<Bytes> {
  // Else opening a FIFO waits for a writer, and nobody can end that.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const awaitsWriter = (await handle.stat()).isFIFO() && !/^\/(dev\/fd|proc)\//.test(path);
    return await readHandle(handle, awaitsWriter, bounds);
  } finally {
    await handle.close();
  }
}

async function readHandle(handle: FileHandle, awaitsWriter: boolean, bounds: Bounds): Promise<Bytes> {
  const { machine, maxBytes, maxMs } = bounds;
  const bytes = Buffer.alloc(maxBytes + 1);
  const startedMs = machine.elapsedMs();
  for (let length = 0; length < bytes.length;) {
    const read = await readSome(handle, bytes, length);
    if (read === 0 && !(awaitsWriter && length === 0)) return bytes.subarray(0, length);
    if (read !== undefined && read > 0) {
      length += read;
      continue;
    }
    if (machine.elapsedMs() - startedMs > maxMs) return undefined;
    await machine.sleep(lookAgainMs);
  }
  return bytes;
}

/** Undefined: nothing is there yet. */
async function readSome(handle: FileHandle, bytes: Buffer, from: number): Promise<number | undefined> {
  try {
    return (await handle.read(bytes, from, bytes.length - from, null)).bytesRead;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** The bytes of a stream. One that does not come to its end is destroyed. */
export async function readStreamBounded(stream: Readable, bounds: Bounds): Promise<Bytes> {
  const { machine, maxBytes, maxMs } = bounds;
  const late = new AbortController();
  const timeout = machine.sleep(maxMs, late.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([readAll(stream, maxBytes), timeout]);
  } finally {
    late.abort();
    stream.destroy();
  }
}

async function readAll(stream: Readable, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream) {
    const bytes = Buffer.from(part as Uint8Array | string);
    parts.push(bytes);
    length += bytes.length;
    if (length > maxBytes) break;
  }
  return Buffer.concat(parts);
}
