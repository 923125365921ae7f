/** Reads short content from a file, a device, a FIFO or a stream, bounded in bytes and in time. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Machine } from '../machine.ts';

export interface Bounds {
  /** Reading stops beyond this; the longer result tells the caller that the content is too long. */
  maxBytes: number;
  /** How long reading may take in total. */
  maxMs: number;
  machine: Pick<Machine, 'elapsedMs' | 'sleep'>;
}

/** What was read; undefined after the time limit. */
type Bytes = Buffer | undefined;

const lookAgainMs = 20;

/** The bytes of a file, a device or a FIFO, which may have no writer yet. Throws the system's error. */
export async function readPathBounded(path: string, bounds: Bounds): Promise<Bytes> {
  // Without O_NONBLOCK, opening a FIFO blocks until it has a writer and cannot be aborted.
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

/** Undefined: no data is available yet. */
async function readSome(handle: FileHandle, bytes: Buffer, from: number): Promise<number | undefined> {
  try {
    return (await handle.read(bytes, from, bytes.length - from, null)).bytesRead;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** The bytes of a stream, which is destroyed afterwards in any case. */
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
