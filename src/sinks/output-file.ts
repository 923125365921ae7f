/** One file of the output: it gathers as a part and takes its name when it is whole and on disk. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, lstat, mkdir, open, realpath, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Column, Encoder, Lane, OutputFormat, WrittenFile } from '../contracts-export.ts';
import { syncDirectory } from '../disk/directory.ts';
import { explained, systemCode } from '../disk/trouble.ts';
import { Failure } from '../failure.ts';

export interface OutputFileOptions {
  /** The final name. */
  path: string;
  /** On the same file system. */
  partPath: string;
  format: OutputFormat;
  day: string | undefined;
  /** What a file without rows says of its columns. */
  columns: readonly Column[];
  /** Whether the SHA-256 of the file is wanted. */
  digest: boolean;
}

export class OutputFile {
  readonly #options: OutputFileOptions;
  readonly #encoder: Encoder;
  #handle: FileHandle | undefined;

  constructor(options: OutputFileOptions) {
    this.#options = options;
    this.#encoder = options.format.open();
  }

  counts(): { rows: number; rejected: number } {
    return this.#encoder.counts();
  }

  /** Adds the lane's rows; takes its file over where that is the same. */
  async add(lane: Lane): Promise<void> {
    const { partPath } = this.#options;
    if (lane.path !== undefined && this.#handle === undefined && this.#encoder.adopt(lane)) {
      const { path } = lane;
      await explained(`write ${partPath}`, () => rename(path, partPath));
      this.#handle = await explained(`write ${partPath}`, () => open(partPath, 'a'));
      return;
    }
    await this.#write(this.#encoder.add(lane));
  }

  /** Ends the file, makes it durable and gives it its name. */
  async publish(): Promise<WrittenFile> {
    const { columns, day, digest, partPath, path } = this.#options;
    await this.#write(this.#encoder.end(columns));
    const target = await followLink(path);
    const bytes = await this.#sync(target.mode);
    const sha256 = digest ? await digestFile(partPath) : undefined;
    await explained(`write ${path}`, async () => {
      await mkdir(dirname(target.path), { recursive: true });
      await rename(partPath, target.path);
    });
    await syncDirectory(dirname(target.path));
    return {
      path,
      rows: this.#encoder.counts().rows,
      bytes,
      columns: this.#encoder.columns(),
      ...(day === undefined ? {} : { day }),
      ...(sha256 === undefined ? {} : { sha256 }),
    };
  }

  /** Closes the part; whoever made its directory removes it. */
  async abandon(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #write(content: AsyncIterable<Uint8Array>): Promise<void> {
    const { partPath } = this.#options;
    for await (const bytes of content) {
      await explained(`write ${partPath}`, async () => {
        this.#handle ??= await open(partPath, 'a', 0o666);
        await this.#handle.appendFile(bytes);
      });
    }
  }

  async #sync(mode: number | undefined): Promise<number> {
    const { partPath } = this.#options;
    return explained(`write ${partPath}`, async () => {
      const handle = (this.#handle ??= await open(partPath, 'a', 0o666));
      if (mode !== undefined) await chmod(partPath, mode);
      await handle.sync();
      const { size } = await handle.stat();
      await this.abandon();
      return size;
    });
  }
}

/** Where a name leads, and the mode of what stands there. */
async function followLink(path: string): Promise<{ path: string; mode?: number }> {
  return explained(`write ${path}`, async () => {
    try {
      const real = await realpath(path);
      const stats = await lstat(real);
      if (!stats.isFile()) throw new Failure('local', `${path} is not a regular file`);
      return { path: real, mode: stats.mode & 0o777 };
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return { path };
      throw error;
    }
  });
}

async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Uint8Array);
  }
  return hash.digest('hex');
}
