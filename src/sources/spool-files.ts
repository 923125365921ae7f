/**
 * A stream on disk, in segment files named after the offset of their first byte. The first segment holds the
 * head of the stream and is kept; later ones are removed when their bytes are settled. Written with write(),
 * not fsync: survives a crash of the process, not a loss of power.
 */
import { open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDirectory } from '../disk/directory.ts';
import { withFailureContext, systemCode } from '../disk/errno.ts';
import { Failure } from '../failure.ts';
import { headBytes } from './identity.ts';

const segmentBytes = 8 * 1024 * 1024;

/**
 * Disk space that is released when the spool fills the disk: the ledger, usually on the same disk, must still
 * be able to record what became of the bytes that were kept.
 */
const reserveName = 'reserve';
const reserveBytes = 1024 * 1024;

interface Segment {
  from: number;
  to: number;
}

/** How the stream ended: cleanly, or with a problem after its last byte. */
export interface StreamEnd {
  problem?: string;
}

/** The contents of a spool directory. */
interface Description {
  /** The stream as the user wrote it: `-`, or the path of a FIFO. */
  path: string;
}

export class SpoolFiles {
  readonly path: string;
  readonly #directory: string;
  /** In order. Bytes may be missing between the first and the second segment: they were settled. */
  readonly #segments: Segment[];
  #writing: FileHandle | undefined;

  private constructor(directory: string, path: string, segments: Segment[]) {
    this.#directory = directory;
    this.path = path;
    this.#segments = segments;
  }

  /** A new spool in `directory`, which must not contain one yet. */
  static async create(directory: string, path: string): Promise<SpoolFiles> {
    return withFailureContext(`spool ${path} in ${directory}`, async () => {
      const description: Description = { path };
      await ensureDirectory(directory, 0o700);
      await writeFile(join(directory, 'stream.json'), JSON.stringify(description), {
        flag: 'wx',
        mode: 0o600,
      });
      const files = new SpoolFiles(directory, path, []);
      // Where there is no room for it there is little to be kept either.
      await writeFile(join(directory, reserveName), Buffer.alloc(reserveBytes), {
        flag: 'wx',
        mode: 0o600,
      }).catch(() => files.#giveBackReserve());
      return files;
    });
  }

  /** The spool that an earlier process left in `directory`, and how its stream ended, if it did. */
  static async open(directory: string): Promise<{ files: SpoolFiles; end: StreamEnd | undefined }> {
    return withFailureContext(`open the spool ${directory}`, async () => {
      const { path } = JSON.parse(await readFile(join(directory, 'stream.json'), 'utf8')) as Description;
      const files = new SpoolFiles(directory, path, await listSegments(directory));
      await files.#giveBackReserve();
      return { files, end: await readEnd(directory) };
    });
  }

  /** How much of the stream was spooled. */
  get length(): number {
    return this.#segments.at(-1)?.to ?? 0;
  }

  /** When it throws, what was written until then stays and counts in `length`. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      await withFailureContext(`spool ${this.path} in ${this.#directory}`, async () => {
        for (let rest = bytes; rest.length > 0;) {
          const segment = await this.#writableSegment();
          const part = rest.subarray(0, capacity(segment) - (segment.to - segment.from));
          rest = rest.subarray(await this.#write(segment, part));
        }
      });
    } catch (error) {
      await this.#giveBackReserve();
      throw error;
    }
  }

  /** Records that the stream has ended. */
  async finish(end: StreamEnd): Promise<void> {
    await this.close();
    await this.#giveBackReserve();
    await withFailureContext(`spool ${this.path} in ${this.#directory}`, () =>
      writeFile(join(this.#directory, 'end.json'), JSON.stringify(end), { mode: 0o600 }),
    );
  }

  /** Reads bytes of one segment, from `offset` on, into `buffer`; returns 0 where nothing was spooled yet. */
  async read(buffer: Uint8Array, offset: number): Promise<number> {
    const segment = this.#segments.find(({ from, to }) => from <= offset && offset < to);
    if (!segment) {
      if (offset >= this.length) return 0;
      throw new Failure(
        'local',
        `${this.path}: the bytes from ${offset} on were delivered and are no longer kept`,
      );
    }
    return withFailureContext(`read the spool of ${this.path}`, async () => {
      const handle = await open(this.#fileOf(segment), 'r');
      try {
        const wanted = Math.min(buffer.length, segment.to - offset);
        return (await handle.read(buffer, 0, wanted, offset - segment.from)).bytesRead;
      } finally {
        await handle.close();
      }
    });
  }

  /** Removes whole segments before `offset`, but neither the first nor the last one. */
  async dropBefore(offset: number): Promise<void> {
    const droppable = this.#segments.slice(1, -1).filter(({ to }) => to <= offset);
    for (const segment of droppable) {
      this.#segments.splice(this.#segments.indexOf(segment), 1);
      await withFailureContext(`shorten the spool of ${this.path}`, () =>
        rm(this.#fileOf(segment), { force: true }),
      );
    }
  }

  /** Closes open files and keeps what is on disk. */
  async close(): Promise<void> {
    const handle = this.#writing;
    this.#writing = undefined;
    await handle?.close();
  }

  async #writableSegment(): Promise<Segment> {
    const last = this.#segments.at(-1);
    if (last && this.#writing && last.to - last.from < capacity(last)) return last;
    await this.close();
    const segment = { from: this.length, to: this.length };
    this.#writing = await open(this.#fileOf(segment), 'wx', 0o600);
    this.#segments.push(segment);
    return segment;
  }

  async #write(segment: Segment, bytes: Uint8Array): Promise<number> {
    const written = (await this.#writing?.write(bytes))?.bytesWritten ?? 0;
    segment.to += written;
    return written;
  }

  async #giveBackReserve(): Promise<void> {
    await rm(join(this.#directory, reserveName), { force: true }).catch(() => undefined);
  }

  #fileOf(segment: Segment): string {
    return join(this.#directory, `${String(segment.from).padStart(16, '0')}.segment`);
  }
}

function capacity(segment: Segment): number {
  return segment.from === 0 ? headBytes : segmentBytes;
}

async function listSegments(directory: string): Promise<Segment[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{16}\.segment$/.test(name)).sort();
  const segments: Segment[] = [];
  for (const name of names) {
    const from = Number.parseInt(name, 10);
    segments.push({ from, to: from + (await stat(join(directory, name))).size });
  }
  return segments;
}

async function readEnd(directory: string): Promise<StreamEnd | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, 'end.json'), 'utf8')) as StreamEnd;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
