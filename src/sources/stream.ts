/** A pipe as an input: spooled to disk as it is read, so that its ranges can be read again. */
import { join } from 'node:path';
import { Condition } from '../concurrency.ts';
import type { Input, Slab } from '../contracts/input.ts';
import { asFailure, Failure } from '../failure.ts';
import { containerHeadBytes, mayBePacked, packingOf } from './containers.ts';
import { needsWhole, unpackKept } from './packed/kept-pipe.ts';
import { unpack } from './packed/packing.ts';
import { PieceReader } from './piece-reader.ts';
import { readSlabs, SlabPool } from './slabs.ts';
import type { SlabSource } from './slabs.ts';
import { SpoolFiles, type StreamEnd } from './spool-files.ts';

/** How far the pipe is read ahead of the furthest reader; beyond that, data waits in the pipe. */
const aheadBytes = 4 * 1024 * 1024;

/** A stream that can be opened once. */
export interface Pipe {
  /** As the user wrote it: `-`, or the path of a FIFO. */
  path: string;
  /** The encoding of its text; UTF-8 when undefined. */
  encoding?: string | undefined;
  open(): AsyncIterable<Uint8Array>;
  /** Abandons the pipe; its reader sees the end. */
  abandon(): void;
}

/**
 * A pipe as an input. Nothing is read and `spoolDirectory` is not created before the first `read`. `close`
 * abandons the pipe and keeps the spool.
 */
export function streamInput(pipe: Pipe, spoolDirectory: string, pool: SlabPool): Input {
  let sourceRead = 0;
  let opening: Promise<StreamSpool> | undefined;
  const spool = () => (opening ??= startSpooling());

  async function startSpooling(): Promise<StreamSpool> {
    const started = new StreamSpool(await SpoolFiles.create(spoolDirectory, pipe.path));
    const { encoding } = pipe;
    const source = countBytes(pipe.open(), (count) => (sourceRead += count));
    const keptAt = join(spoolDirectory, 'packed');
    started.pump(decompressed(source, { name: pipe.path, encoding, keptAt }));
    return started;
  }

  return {
    path: pipe.path,
    kind: 'stream',
    sourceBytes: undefined,
    readSourceBytes: () => sourceRead,
    read: (from, to) => readSpool(spool, { pool, from, to }),
    settledUpTo: async (offset) => {
      await (await opening)?.files.dropBefore(offset);
    },
    async close() {
      // What could not be opened was reported to its reader.
      const closing = (await opening?.catch(() => undefined))?.close();
      pipe.abandon();
      await closing;
    },
  };
}

/**
 * The spool of an earlier process as an input. If that process ended before the stream did, reading ends with
 * a Failure `local`: the bytes that followed are lost.
 */
export async function openSpool(spoolDirectory: string, pool = new SlabPool()): Promise<Input> {
  const { files, end } = await SpoolFiles.open(spoolDirectory);
  const spool = new StreamSpool(files, problemOf(files, end));
  let furthest = 0;
  return {
    path: files.path,
    kind: 'stream',
    sourceBytes: files.length,
    readSourceBytes: () => furthest,
    read: (from, to) =>
      readSpool(async () => spool, {
        pool,
        from,
        to,
        onRead: (offset) => (furthest = Math.max(furthest, offset)),
      }),
    settledUpTo: (offset) => files.dropBefore(offset),
    close: () => spool.close(),
  };
}

interface SpoolRange {
  pool: SlabPool;
  from: number;
  to: number | undefined;
  onRead?: (offset: number) => void;
}

async function* readSpool(open: () => Promise<StreamSpool>, range: SpoolRange): AsyncGenerator<Slab> {
  const spool = await open();
  const end = range.to ?? Number.MAX_SAFE_INTEGER;
  let position = range.from;
  let stopped = false;
  const source: SlabSource = {
    async fill(buffer) {
      const room = Math.max(0, Math.min(buffer.length, end - position));
      if (room === 0 || !(await spool.reach(position, end, () => stopped))) return 0;
      const length = await spool.files.read(buffer.subarray(0, room), position);
      position += length;
      range.onRead?.(position);
      return length;
    },
    stop() {
      stopped = true;
      spool.wake();
    },
  };
  yield* readSlabs(range.pool, range.from, source);
}

/** One writer, and any number of readers that wait for it. */
class StreamSpool {
  readonly files: SpoolFiles;
  #end: { problem?: Failure } | undefined;
  /** The pump pauses when it has spooled this far. */
  #demand = 0;
  #appending: Promise<void> = Promise.resolve();
  #closed = false;
  readonly #changed = new Condition();

  constructor(files: SpoolFiles, end?: { problem?: Failure }) {
    this.files = files;
    this.#end = end;
  }

  /** Starts to copy `source` to disk. */
  pump(source: AsyncIterable<Uint8Array>): void {
    void this.#copy(source);
  }

  /**
   * Waits until the byte at `offset` is spooled. False when it never will be, or when `stopped`. Nothing
   * beyond `end` is needed yet.
   */
  async reach(offset: number, end: number, stopped: () => boolean): Promise<boolean> {
    this.#demand = Math.max(this.#demand, Math.min(offset + aheadBytes, end));
    this.#changed.notify();
    while (!stopped() && this.files.length <= offset && !this.#end && !this.#closed)
      await this.#changed.wait();
    if (stopped()) return false;
    if (offset < this.files.length) return true;
    if (!this.#end) throw new Failure('local', `${this.files.path} was given up while it was being read`);
    const { problem } = this.#end;
    if (problem === undefined) return false;
    throw problem;
  }

  wake(): void {
    this.#changed.notify();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#changed.notify();
    // The pump itself may hang on a silent pipe: only what it is writing is waited for. Readers have its trouble.
    await this.#appending.catch(() => undefined);
    await this.files.close();
  }

  async #copy(source: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const bytes of source) {
        if (this.#closed) return;
        this.#appending = this.#append(bytes);
        await this.#appending;
        this.#changed.notify();
        while (this.files.length >= this.#demand && !this.#closed) await this.#changed.wait();
      }
      if (this.#closed) return;
      await this.files.finish({});
      this.#end = {};
    } catch (error) {
      await this.#fail(asFailure(error));
    } finally {
      this.#changed.notify();
    }
  }

  async #append(bytes: Uint8Array): Promise<void> {
    try {
      await this.files.append(bytes);
    } catch (error) {
      throw lostBehind(this.files, asFailure(error).message);
    }
  }

  /** Readers get the Failure after the last byte; a later process finds its message on disk, if that can be written. */
  async #fail(problem: Failure): Promise<void> {
    this.#end = { problem };
    if (this.#closed) return;
    await this.files.finish({ problem: problem.message }).catch(() => undefined);
  }
}

function problemOf(files: SpoolFiles, end: StreamEnd | undefined): { problem?: Failure } {
  if (end === undefined)
    return { problem: lostBehind(files, `${files.path} was cut off when the earlier run ended`) };
  return end.problem === undefined ? {} : { problem: new Failure('local', end.problem, { hint: giveRest }) };
}

const giveRest =
  'its whole rows up to there are delivered, by "scarf-cli runs resume" too; give what followed to a new command';

/** What was kept is delivered; of the rest only the starting offset is known. */
function lostBehind({ length }: SpoolFiles, problem: string): Failure {
  return new Failure(
    'local',
    `${problem}; it was kept up to byte ${length}, and what followed was not read`,
    {
      hint: giveRest,
    },
  );
}

/** The stream itself, or its content when its first bytes show that it is packed. */
async function* decompressed(
  source: AsyncIterable<Uint8Array>,
  { name, encoding, keptAt }: { name: string; encoding: string | undefined; keptAt: string },
): AsyncGenerator<Uint8Array> {
  const reader = new PieceReader(source);
  let head = await reader.peek(1);
  while (mayBePacked(head)) {
    const more = await reader.peek(head.length + 1);
    if (more.length === head.length) break;
    head = more;
  }
  // A workbook is a ZIP archive too, and says so a little later.
  if (needsWhole(packingOf(head))) head = await reader.peek(containerHeadBytes);
  const packing = packingOf(head);
  const pieces = reader.rest();
  if (needsWhole(packing)) yield* unpackKept({ packing, encoding }, { name, pieces, keptAt });
  else yield* unpack({ packing, encoding }, { name, pieces: () => pieces });
}

async function* countBytes(
  source: AsyncIterable<Uint8Array>,
  onRead: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    onRead(bytes.length);
    yield bytes;
  }
}
