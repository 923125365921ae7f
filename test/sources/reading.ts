import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach } from 'vitest';
import type { Input } from '../../src/contracts/input.ts';
import { openInputs } from '../../src/sources/inputs.ts';

/** Bytes that were delivered, and what was thrown behind them. */
export interface Outcome {
  bytes: Buffer;
  error: unknown;
}

/** Reads a range to its end, checking that the slabs follow each other. */
export async function outcomeOf(input: Input, from = 0, to?: number): Promise<Outcome> {
  const parts: Buffer[] = [];
  let offset = from;
  try {
    for await (const slab of input.read(from, to)) {
      if (slab.offset !== offset) throw new Error(`slab at ${slab.offset}, expected at ${offset}`);
      parts.push(Buffer.from(slab.bytes));
      offset += slab.bytes.length;
      slab.release();
    }
  } catch (error) {
    return { bytes: Buffer.concat(parts), error };
  }
  return { bytes: Buffer.concat(parts), error: undefined };
}

export async function bytesOf(input: Input, from = 0, to?: number): Promise<Buffer> {
  const { bytes, error } = await outcomeOf(input, from, to);
  if (error !== undefined) throw error as Error;
  return bytes;
}

const opened: Input[] = [];

/** A new empty directory for each test of a file; `path` is valid inside a test. Closes the inputs opened below. */
export function temporaryDirectory(): { path: string } {
  const directory = { path: '' };
  beforeEach(async () => {
    directory.path = await mkdtemp(join(tmpdir(), 'sources-'));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((input) => input.close()));
    await rm(directory.path, { recursive: true, force: true });
  });
  return directory;
}

/** Opens inputs with `directory` as working directory and its `spool` for streams. */
export async function openIn(
  directory: string,
  patterns: readonly string[],
  options: { stdin?: Readable; allowEmpty?: boolean } = {},
): Promise<Input[]> {
  const inputs = await openInputs(
    patterns,
    { stdin: options.stdin ?? new PassThrough(), workingDirectory: directory },
    { spoolDirectory: join(directory, 'spool'), allowEmpty: options.allowEmpty === true },
  );
  opened.push(...inputs);
  return inputs;
}

export async function openOne(directory: string, pattern: string, stdin?: Readable): Promise<Input> {
  const [input] = await openIn(directory, [pattern], stdin ? { stdin } : {});
  if (!input) throw new Error('no input');
  return input;
}

/** Numbered lines, so that a byte out of place shows; exactly `length` bytes. */
export function numberedBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0, line = 0; at < length; line++) at += bytes.write(`line ${line} of the sample\n`, at);
  return bytes;
}
