/** Decides where the rejects of a run are written. */
import { join } from 'node:path';
import {
  REJECTS_META_SUFFIX,
  rejectsFilesIn,
  type RejectsLocation,
} from '../../../delivery/outputs/rejects.ts';
import {
  chooseRejectsFiles,
  namesBeside,
  namesIn,
  rejectsKind,
  type RejectsKind,
} from '../../../delivery/outputs/rejects-files.ts';
import type { RejectsKinds } from '../../../delivery/ledger/records.ts';
import { runsDirectory } from '../../../delivery/ledger/ledger.ts';
import type { PlannedInput } from '../../../delivery/resume/plan.ts';
import type { Prior, Session } from '../../../delivery/resume/session.ts';
import { outputPath, resolveRowOutput } from '../../../disk/output/output-path.ts';
import type { ResolvedDelivery, RunParts, RunPaths } from '../run-parts.ts';
import type { ReadableInput } from './rows.ts';

/** The rejects files that were decided on before the run began. */
export interface RequestedRejects {
  /** The path of `--rejects`; for a directory with a trailing slash. */
  path: string;
  /** The file for the rows of each input, by the input's number in the ledger. Sparse. */
  rowsPaths: readonly string[];
  /** For a directory, where inputs that are not read again decide the names of others: those of all, by number. */
  inputPaths?: readonly string[];
}

/** The files for `--rejects`; undefined without it, when rejects go to the run's own directory. */
export async function requestedRejects(
  { plan, resumed, runs }: Prior,
  readable: readonly ReadableInput[],
  { resolved, context: { machine } }: Pick<RunParts, 'resolved' | 'context'>,
): Promise<RequestedRejects | undefined> {
  const { rejects, append } = resolved.settings;
  if (rejects === undefined) return undefined;
  const path = outputPath(rejects, machine.workingDirectory);
  if (rejects.endsWith('/')) {
    const inputPaths = inputPathsOf(plan, readable);
    for (const [number, input] of resumed?.state.inputs ?? []) inputPaths[number] ??= input.path;
    return { path: `${path}/`, rowsPaths: rejectsFilesIn(path, inputPaths), inputPaths };
  }
  if ((await resolveRowOutput(path)).kind === 'stream') return { path, rowsPaths: [] };
  const kinds = kindsOf(plan, readable);
  const isAddedTo = plan.some(({ known }) => known.length > 0);
  const files = await chooseRejectsFiles(kinds.filter(isThere), {
    name: namesBeside(path),
    resumed: resumed?.state,
    earlier: isAddedTo ? runs.map(({ state }) => state) : [],
    append,
  });
  return { path, rowsPaths: pathsOf(kinds, files) };
}

/** The location of rejects: as requested, else in the run's own directory. */
export async function rejectsLocation(
  session: Pick<Session, 'plan' | 'ledger' | 'files' | 'owned' | 'rejectsKinds'>,
  readable: readonly ReadableInput[],
  { paths, asked }: Pick<ResolvedDelivery, 'paths'> & { asked: RequestedRejects | undefined },
): Promise<RejectsLocation> {
  const { plan } = session;
  const inputPaths = inputPathsOf(plan, readable);
  const kinds = kindsOf(plan, readable);
  const headerBytes = kinds.map((kind) => kind?.preamble.length ?? 0);
  const preamble = async (number: number) => kinds[number]?.preamble ?? new Uint8Array();
  const directory = runDirectory(session, paths);
  if (asked !== undefined) {
    const isFile = asked.path.endsWith('/') || (await resolveRowOutput(asked.path)).kind === 'file';
    // Beside a stream there is no room for descriptions.
    const meta = isFile ? {} : { meta: join(directory, `rejects.ndjson${REJECTS_META_SUFFIX}`) };
    return { inputPaths, headerBytes, preamble, ...asked, ...meta };
  }
  const { files, owned, rejectsKinds } = session;
  const chosen = await chooseRejectsFiles(kinds.filter(isThere), {
    name: namesIn(directory),
    resumed: { files, owned, rejectsKinds },
    earlier: [],
    append: false,
  });
  const rowsPaths = pathsOf(kinds, chosen);
  return {
    path: rowsPaths.find(isThere) ?? join(directory, 'rejects.ndjson'),
    rowsPaths,
    inputPaths,
    headerBytes,
    preamble,
  };
}

/**
 * Records what each rejects file contains, before anything is written, so that a later run does not mix
 * kinds.
 */
export async function recordRejects(
  { ledger, plan, rejectsKinds }: Session,
  readable: readonly ReadableInput[],
  { path, rowsPaths = [], meta }: RejectsLocation,
): Promise<void> {
  if (path.endsWith('/') || meta !== undefined) return;
  const news: RejectsKinds = {};
  for (const [number, kind] of kindsOf(plan, readable).entries()) {
    const file = rowsPaths[number];
    if (kind !== undefined && file !== undefined && rejectsKinds[file] !== kind.id) news[file] = kind.id;
  }
  if (Object.keys(news).length > 0) await ledger.append({ type: 'rejects', kinds: news });
}

/** By number in the ledger. Sparse. */
function inputPathsOf(plan: readonly PlannedInput[], readable: readonly ReadableInput[]): string[] {
  const paths: string[] = [];
  for (const [index, { input }] of plan.entries()) paths[input] = readable[index]?.input.path ?? '-';
  return paths;
}

/** The run's own directory. */
export function runDirectory(
  { ledger }: Pick<Session, 'ledger'>,
  { spool, stateDirectory: state }: RunPaths,
): string {
  return state === undefined ? spool : join(runsDirectory(state), ledger.run);
}

/** The directory of the additional files for `--rejects FILE`, and how many there may be. */
export function furtherRejectsNames(path: string, readable: readonly ReadableInput[]): string[] {
  const kinds = new Map(readable.map((one) => [kindOf(one).id, kindOf(one)]));
  const name = namesBeside(path);
  const numbers = Array.from({ length: Math.max(0, kinds.size - 1) }, (_, index) => index + 2);
  const endings = new Set([...kinds.values()].map(({ ending }) => ending));
  return numbers.flatMap((number) => [...endings].map((ending) => name(number, ending)));
}

/** Rows from JSON values are kept verbatim, and need not be one per line. */
const ENDINGS = {
  ndjson: 'ndjson',
  json: 'ndjson',
  csv: 'csv',
  tsv: 'tsv',
  text: 'txt',
  log: 'log',
} as const;

function kindOf({ format, preamble }: ReadableInput): RejectsKind {
  return rejectsKind([format.name, format.delimiter ?? ''], ENDINGS[format.name], preamble);
}

/** Length of what rejects files begin with, by kind of their rows. */
export function headersByKind(readable: readonly ReadableInput[]): ReadonlyMap<string, number> {
  return new Map(readable.map(kindOf).map(({ id, preamble }) => [id, preamble.length]));
}

/** By number in the ledger. Sparse. */
function kindsOf(
  plan: readonly PlannedInput[],
  readable: readonly ReadableInput[],
): (RejectsKind | undefined)[] {
  const kinds: (RejectsKind | undefined)[] = [];
  for (const [index, { input }] of plan.entries()) {
    const one = readable[index];
    if (one !== undefined) kinds[input] = kindOf(one);
  }
  return kinds;
}

function pathsOf(kinds: readonly (RejectsKind | undefined)[], files: ReadonlyMap<string, string>): string[] {
  const paths: string[] = [];
  kinds.forEach((kind, number) => {
    const path = kind === undefined ? undefined : files.get(kind.id);
    if (path !== undefined) paths[number] = path;
  });
  return paths;
}

function isThere<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
