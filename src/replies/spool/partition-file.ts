/** A file that collects rows of one window until the window is complete. */
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Column, RowEncoding } from '../../contracts/dataset.ts';
import type { LineEnd, Partition, TailStep } from '../../contracts/window.ts';
import { withFailureContext } from '../../disk/errno.ts';
import { openAnonymousFile } from '../../disk/output/anonymous-file.ts';
import { Failure } from '../../failure.ts';
import { TailSignal } from './tail-signal.ts';

export interface PartitionFileOptions {
  path: string;
  /** Whether the file has a name; without one it vanishes with the process. */
  named: boolean;
  day: string | undefined;
  encoding: RowEncoding;
  header: Uint8Array;
}

const carriageReturn = 0x0d;
const readBytes = 1024 * 1024;
/** Starts a sync whenever this many bytes have been written, so that little is left for the end. */
const flushBytes = 64 * 1024 * 1024;
/** Most buffers in one system call (IOV_MAX on Linux). */
const maxBuffers = 1024;

export class PartitionFile {
  readonly #options: PartitionFileOptions;
  readonly #handle: FileHandle;
  readonly #tail = new TailSignal();
  bytes = 0;
  rows = 0;
  #flushedBytes = 0;
  #isFlushing = false;
  #flushing: Promise<void> = Promise.resolve();

  private constructor(options: PartitionFileOptions, handle: FileHandle) {
    this.#options = options;
    this.#handle = handle;
  }

  /** Creates the file and writes the header. The caller closes it. Throws a Failure `local`. */
  static async create(options: PartitionFileOptions): Promise<PartitionFile> {
    // Default permissions, since a sink may adopt a named file as its output; until then its directory keeps other
    // users out.
    const handle = options.named
      ? await withFailureContext(`write ${options.path}`, () => open(options.path, 'w+', 0o666))
      : await openAnonymousFile(dirname(options.path));
    const file = new PartitionFile(options, handle);
    await file.append([options.header], 0);
    return file;
  }

  /** Appends bytes that hold `rows` rows. The buffers may be reused once the promise resolves. */
  async append(buffers: readonly Uint8Array[], rows: number): Promise<void> {
    await withFailureContext(`write ${this.#options.path}`, async () => {
      for (let first = 0; first < buffers.length; first += maxBuffers) {
        await this.#writeAll(buffers.slice(first, first + maxBuffers));
      }
    });
    this.rows += rows;
    if (rows > 0) this.#tail.growTo(this.bytes);
    // A file without a name need not be durable.
    if (this.#options.named) this.#startFlush();
  }

  /** Waits for a pending sync and throws if it failed: a later sync of the file might no longer report that. */
  async settle(): Promise<void> {
    await this.#flushing;
  }

  /** Cuts the file back to a mark. */
  async cutTo(bytes: number, rows: number): Promise<void> {
    this.#tail.cutTo(bytes);
    await this.#handle.truncate(bytes);
    this.bytes = bytes;
    this.rows = rows;
    this.#flushedBytes = Math.min(this.#flushedBytes, bytes);
  }

  /** What the sink is given of the file: its rows up to now, under these columns. */
  asPartition(columns: readonly Column[]): Partition {
    const { day, encoding, header, named, path } = this.#options;
    return {
      day,
      encoding,
      columns,
      path: named ? path : undefined,
      rows: this.rows,
      bytes: this.bytes,
      headerBytes: header.length,
      lineEnd: lineEndOf(header),
      read: (from, to) => this.#read(from, to ?? this.bytes),
    };
  }

  /** Waits for rows beyond those already reported. For a single reader. */
  nextRows(): Promise<TailStep> {
    return this.#tail.next();
  }

  /** Ends the file: no more rows follow. */
  complete(): void {
    this.#tail.end('whole');
  }

  async close(): Promise<void> {
    this.#tail.end('withdrawn');
    await this.#flushing.catch(() => undefined);
    await this.#handle.close();
  }

  /** Starts one sync at a time, and none after a failed one. */
  #startFlush(): void {
    if (this.#isFlushing || this.bytes - this.#flushedBytes < flushBytes) return;
    this.#isFlushing = true;
    this.#flushedBytes = this.bytes;
    this.#flushing = withFailureContext(`write ${this.#options.path}`, async () => {
      await this.#handle.datasync();
      this.#isFlushing = false;
    });
    // `settle` reports the error; this only prevents an unhandled rejection.
    this.#flushing.catch(() => undefined);
  }

  /** Reads the next piece while the last one is processed. */
  async *#read(from: number, to: number): AsyncGenerator<Uint8Array> {
    let next = this.#readPiece(from, to);
    for (let position = from; position < to;) {
      const piece = await next;
      position += piece.length;
      next = this.#readPiece(position, to);
      // A reader that stops here does not await the next piece: this prevents an unhandled rejection.
      next.catch(() => undefined);
      yield piece;
    }
  }

  async #readPiece(from: number, to: number): Promise<Uint8Array> {
    if (from >= to) return new Uint8Array(0);
    const buffer = Buffer.allocUnsafeSlow(Math.min(readBytes, to - from));
    const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, from);
    if (bytesRead === 0) throw new Failure('local', `${this.#options.path} was truncated by another process`);
    return buffer.subarray(0, bytesRead);
  }

  async #writeAll(buffers: readonly Uint8Array[]): Promise<void> {
    let rest = buffers.filter(({ length }) => length > 0);
    while (rest.length > 0) {
      const { bytesWritten } = await this.#handle.writev(rest, this.bytes);
      this.bytes += bytesWritten;
      rest = withoutFirst(rest, bytesWritten);
    }
  }
}

function lineEndOf(header: Uint8Array): LineEnd | undefined {
  if (header.length === 0) return undefined;
  return header.at(-2) === carriageReturn ? 'windows' : 'unix';
}

/** The rest of the buffers after `bytes` bytes of them. */
function withoutFirst(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes;
  const rest: Uint8Array[] = [];
  for (const buffer of buffers) {
    if (left < buffer.length) rest.push(left === 0 ? buffer : buffer.subarray(left));
    left = Math.max(0, left - buffer.length);
  }
  return rest;
}
