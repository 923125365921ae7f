/**
 * Writes rejects: the rows verbatim in the format of the input, so that the file can be fixed and imported again,
 * and next to it one line per row with position and reason, without secrets.
 */
import { basename, join } from 'node:path';
import { placeOfAddress } from '../../contracts/storage.ts';
import type { Supply } from '../../contracts/supply.ts';
import type { Reject } from '../../records.ts';
import { processMask } from '../../masking/process-mask.ts';
import type { OutputFiles } from './output-files.ts';

export interface RejectsLocation {
  /** A file; with a trailing slash, a directory with a file for each input. */
  path: string;
  /** The rows file by input, where the inputs do not share one. */
  rowsPaths?: readonly string[];
  /** Where the descriptions go; undefined: next to each rows file. */
  meta?: string;
  /** As written by the user, by input. */
  inputPaths: readonly string[];
  /** Length of the start of the rejects file of an input, by input. */
  headerBytes?: readonly number[];
  /** Start of the rejects file of an input: a CSV header, or nothing. */
  preamble: (input: number) => Promise<Uint8Array>;
}

/** Suffix of the file next to rejected rows that tells where each was and why it was rejected. */
export const REJECTS_META_SUFFIX = '.meta.ndjson';

const lineFeed = 0x0a;
const lineEnd = Uint8Array.of(lineFeed);

/** The two files for rejects of an input: the rows and their descriptions. */
export function rejectsPaths(
  { path, rowsPaths, meta, inputPaths }: Pick<RejectsLocation, 'path' | 'rowsPaths' | 'meta' | 'inputPaths'>,
  input: number,
): { rows: string; meta: string } {
  const rows = path.endsWith('/') ? join(path, fileName(inputPaths, input)) : (rowsPaths?.[input] ?? path);
  return { rows, meta: meta ?? `${rows}${REJECTS_META_SUFFIX}` };
}

/** The rejects file of each input in a directory. */
export function rejectsFilesIn(directory: string, inputPaths: readonly string[]): string[] {
  const files: string[] = [];
  for (const input of inputPaths.keys()) files[input] = join(directory, fileName(inputPaths, input));
  return files;
}

/**
 * Writes rejects, those of each input in row order. Durable once the files are flushed. Throws a Failure `local`
 * when a file cannot be written.
 */
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
    const offset = await files.lengthOf(paths.rows);
    await copyRows(group, supply, (bytes) => files.append(paths.rows, bytes));
    const path = location.inputPaths[input] ?? '-';
    await files.append(paths.meta, describe(group, { file: path, offset }));
  }
}

/** Rejects with lines counted from the beginning of their input, also where only a part of it is delivered. */
export async function withLinesOfInput(
  rejects: readonly Reject[],
  supplies: readonly Supply[],
): Promise<readonly Reject[]> {
  const numbered: Reject[] = [];
  for (const reject of rejects) {
    const supply = supplies[reject.input];
    // A row that nobody can name has no line.
    if (supply?.linesBefore === undefined || reject.line === 0) numbered.push(reject);
    else numbered.push({ ...reject, line: reject.line + (await supply.linesBefore()) });
  }
  return numbered;
}

type Group = readonly [Reject, ...Reject[]];

/** Rows within this distance are read at once: a file may hold a million rejects. */
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

/** Copies the rows of a group, each followed by a line end. A row longer than the limit is streamed. */
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

/** Extracts the rows of a group from their span, without an object per row: there may be a million. */
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

/** One description per line. `offset`: where in the file of rows the first of the group begins. */
function describe(group: Group, { file, offset: first }: { file: string; offset: number }): Uint8Array {
  let lines = '';
  let offset = first;
  for (const { line, column, reason, source, message, from, to } of group) {
    const bytes = to - from;
    const about = { file, line, column: column ?? null, reason, source, message, offset, bytes };
    lines += `${JSON.stringify(about)}\n`;
    offset += bytes + 1;
  }
  return Buffer.from(processMask.json(lines));
}

/** Inputs with the same name in different directories are told apart by their number. */
function fileName(paths: readonly string[], input: number): string {
  const name = nameOf(paths[input] ?? '-');
  return (countNames(paths).get(name) ?? 0) > 1 ? `${input + 1}-${name}` : name;
}

/** Every name that the rejects files of these inputs may get in a directory, numbered where inputs share a name. */
export function possibleRejectsNames(paths: readonly string[]): string[] {
  const numbered = paths.map((_, index) => fileName(paths, index));
  return [...new Set([...countNames(paths).keys(), ...numbered])];
}

const counted = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

/** How many inputs share each name. Computed once per list: there may be thousands. */
function countNames(paths: readonly string[]): ReadonlyMap<string, number> {
  const known = counted.get(paths);
  if (known) return known;
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(nameOf(path), (counts.get(nameOf(path)) ?? 0) + 1);
  counted.set(paths, counts);
  return counts;
}

function nameOf(path: string): string {
  return path === '-' ? 'stdin' : basename(placeOfAddress(path)).replace(/\.gz$/, '');
}
