/** Writes a document of a run where an option says: to a file, a stream, or an object in a bucket, which it replaces. */
import { isAddress } from '../contracts/storage.ts';
import { outputPath } from '../disk/output/output-path.ts';
import { writeOutput } from '../disk/output/write-output.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import type { StorageSettings } from './options/storage.ts';
import { openStorage } from './storage.ts';

export interface PutContext {
  machine: Machine;
  /** Aborted when there is no time left for files. */
  outOfTime: AbortSignal;
  /** Undefined where the command has no options of storage: addresses are refused. */
  settings?: StorageSettings & { retries: number };
}

/** `path`: as the user wrote it. Throws like `writeOutput`, and for buckets like an `ObjectWriter`. */
export async function putOutput(
  path: string,
  text: string,
  { machine, outOfTime, settings }: PutContext,
): Promise<'file' | 'stream'> {
  if (!isAddress(path))
    return writeOutput(outputPath(path, machine.workingDirectory), text, { machine, signal: outOfTime });
  if (settings === undefined) throw new Failure('usage', `cannot write ${path}: give the name of a file`);
  const storage = openStorage({ settings, machine, signal: outOfTime, warn: () => undefined });
  try {
    await storage.objects.put(path, Buffer.from(text));
    return 'file';
  } finally {
    await storage.close();
  }
}
