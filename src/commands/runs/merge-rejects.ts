/** Rejects of all parts in one file of each format, so that they can be fixed and imported at once. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { isAddress } from '../../contracts/storage.ts';
import { namesBeside } from '../../delivery/outputs/rejects-files.ts';
import { REJECTS_META_ENDING } from '../../delivery/outputs/rejects.ts';
import { withFailureContext } from '../../disk/errno.ts';
import { finalPath } from '../../disk/output/final-path.ts';
import { replaceFile, type Replacement } from '../../disk/output/replace-file.ts';
import { Failure } from '../../failure.ts';
import type { RejectsFile } from '../../report/delivery/document.ts';
import type { PartReport } from '../../report/delivery/merge.ts';

/** A file of rejects of one part, where it is now. */
export interface CollectedRejects {
  path: string;
  /** Rows with the same kind may share a file: format and header. */
  kind: string;
  headerBytes: number;
}

/**
 * The rejects files of the parts, in order. One that is no longer where its run wrote it is looked for beside the
 * report: both may have been gathered from other machines. Objects of buckets are named as
 * they are unless they are to be read (`isRead`). Throws a Failure `local` when one is in neither place.
 */
export async function collectRejects(
  parts: readonly PartReport[],
  { workingDirectory, isRead }: { workingDirectory: string; isRead: boolean },
): Promise<CollectedRejects[]> {
  const collected: CollectedRejects[] = [];
  for (const { path: report, document } of parts) {
    for (const { path, state, headerBytes } of document.rejects.files) {
      if (state === 'gone') continue;
      const beside = join(dirname(resolve(workingDirectory, report)), basename(path));
      const found = await firstThere([resolve(workingDirectory, path), beside]);
      if (found === undefined && isAddress(path) && !isRead) {
        collected.push({ path, kind: path, headerBytes: 0 });
        continue;
      }
      if (found === undefined) {
        throw new Failure('local', `the rejects of part ${document.part.index} are not there: ${path}`, {
          hint: isAddress(path) ? `download them, beside ${report}` : `put them there, or beside ${report}`,
        });
      }
      collected.push({ path: found, ...(await kindOf(found, headerBytes)) });
    }
  }
  return collected;
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true) return path;
  }
  return undefined;
}

/** A table of which nobody knows whether it has a header shares its file with none. */
async function kindOf(
  path: string,
  headerBytes: number | undefined,
): Promise<Pick<CollectedRejects, 'kind' | 'headerBytes'>> {
  const ending = extname(path).slice(1);
  if (headerBytes === undefined && ['csv', 'tsv'].includes(ending)) return { kind: path, headerBytes: 0 };
  const length = headerBytes ?? 0;
  const header = await withFailureContext(`read ${path}`, async () => {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  });
  return { kind: `${ending} ${header.toString('base64')}`, headerBytes: length };
}

export interface MergeRejectsOptions {
  /** The first file; those of other formats stand beside it: `bad.2.csv`. */
  target: string;
  overwrite: boolean;
  /** Called with all files that will be written, before any is. */
  guard: (outputs: readonly string[]) => Promise<void>;
}

/** Concatenates rows and descriptions. Throws a Failure `usage` for a file that is there already. */
export async function mergeRejects(
  collected: readonly CollectedRejects[],
  { target, overwrite, guard }: MergeRejectsOptions,
): Promise<RejectsFile | undefined> {
  const groups = new Map<string, CollectedRejects[]>();
  for (const one of collected) groups.set(one.kind, [...(groups.get(one.kind) ?? []), one]);
  const name = namesBeside(target);
  const outputs = [...groups.values()].map((group, index) => ({
    group,
    path: name(index + 1, extname(group[0]?.path ?? '').slice(1)),
  }));
  const paths = outputs.map(({ path }) => path);
  await guard(paths);
  if (!overwrite) for (const path of paths) await refuseStanding(path);
  for (const { group, path } of outputs) await concatenate(group, path);
  if (outputs.length === 0) return undefined;
  return { path: target, state: 'present', files: paths.map((path) => ({ path, state: 'present' })) };
}

async function refuseStanding(path: string): Promise<void> {
  if ((await finalPath(path)).kind === 'missing') return;
  throw new Failure('usage', `--rejects: ${path} already exists`, {
    hint: 'move it away, or replace it with --overwrite',
  });
}

async function concatenate(group: readonly CollectedRejects[], path: string): Promise<void> {
  const descriptions = group.map((one) => `${one.path}${REJECTS_META_ENDING}`);
  await write(path, async (output) => {
    for (const [index, one] of group.entries())
      await append(output, one.path, index === 0 ? 0 : one.headerBytes);
  });
  await write(`${path}${REJECTS_META_ENDING}`, async (output) => {
    for (const one of descriptions) if ((await firstThere([one])) !== undefined) await append(output, one, 0);
  });
}

async function write(path: string, fill: (output: Replacement) => Promise<void>): Promise<void> {
  const output = await replaceFile(path);
  try {
    await fill(output);
    await output.commit();
  } finally {
    await output.abort();
  }
}

async function append(output: Replacement, path: string, from: number): Promise<void> {
  await withFailureContext(`read ${path}`, async () => {
    for await (const bytes of createReadStream(path, { start: from })) await output.write(bytes as Buffer);
  });
}
