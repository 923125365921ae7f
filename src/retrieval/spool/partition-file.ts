/** A file that rows of one window are gathered in until the window is whole. */
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Column, RowEncoding } from '../../contracts/dataset.ts';
import type { Partition, TailStep } from '../../contracts/window.ts';
import { withFailureContext } from '../../disk/errno.ts';
import { openNamelessFile } from '../../disk/output/nameless-file.ts';
import { Failure } from '../../failure.ts';
import { TailSignal } from './tail-signal.ts';

export interface PartitionFileOptions {
  path: string;
  /** Whether the file keeps its name; without one it vanishes with the process. */
  named: boolean;
  day: string | undefined;
  encoding: RowEncoding;
  header: Uint8Array;
}

const readBytes = 1024 * 1024;
/** The disk is set to work whenever so much has come, so that little is left to wait for at the end. */
const flushBytes = 64 * 1024 * 1024;
/** Most buffers in one system call (IOV_MAX of Linux). */
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

  /** Creates the file and writes the header. */
  static async create(options: PartitionFileOptions): Promise<PartitionFile> {
    // A sink may take a named one over as it is; until then its directory keeps others out.
    const handle = options.named
      ? await withFailureContext(`write ${options.path}`, () => open(options.path, 'w+', 0o666))
      : await openNamelessFile(dirname(options.path));
    const file = new PartitionFile(options, handle);
    await file.append([options.header], 0);
    return file;
  }

  /** Appends bytes that hold so many rows. They may be used again when the promise is fulfilled. */
  async append(buffers: readonly Uint8Array[], rows: number): Promise<void> {
    await withFailureContext(`write ${this.#options.path}`, async () => {
      for (let first = 0; first < buffers.length; first += maxBuffers) {
        await this.#writeAll(buffers.slice(first, first + maxBuffers));
      }
    });
    this.rows += rows;
    if (rows > 0) this.#tail.growTo(this.bytes);
    // A file without a name is never kept.
    if (this.#options.named) this.#startFlush();
  }

  /** Waits for the disk, and throws when it failed: whoever syncs the file later may not hear of it any more. */
  async settle(): Promise<void> {
    await this.#flushing;
  }

  /** Takes back what came after a point in time. */
  async cutTo(bytes: number, rows: number): Promise<void> {
    this.#tail.cutTo(bytes);
    await this.#handle.truncate(bytes);
    this.bytes = bytes;
    this.rows = rows;
    this.#flushedBytes = Math.min(this.#flushedBytes, bytes);
  }

  asLane(columns: readonly Column[]): Partition {
    const { day, encoding, header, named, path } = this.#options;
    return {
      day,
      encoding,
      columns,
      path: named ? path : undefined,
      rows: this.rows,
      bytes: this.bytes,
      headerBytes: header.length,
      read: (from, to) => this.#read(from, to ?? this.bytes),
    };
  }

  /** Waits for more rows than this told of before; for one reader. */
  nextRows(): Promise<TailStep> {
    return this.#tail.next();
  }

  /** No more rows come. */
  complete(): void {
    this.#tail.end('whole');
  }

  async close(): Promise<void> {
    this.#tail.end('withdrawn');
    await this.#flushing.catch(() => undefined);
    await this.#handle.close();
  }

  /** One at a time, and none after one that failed. */
  #startFlush(): void {
    if (this.#isFlushing || this.bytes - this.#flushedBytes < flushBytes) return;
    this.#isFlushing = true;
    this.#flushedBytes = this.bytes;
    this.#flushing = withFailureContext(`write ${this.#options.path}`, async () => {
      await this.#handle.datasync();
      this.#isFlushing = false;
    });
    // `settle` tells; until then it is not unhandled.
    this.#flushing.catch(() => undefined);
  }

  /** While what was read is used, the next piece is read. */
  async *#read(from: number, to: number): AsyncGenerator<Uint8Array> {
    let next = this.#readPiece(from, to);
    for (let position = from; position < to;) {
      const piece = await next;
      position += piece.length;
      next = this.#readPiece(position, to);
      // Whoever stops here waits for no further piece.
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

/** What is left of the buffers when so many bytes of them are written. */
function withoutFirst(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes;
  const rest: Uint8Array[] = [];
  for (const buffer of buffers) {
    if (left < buffer.length) rest.push(left === 0 ? buffer : buffer.subarray(left));
    left = Math.max(0, left - buffer.length);
  }
  return rest;
}
