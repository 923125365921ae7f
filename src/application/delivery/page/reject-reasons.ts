/** Reads the files of rejects of a run again: how many rows each reason has, and its first rows. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { REJECTS_META_SUFFIX } from '../../../delivery/outputs/rejects.ts';
import type { ReasonFacts, RejectFacts } from '../../../page/run/facts.ts';

/** So many rows of a reason are shown. */
const maxFirst = 5;
/** Text of a row beyond this is left out. */
const maxTextBytes = 400;
/** Beyond so many reasons the rest is counted and not told. */
const maxReasons = 200;

/** A line of `.meta.ndjson`. `offset` and `bytes` are missing in files of older versions. */
interface Description {
  file: string;
  line: number;
  column: number | null;
  reason: string;
  source: 'local' | 'server';
  message: string;
  offset?: number;
  bytes?: number;
}

/**
 * The reasons in the order in which they first occur. `paths`: the files that the run left, of which those with
 * descriptions are read; what cannot be read is left out. Rows are taken from files that `isUnchanged` vouches for,
 * and only those of inputs that `isOf` accepts.
 */
export async function readReasons(
  paths: readonly string[],
  isUnchanged: (path: string) => Promise<boolean>,
  isOf: (input: string) => boolean = () => true,
): Promise<ReasonFacts[]> {
  const groups = new Map<string, Group>();
  for (const path of paths.filter((one) => one.endsWith(REJECTS_META_SUFFIX))) {
    const rowsPath = path.slice(0, -REJECTS_META_SUFFIX.length);
    const rows = (await isUnchanged(rowsPath)) ? await openIfThere(rowsPath) : undefined;
    const descriptions = await openIfThere(path);
    try {
      await readInto(groups, descriptions === undefined ? [] : descriptionsIn(descriptions, isOf), rows);
    } catch {
      // Nothing depends on it: the reasons that were read are shown.
    } finally {
      await descriptions?.close();
      await rows?.close();
    }
  }
  return [...groups.values()];
}

type Group = Omit<ReasonFacts, 'first'> & { first: RejectFacts[] };

async function* descriptionsIn(
  file: FileHandle,
  isOf: (input: string) => boolean,
): AsyncGenerator<Description> {
  for await (const line of file.readLines({ autoClose: false })) {
    const one = JSON.parse(line) as Description;
    if (isOf(one.file)) yield one;
  }
}

async function readInto(
  groups: Map<string, Group>,
  descriptions: AsyncIterable<Description> | Iterable<Description>,
  rows: FileHandle | undefined,
): Promise<void> {
  for await (const one of descriptions) {
    const key = `${one.source} ${one.reason}`;
    let group = groups.get(key);
    if (group === undefined) {
      if (groups.size >= maxReasons) continue;
      const { reason, source, message } = one;
      groups.set(key, (group = { reason, source, message, rows: 0, first: [] }));
    }
    group.rows += 1;
    if (one.message !== group.message) group.others = (group.others ?? 0) + 1;
    if (group.first.length < maxFirst) group.first.push(await rejectOf(one, rows));
  }
}

async function rejectOf(one: Description, rows: FileHandle | undefined): Promise<RejectFacts> {
  const { file, line, column, message } = one;
  const text = rows === undefined ? undefined : await textOf(one, rows);
  return {
    file,
    line,
    message,
    ...(column === null ? {} : { column }),
    ...(text === undefined ? {} : { text }),
  };
}

async function textOf({ offset, bytes }: Description, rows: FileHandle): Promise<string | undefined> {
  if (offset === undefined || bytes === undefined) return undefined;
  const wanted = Math.min(bytes, maxTextBytes);
  const { buffer, bytesRead } = await rows.read(Buffer.alloc(wanted), 0, wanted, offset);
  const text = new TextDecoder().decode(buffer.subarray(0, bytesRead), { stream: true });
  return bytes > wanted ? `${text}…` : text;
}

/** A FIFO in place of the file is not waited for. */
async function openIfThere(path: string): Promise<FileHandle | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (file === undefined || (await file.stat()).isFile()) return file;
  await file.close();
  return undefined;
}
