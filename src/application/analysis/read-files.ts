/** Feeds files to an analysis, whatever they are packed with. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Analyser } from '../../analysis/analyser.ts';
import type { Input } from '../../contracts/input.ts';
import { withFailureContext } from '../../disk/errno.ts';
import type { Machine } from '../../machine.ts';
import { refuseContainer } from '../../sources/containers.ts';
import { openFound } from '../../sources/inputs.ts';

export interface ReadFilesOptions {
  machine: Pick<Machine, 'stdin' | 'workingDirectory' | 'temporaryDirectory'>;
  signal: AbortSignal;
}

/** Reads each file once, in order. Throws a Failure for one that cannot be read or is no export. */
export async function readFiles(
  paths: readonly string[],
  analyser: Analyser,
  { machine, signal }: ReadFilesOptions,
): Promise<void> {
  if (paths.length === 0) return;
  const { temporaryDirectory } = machine;
  // The spool of a pipe holds rows, so its directory must be private and its name unpredictable.
  const spoolDirectory = await withFailureContext(`write to ${temporaryDirectory}`, () =>
    mkdtemp(join(temporaryDirectory, 'scarf-cli-')),
  );
  const inputs: Input[] = [];
  try {
    inputs.push(...(await openFound(paths, machine, { spoolDirectory })));
    // A pipe may be silent for hours: abort the wait for it.
    signal.addEventListener('abort', () => {
      for (const input of inputs) void input.close();
    });
    for (const input of inputs) {
      await readInput(input, analyser, signal);
      await input.close();
    }
  } catch (error) {
    // What an interruption closed fails for that reason.
    signal.throwIfAborted();
    throw error;
  } finally {
    for (const input of inputs) await input.close();
    await rm(spoolDirectory, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function readInput(input: Input, analyser: Analyser, signal: AbortSignal): Promise<void> {
  const feed = analyser.feed(input.path);
  for await (const slab of input.read(0)) {
    try {
      signal.throwIfAborted();
      const { buffer, byteOffset, byteLength } = slab.bytes;
      const bytes = Buffer.from(buffer, byteOffset, byteLength);
      if (slab.offset === 0) refuseContainer(bytes.subarray(0, containerBytes), input.path);
      feed.take(bytes);
    } finally {
      slab.release();
    }
    await input.settledUpTo(slab.offset + slab.bytes.length);
  }
  signal.throwIfAborted();
  feed.end();
}

const containerBytes = 4096;
