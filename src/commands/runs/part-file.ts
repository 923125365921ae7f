/** Files that parts have left, where they are now: on this machine, or in buckets. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isAddress, type ObjectReader } from '../../contracts/storage.ts';
import { withFailureContext } from '../../disk/errno.ts';

/** How much of an object is read by one request. */
const pieceBytes = 4 * 1024 * 1024;

export interface PartFile {
  /** An absolute path, or an address. */
  path: string;
  /** The bytes from `from` to `to`, or to the end. Throws a Failure `local` when they cannot be read. */
  read(from: number, to?: number): AsyncIterable<Uint8Array>;
}

export interface PartFileContext {
  workingDirectory: string;
  objects: ObjectReader;
}

/** Undefined where there is no such file or object. Throws like an `ObjectReader`. */
export async function findPartFile(
  path: string,
  { workingDirectory, objects }: PartFileContext,
): Promise<PartFile | undefined> {
  if (isAddress(path)) {
    const object = await objects.look(path);
    if (object === undefined) return undefined;
    return {
      path,
      async *read(from, to = object.bytes) {
        for (let at = from; at < to; at += pieceBytes)
          yield await objects.read(object, at, Math.min(to, at + pieceBytes));
      },
    };
  }
  const file = resolve(workingDirectory, path);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  return { path: file, read: (from, to) => readFrom(file, { start: from, end: to && to - 1 }) };
}

async function* readFrom(path: string, range: { start: number; end: number | undefined }) {
  const bytes = createReadStream(path, range)[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  for (;;) {
    const next = await withFailureContext(`read ${path}`, () => bytes.next());
    if (next.done === true) return;
    yield next.value;
  }
}

/** A file that was gathered together with a report has its name beside it. */
export function besideReport(report: string, path: string): string {
  if (isAddress(report)) return report.replace(/[^/]*$/, basename(path));
  return join(dirname(report), basename(path));
}
