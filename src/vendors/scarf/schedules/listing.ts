/** Determines from file names which days the files in a bucket cover. */
import { addDays, eachDay, isDay } from '../../../calendar.ts';

export interface ListedFile {
  /** Such as `events` or `company-rollups`. */
  kind: string;
  from: string;
  to: string;
  /** Undefined when the listing does not show it. */
  bytes: number | undefined;
  name: string;
}

export interface Coverage {
  kind: string;
  files: number;
  first: string;
  last: string;
  missing: string[];
  /** Names of files of zero bytes. */
  empty: string[];
}

/**
 * Matches `events-scarf-export-2026-11-01-2026-11-01-part-000001.csv` ("Scarf docs, Daily scheduled exports",
 * 2026-06). Matching starts only at the beginning of a word: starting at every letter of a long one would take
 * quadratic time.
 */
const fileName =
  /(?=[a-z])(?<=(?:^|[^a-z-])-*)(?<name>(?<kind>[a-z][a-z-]*)-scarf-export-(?<from>\d{4}-\d\d-\d\d)-(?<to>\d{4}-\d\d-\d\d)(?:-part-\d+)?\.csv(?:\.gz)?)\s*$/;
/** `aws s3 ls` prints date, time and size before the name. */
const sizeInFront = /^\s*\d{4}-\d\d-\d\d +\d\d:\d\d:\d\d +(\d+) /;

/** The file in one line of a listing, plain or as `aws s3 ls` prints it; undefined for every other line. */
export function readListedFile(line: string): ListedFile | undefined {
  const groups = fileName.exec(line)?.groups;
  if (groups === undefined) return undefined;
  const { from = '', kind = '', name = '', to = '' } = groups;
  const size = sizeInFront.exec(line)?.[1];
  return { kind, from, to, name, bytes: size === undefined ? undefined : Number(size) };
}

/**
 * What each kind of file covers between the first and the last day (or in `range`). The names show whether their
 * end date is inclusive: it is not when one file ends on the day another starts.
 */
export function findCoverage(
  files: readonly ListedFile[],
  range: { from?: string; to?: string },
): Coverage[] {
  const kinds = [...new Set(files.map(({ kind }) => kind))].sort();
  return kinds.map((kind) =>
    coverageOf(
      kind,
      files.filter((file) => file.kind === kind),
      range,
    ),
  );
}

function coverageOf(
  kind: string,
  files: readonly ListedFile[],
  range: { from?: string; to?: string },
): Coverage {
  const starts = new Set(files.map(({ from }) => from));
  const isExclusive = files.some(({ from, to }) => to !== from && starts.has(to));
  const covered = new Set(files.flatMap((file) => daysOf(file, isExclusive)));
  const days = [...covered].sort();
  const first = range.from ?? days[0] ?? '';
  const last = range.to ?? days.at(-1) ?? '';
  return {
    kind,
    files: files.length,
    first,
    last,
    missing: daysOf({ from: first, to: last }, false).filter((day) => !covered.has(day)),
    empty: files.filter(({ bytes }) => bytes === 0).map(({ name }) => name),
  };
}

function daysOf({ from, to }: { from: string; to: string }, isExclusive: boolean): string[] {
  if (!isDay(from) || !isDay(to) || to < from) return [];
  return eachDay({ from, to: isExclusive && to > from ? addDays(to, -1) : to });
}
