/** Rejects of all parts in one file of each format, so that they can be fixed and imported at once. */
import { extname } from 'node:path';
import { isAddress } from '../../contracts/storage.ts';
import { namesBeside } from '../../delivery/outputs/rejects-files.ts';
import { REJECTS_META_SUFFIX } from '../../delivery/outputs/rejects.ts';
import { finalPath } from '../../disk/output/final-path.ts';
import { replaceFile, type Replacement } from '../../disk/output/replace-file.ts';
import { Failure } from '../../failure.ts';
import type { FileState, RejectsFile } from '../../report/delivery/document.ts';
import type { PartReport } from '../../report/delivery/merge.ts';
import { besideReport, findPartFile, type PartFile, type PartFileContext } from './part-file.ts';

/** A file of rejects of one part, where it is now. */
export interface CollectedRejects {
  path: string;
  /** Rows with the same kind may share a file: format and header. */
  kind: string;
  headerBytes: number;
  /** Undefined for what nobody is going to read. */
  file: PartFile | undefined;
  state: FileState;
}

/**
 * The rejects files of the parts, in order. One that is no longer where its run wrote it is looked for beside the
 * report: both may have been gathered from other machines. Where nothing is to be read (`isRead`), objects of buckets are named
 * as they are, and a file that is in neither place is gone. Else throws a Failure `local` for such a file, and like an
 * `ObjectReader`.
 */
export async function collectRejects(
  parts: readonly PartReport[],
  { context, isRead }: { context: PartFileContext; isRead: boolean },
): Promise<CollectedRejects[]> {
  const collected: CollectedRejects[] = [];
  for (const { path: report, document } of parts) {
    for (const { path, state, headerBytes } of document.rejects.files) {
      const beside = besideReport(report, path);
      // What lies here need not be asked for.
      const candidates = isAddress(path) ? [beside, ...(isRead ? [path] : [])] : [path, beside];
      const file = await firstThere(candidates, context);
      if (file === undefined && !isRead) {
        const left = isAddress(path) ? state : 'gone';
        collected.push({ path, kind: path, headerBytes: 0, file, state: left });
        continue;
      }
      if (file === undefined) {
        throw new Failure('local', `the rejects of part ${document.part.index} are not there: ${path}`, {
          hint: `put them there, or beside ${report}`,
        });
      }
      collected.push({ path: file.path, file, state: 'present', ...(await kindOf(file, headerBytes)) });
    }
  }
  return collected;
}

async function firstThere(paths: readonly string[], context: PartFileContext): Promise<PartFile | undefined> {
  for (const path of paths) {
    const found = await findPartFile(path, context);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A table of which nobody knows whether it has a header shares its file with none. */
async function kindOf(
  file: PartFile,
  headerBytes: number | undefined,
): Promise<Pick<CollectedRejects, 'kind' | 'headerBytes'>> {
  const ending = extname(file.path).slice(1);
  if (headerBytes === undefined && ['csv', 'tsv'].includes(ending))
    return { kind: file.path, headerBytes: 0 };
  const length = headerBytes ?? 0;
  const header: Uint8Array[] = [];
  if (length > 0) for await (const bytes of file.read(0, length)) header.push(bytes);
  return { kind: `${ending} ${Buffer.concat(header).toString('base64')}`, headerBytes: length };
}

export interface MergeRejectsOptions {
  context: PartFileContext;
  /** The first file; those of other formats stand beside it: `bad.2.csv`. */
  target: string;
  overwrite: boolean;
  /** Called with all files that will be written, before any is. */
  guard: (outputs: readonly string[]) => Promise<void>;
}

/** Concatenates rows and descriptions. Throws a Failure `usage` for a file that is there already. */
export async function mergeRejects(
  collected: readonly CollectedRejects[],
  { target, context, overwrite, guard }: MergeRejectsOptions,
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
  for (const { group, path } of outputs) await concatenate(group, path, context);
  if (outputs.length === 0) return undefined;
  return { path: target, state: 'present', files: paths.map((path) => ({ path, state: 'present' })) };
}

async function refuseStanding(path: string): Promise<void> {
  if ((await finalPath(path)).kind === 'missing') return;
  throw new Failure('usage', `--rejects: ${path} already exists`, {
    hint: 'move it away, or replace it with --overwrite',
  });
}

async function concatenate(
  group: readonly CollectedRejects[],
  path: string,
  context: PartFileContext,
): Promise<void> {
  await write(path, async (output) => {
    for (const [index, { file, headerBytes }] of group.entries())
      await append(output, file, index === 0 ? 0 : headerBytes);
  });
  await write(`${path}${REJECTS_META_SUFFIX}`, async (output) => {
    for (const one of group)
      await append(output, await findPartFile(`${one.path}${REJECTS_META_SUFFIX}`, context), 0);
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

async function append(output: Replacement, file: PartFile | undefined, from: number): Promise<void> {
  if (file === undefined) return;
  for await (const bytes of file.read(from)) await output.write(bytes);
}
