/**
 * The rejects: rows that cannot be delivered, verbatim in the input's own format, so that the file can
 * be mended and given to the same command, and beside it a line a row that says where and why, without secrets.
 */
import { basename, join } from 'node:path';
import type { Supply } from '../../contracts/supply.ts';
import type { Reject } from '../../records.ts';
import { processMask } from '../../masking/process-mask.ts';
import type { OutputFiles } from './output-files.ts';

export interface RejectsLocation {
  /** A file, or, ending in a slash, a directory with a file for each input. */
  path: string;
  /** By input: the file that its rows go to, where they do not all go to one. */
  rowsPaths?: readonly string[];
  /** Where their descriptions go; undefined: beside the rows, as for every file. */
  meta?: string;
  /** As the user wrote them, by input. */
  inputPaths: readonly string[];
  /** What a rejects file of an input begins with: a CSV header, or nothing. */
  preamble: (input: number) => Promise<Uint8Array>;
}

/** Beside a file of rejected rows: where each stood, and why it was rejected. */
export const REJECTS_META_ENDING = '.meta.ndjson';

const lineFeed = 0x0a;
const lineEnd = Uint8Array.of(lineFeed);

/** The two files of an input's rejects: the rows, and `.meta.ndjson` beside them. */
export function rejectsPaths(
  { path, rowsPaths, meta, inputPaths }: Pick<RejectsLocation, 'path' | 'rowsPaths' | 'meta' | 'inputPaths'>,
  input: number,
): { rows: string; meta: string } {
  const rows = path.endsWith('/') ? join(path, fileName(inputPaths, input)) : (rowsPaths?.[input] ?? path);
  return { rows, meta: meta ?? `${rows}${REJECTS_META_ENDING}` };
}

/** By input: its own file in a directory. */
export function rejectsFilesIn(directory: string, inputPaths: readonly string[]): string[] {
  const files: string[] = [];
  for (const input of inputPaths.keys()) files[input] = join(directory, fileName(inputPaths, input));
  return files;
}

/** Puts rejects down, those of one input in the order of its rows. Durable once the files are flushed. */
export async function putRejects(
  rejects: readonly Reject[],
  location: RejectsLocation,
  { files, supplies }: { files: OutputFiles; supplies: readonly Supply[] },
): Promise<void> {
  const inOrder = [...rejects].sort((one, other) => one.input - other.input || one.from - other.from);
  for (const group of groupNear(inOrder)) {
    const [{ input }] = group;
    const supply = supplies[input];
    if (supply === undefined) continue;
    const paths = rejectsPaths(location, input);
    if ((await files.lengthOf(paths.rows)) === 0)
      await files.append(paths.rows, await location.preamble(input));
    await copyRows(group, supply, (bytes) => files.append(paths.rows, bytes));
    const path = location.inputPaths[input] ?? '-';
    await files.append(paths.meta, describe(group, path));
  }
}

/** At least one reject of one input. */
type Group = readonly [Reject, ...Reject[]];

/** Rows that lie near each other are read at once: a file may hold a million rejects. */
const maxSpanBytes = 1024 * 1024;

function groupNear(rejects: readonly Reject[]): Group[] {
  const groups: [Reject, ...Reject[]][] = [];
  for (const reject of rejects) {
    const last = groups[groups.length - 1];
    const isNear =
      last !== undefined && last[0].input === reject.input && reject.to - last[0].from <= maxSpanBytes;
    if (isNear) last.push(reject);
    else groups.push([reject]);
  }
  return groups;
}

/** Copies the rows of a group, each with a line end behind it. A row that is longer than a group streams through. */
async function copyRows(
  group: Group,
  supply: Supply,
  append: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const from = group[0].from;
  const to = Math.max(...group.map((reject) => reject.to));
  if (to - from > maxSpanBytes) {
    for await (const bytes of supply.verbatim({ from, to })) await append(bytes);
    await append(lineEnd);
    return;
  }
  const parts: Uint8Array[] = [];
  for await (const bytes of supply.verbatim({ from, to })) parts.push(new Uint8Array(bytes));
  const span = Buffer.concat(parts);
  await append(rowsOf(span, group));
}

/** The rows of a group, out of the span that they lie in. No object a row: there may be a million. */
function rowsOf(span: Buffer, group: Group): Uint8Array {
  const start = group[0].from;
  const rows = Buffer.allocUnsafe(group.reduce((bytes, { from, to }) => bytes + to - from + 1, 0));
  let at = 0;
  for (const { from, to } of group) {
    at += span.copy(rows, at, from - start, to - start);
    at = rows.writeUInt8(lineFeed, at);
  }
  return rows;
}

/** A line a row. */
function describe(group: Group, file: string): Uint8Array {
  let lines = '';
  for (const { line, column, reason, source, message } of group) {
    lines += `${JSON.stringify({ file, line, column: column ?? null, reason, source, message })}\n`;
  }
  return Buffer.from(processMask.json(lines));
}

/** Two inputs of one name in different directories keep apart by their number. */
function fileName(paths: readonly string[], input: number): string {
  const name = nameOf(paths[input] ?? '-');
  return (countNames(paths).get(name) ?? 0) > 1 ? `${input + 1}-${name}` : name;
}

/** The names that files of rejects may get in a directory, for these inputs: numbered where they share theirs, as long as none is left out. */
export function possibleRejectsNames(paths: readonly string[]): string[] {
  const numbered = paths.map((_, index) => fileName(paths, index));
  return [...new Set([...countNames(paths).keys(), ...numbered])];
}

const counted = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

/** How many inputs share each name. Once a list: there may be thousands. */
function countNames(paths: readonly string[]): ReadonlyMap<string, number> {
  const known = counted.get(paths);
  if (known) return known;
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(nameOf(path), (counts.get(nameOf(path)) ?? 0) + 1);
  counted.set(paths, counts);
  return counts;
}

function nameOf(path: string): string {
  return path === '-' ? 'stdin' : basename(path).replace(/\.gz$/, '');
}
