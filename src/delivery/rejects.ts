/**
 * The rejects: rows that cannot be delivered, verbatim in the input's own format, so that the file can
 * be mended and given to the same command, and beside it a line a row that says where and why.
 */
import { basename, join } from 'node:path';
import type { Supply } from '../contracts.ts';
import type { Reject } from '../records.ts';
import type { KeptFiles } from './kept-files.ts';

export interface RejectsPlace {
  /** A file for all inputs, or, ending in a slash, a directory with a file for each. */
  path: string;
  /** As the user wrote them, by input. */
  inputPaths: readonly string[];
  /** What a rejects file of an input begins with: a CSV header, or nothing. */
  preamble: (input: number) => Promise<Uint8Array>;
}

const lineEnd = Uint8Array.of(0x0a);

/** The two files of an input's rejects: the rows, and `.meta.ndjson` beside them. */
export function rejectsPaths(
  place: Pick<RejectsPlace, 'path' | 'inputPaths'>,
  input: number,
): { rows: string; meta: string } {
  const rows = place.path.endsWith('/') ? join(place.path, fileName(place.inputPaths, input)) : place.path;
  return { rows, meta: `${rows}.meta.ndjson` };
}

/** Puts rejects down in the order given. Durable once the files are flushed. */
export async function putRejects(
  rejects: readonly Reject[],
  place: RejectsPlace,
  { files, supplies }: { files: KeptFiles; supplies: readonly Supply[] },
): Promise<void> {
  for (const reject of rejects) {
    const supply = supplies[reject.input];
    if (supply === undefined) continue;
    const paths = rejectsPaths(place, reject.input);
    if ((await files.lengthOf(paths.rows)) === 0)
      await files.append(paths.rows, await place.preamble(reject.input));
    for await (const bytes of supply.verbatim(reject)) await files.append(paths.rows, bytes);
    await files.append(paths.rows, lineEnd);
    await files.append(paths.meta, describe(reject, place.inputPaths[reject.input] ?? '-'));
  }
}

function describe(reject: Reject, file: string): Uint8Array {
  const { line, column, reason, source, message } = reject;
  return Buffer.from(`${JSON.stringify({ file, line, column: column ?? null, reason, source, message })}\n`);
}

/** Two inputs of one name in different directories keep apart by their number. */
function fileName(paths: readonly string[], input: number): string {
  const name = nameOf(paths[input] ?? '-');
  const isShared = paths.some((path, index) => index !== input && nameOf(path) === name);
  return isShared ? `${input + 1}-${name}` : name;
}

function nameOf(path: string): string {
  return path === '-' ? 'stdin' : basename(path).replace(/\.gz$/, '');
}
