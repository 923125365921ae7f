/** Makes one outcome of the reports of all parts of a whole. */
import { EXIT, Failure, worstExit, type ExitName } from '../../failure.ts';
import type { Changes, Counts, JobReport } from '../../records.ts';
import type { RejectsOfKind, ReportedPart } from './document.ts';
import type { PlannedRequests } from './text.ts';
import { emptyTally, maxPlaces, type InputReport, type ReasonGroup, type Tally } from './tally.ts';

/** What is used of a report; the whole is described in schemas/delivery.json. */
export interface PartDocument {
  command: string;
  run: string | null;
  part: ReportedPart;
  counts: Counts;
  thisRun: Counts;
  inputs: InputReport[];
  jobs: JobReport[];
  rejects: {
    reasons: ReasonGroup[];
    files: { path: string; state: RejectsOfKind['state']; headerBytes?: number }[];
  };
  changes: Changes;
  warnings: Changes;
  unaccounted: number;
  requests: number;
  retries: number;
  /** Reports of earlier versions do not have it. */
  bytesRead?: number;
  bytesSent: number;
  notices: Tally['notices'];
  errors: Tally['failures'];
  planned?: PlannedRequests;
  timeZone?: string;
  durationMs: number;
  exit: number;
}

/** A report and where it was read. */
export interface PartReport {
  path: string;
  document: PartDocument;
}

export interface Merged {
  tally: Tally;
  command: string;
  /** In order of their numbers. */
  parts: PartReport[];
  /** Numbers of parts without a report. */
  missing: number[];
  of: number;
  exit: ExitName;
  /** Of a check: what would be sent. */
  planned: PartDocument['planned'];
  /** Of the part that took longest. */
  durationMs: number;
}

/**
 * Sums the reports. Throws a Failure `usage` when they are not of one whole, when a part is there twice, and when
 * the counts of one do not add up. The exit code is the worst; a missing part counts as one that must run again.
 */
export function mergeReports(reports: readonly PartReport[]): Merged {
  const [first] = reports;
  if (first === undefined) throw new Failure('usage', 'there is no report to merge');
  for (const report of reports) refuseStranger(first, report);
  const parts = [...reports].sort((one, other) => one.document.part.index - other.document.part.index);
  refuseRepetitions(parts);
  const { of } = first.document.part;
  const there = new Set(parts.map(({ document }) => document.part.index));
  const missing = Array.from({ length: of }, (_, index) => index).filter((index) => !there.has(index));
  const documents = parts.map(({ document }) => document);
  const exits = documents.map(({ exit }) => exitName(exit));
  return {
    tally: tallyOf(documents),
    command: first.document.command,
    parts,
    missing,
    of,
    exit: worstExit(missing.length > 0 ? [...exits, 'unavailable'] : exits),
    planned: plannedOf(documents),
    durationMs: Math.max(...documents.map(({ durationMs }) => durationMs)),
  };
}

/** A digest that is null was not known yet when the part failed. */
function refuseStranger(first: PartReport, other: PartReport): void {
  const [one, two] = [first.document, other.document];
  const differ = (name: 'list' | 'recipe') =>
    one.part[name] !== null && two.part[name] !== null && one.part[name] !== two.part[name];
  const difference =
    one.command !== two.command
      ? 'commands'
      : one.part.of !== two.part.of
        ? 'numbers of parts'
        : differ('list')
          ? 'lists of inputs (names or sizes)'
          : differ('recipe')
            ? 'options or destinations'
            : undefined;
  if (difference === undefined) return refuseWrongCounts(other);
  throw new Failure('usage', `${first.path} and ${other.path} are of different ${difference}`, {
    hint: 'merge the reports of one job only',
  });
}

function refuseWrongCounts({ path, document: { counts } }: PartReport): void {
  const { read, ...outcomes } = counts;
  if (Object.values(outcomes).reduce((sum, rows) => sum + rows, 0) === read) return;
  throw new Failure('usage', `${path}: its counts do not add up`);
}

function refuseRepetitions(sorted: readonly PartReport[]): void {
  for (const [index, { path, document }] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next?.document.part.index !== document.part.index) continue;
    throw new Failure('usage', `part ${document.part.index} is there twice: ${path} and ${next.path}`, {
      hint: 'a part that ran again has a new report: leave the old one out',
    });
  }
}

function exitName(code: number): ExitName {
  const found = Object.entries(EXIT).find(([, number]) => number === code);
  return (found?.[0] as ExitName | undefined) ?? 'bug';
}

function tallyOf(documents: readonly PartDocument[]): Tally {
  const sum = (pick: (document: PartDocument) => number) =>
    documents.reduce((total, document) => total + pick(document), 0);
  return {
    ...emptyTally(),
    counts: sumOf(documents.map(({ counts }) => counts)),
    thisRun: sumOf(documents.map(({ thisRun }) => thisRun)),
    inputs: joinInputs(documents.flatMap(({ inputs }) => inputs)),
    jobs: new Map(documents.flatMap(({ jobs }) => jobs).map((job) => [job.id, job])),
    reasons: joinReasons(documents.flatMap(({ rejects }) => rejects.reasons)),
    changes: sumOf(documents.map(({ changes }) => changes)),
    warnings: sumOf(documents.map(({ warnings }) => warnings)),
    notices: distinct(documents.flatMap(({ notices }) => notices)),
    failures: distinct(documents.flatMap(({ errors }) => errors)),
    requests: sum(({ requests }) => requests),
    retries: sum(({ retries }) => retries),
    bytesSent: sum(({ bytesSent }) => bytesSent),
    unaccounted: sum(({ unaccounted }) => unaccounted),
    source: { readBytes: sum(({ bytesRead = 0 }) => bytesRead), totalBytes: 0, inputs: [] },
  };
}

function sumOf<Counted extends object>(counted: readonly Counted[]): Counted {
  const total: Record<string, number> = {};
  for (const [name, rows] of counted.flatMap((one) => Object.entries(one) as [string, number][]))
    total[name] = (total[name] ?? 0) + rows;
  return total as Counted;
}

/** An input that several parts have bytes of is one input. */
function joinInputs(inputs: readonly InputReport[]): InputReport[] {
  const joined = new Map<string, InputReport>();
  for (const { path, bytes, rows } of inputs) {
    const known = joined.get(path);
    if (known === undefined) joined.set(path, { path, bytes, rows });
    else Object.assign(known, { bytes: known.bytes + bytes, rows: known.rows + rows });
  }
  return [...joined.values()];
}

/** In order of the parts, so that the first places are the first of the whole. */
function joinReasons(groups: readonly ReasonGroup[]): ReasonGroup[] {
  const joined = new Map<string, ReasonGroup>();
  for (const group of groups) {
    const key = `${group.source} ${group.reason}`;
    const known = joined.get(key);
    if (known === undefined) joined.set(key, { ...group, places: [...group.places] });
    else joined.set(key, joinGroups(known, group));
  }
  return [...joined.values()];
}

function joinGroups(one: ReasonGroup, other: ReasonGroup): ReasonGroup {
  const isSame = one.message === other.message;
  const others = (one.others ?? 0) + (isSame ? (other.others ?? 0) : other.rows);
  const places = isSame ? other.places : other.places.map((place) => ({ message: other.message, ...place }));
  return {
    ...one,
    rows: one.rows + other.rows,
    ...(others === 0 ? {} : { others }),
    places: [...one.places, ...places].slice(0, maxPlaces),
  };
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function plannedOf(documents: readonly PartDocument[]): PartDocument['planned'] {
  const planned = documents.flatMap((document) => document.planned ?? []);
  if (planned.length === 0) return undefined;
  const sums = sumOf(planned.map(({ requests, rows, bytes }) => ({ requests, rows, bytes })));
  return { ...sums, estimated: planned.some(({ estimated }) => estimated) };
}
