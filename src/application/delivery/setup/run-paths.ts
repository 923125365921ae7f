/** Paths of the files of a run. */
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isAddress } from '../../../contracts/storage.ts';
import type { Supply } from '../../../contracts/supply.ts';
import { openOutputFiles, type OutputFiles } from '../../../delivery/outputs/output-files.ts';
import type { FileLengths } from '../../../delivery/ledger/records.ts';
import {
  possibleRejectsNames,
  REJECTS_META_SUFFIX,
  type RejectsLocation,
} from '../../../delivery/outputs/rejects.ts';
import {
  decideOutputs,
  identifyFile,
  isOwned,
  type OutputDecisions,
} from '../../../delivery/outputs/owned-files.ts';
import { openReplies, type KnownReplies, type ReplyWriter } from '../../../delivery/outputs/replies.ts';
import { bytesBefore } from '../../../delivery/resume/plan.ts';
import type { Prior, Session } from '../../../delivery/resume/session.ts';
import type { Stopping } from '../../../delivery/stopping.ts';
import { outputPath, resolveRowOutput } from '../../../disk/output/output-path.ts';
import type { PathClaim } from '../../../disk/output/path-claims.ts';
import type { Machine } from '../../../machine.ts';
import { stateDirectory } from '../../../settings/state-directory.ts';
import { writeClaim } from '../../claims.ts';
import { runDirectory, type RequestedRejects } from './rejects-location.ts';
import type { ResolvedDelivery, RunParts, RunPaths } from '../run-parts.ts';
import type { DeliverySettings } from '../../options/delivery.ts';

/**
 * `keeps`: whether a later run may resume from the files of this one. Throws a Failure `local` when that is
 * needed and there is no state directory.
 */
export function runPathsOf(
  settings: DeliverySettings,
  { run, keeps }: { run: string; keeps: boolean },
  machine: Machine,
): RunPaths {
  if (!keeps || !settings.ledger) {
    return { run, stateDirectory: undefined, spool: join(machine.temporaryDirectory, `scarf-cli-${run}`) };
  }
  const state = stateDirectory(machine, settings.stateDir);
  return { run, stateDirectory: state, spool: join(state, 'spools', run) };
}

/**
 * The files that `--rejects DIR/` may create: for every input, with all numbers that distinguish equal names.
 */
export function claimsOfRejectsIn(
  rejects: string | undefined,
  inputPaths: readonly string[],
  { workingDirectory }: Machine,
): PathClaim[] {
  if (rejects?.endsWith('/') !== true || isAddress(rejects)) return [];
  const directory = resolve(workingDirectory, rejects);
  const names = new Set(possibleRejectsNames(inputPaths));
  return [...names]
    .flatMap((name) => [name, `${name}${REJECTS_META_SUFFIX}`])
    .map((name) => writeClaim('--rejects', `--rejects ${rejects} (${name})`, join(directory, name)));
}

/** The additional rejects files next to the one that `--rejects` names. */
export function claimsOfFurtherRejects({ path, rowsPaths }: RequestedRejects): PathClaim[] {
  const more = [...new Set(rowsPaths)].filter((rows) => rows !== path && !path.endsWith('/'));
  return more
    .flatMap((rows) => [rows, `${rows}${REJECTS_META_SUFFIX}`])
    .map((file) => writeClaim('--rejects', `--rejects (${file}, for inputs of another kind)`, file));
}

/**
 * Decides for each named output whether to append, replace or create. Throws a Failure `usage` for an
 * existing file that is not ours.
 */
export async function decideRequested(
  { plan, resumed, runs, others }: Prior,
  asked: RequestedRejects | undefined,
  { resolved: { settings }, context: { machine } }: Pick<RunParts, 'resolved' | 'context'>,
): Promise<OutputDecisions> {
  const paths =
    asked === undefined ? [] : asked.rowsPaths.flatMap((rows) => [rows, `${rows}${REJECTS_META_SUFFIX}`]);
  const replies = settings.output && outputPath(settings.output, machine.workingDirectory);
  if (replies !== undefined) paths.push(replies);
  // Those that this command does not name are cut back as well.
  for (const path of Object.keys(resumed?.state.owned ?? {}))
    if (await isOwned(path, resumed?.state)) paths.push(path);
  const isAddedTo = plan.some(({ known }) => known.length > 0);
  const { overwrite, append } = settings;
  return decideOutputs(await withoutStreams([...new Set(paths)]), {
    resumed: resumed?.state,
    earlier: isAddedTo ? runs.map(({ state }) => state) : [],
    others: others.map(({ state }) => state),
    rewritten: replies,
    overwrite,
    append,
  });
}

async function withoutStreams(paths: readonly string[]): Promise<string[]> {
  const kinds = await Promise.all(paths.map(async (path) => (await resolveRowOutput(path)).kind));
  return paths.filter((_, index) => kinds[index] === 'file');
}

/**
 * Opens the run's files at the lengths in its ledger. Other existing files under the given names were decided
 * on before.
 */
export async function openFilesOf(
  session: Session,
  decisions: OutputDecisions,
  { resolved, machine, stopping }: { resolved: ResolvedDelivery; machine: Machine; stopping: Stopping },
): Promise<OutputFiles> {
  const { ledger } = session;
  const recorded = await recordedLengths(session, decisions, runDirectory(session, resolved.paths));
  const added = [...decisions].filter(([, decision]) => decision === 'append').map(([path]) => path);
  for (const path of added) recorded[path] = (await stat(path)).size;
  // Lengths come first: a file that the run owns and that has none is its own from the first byte.
  if (added.length > 0) await ledger.append({ type: 'files', files: recorded, jobs: [...session.jobs] });
  for (const path of added)
    await ledger.append({ type: 'owned', files: { [path]: await identifyFile(path) } });
  const files = openOutputFiles(recorded, {
    machine,
    signal: stopping.noNew,
    decisions,
    onMade: (path, file) => ledger.append({ type: 'owned', files: { [path]: file } }),
  });
  await files.cutBack();
  return files;
}

/**
 * Recorded lengths, for files that still belong to the run: those in its own directory, and those that it is
 * known to own. None of what a file holds without a recorded length counts.
 */
async function recordedLengths(
  { files, owned }: Session,
  decisions: OutputDecisions,
  directory: string,
): Promise<FileLengths> {
  const lengths: FileLengths = {};
  for (const path of [...Object.keys(owned), ...(await outputsIn(directory))]) lengths[path] = 0;
  const recorded: FileLengths = {};
  for (const [path, length] of Object.entries({ ...lengths, ...files })) {
    const decision = decisions.get(path);
    const isOwn =
      dirname(path) === directory || decision === 'own' || (await isOwned(path, { owned, files }));
    if (isOwn && decision !== 'new' && decision !== 'overwrite') recorded[path] = length;
  }
  return recorded;
}

/** Files of rejects and replies in the run's own directory. */
async function outputsIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => /^(rejects|replies)\./.test(name)).map((name) => join(directory, name));
}

/** The vendor's replies, if wanted, with those that a resumed run already has. */
export async function openRepliesOf(
  { session, rejects, files, supplies }: Opened,
  {
    resolved: { settings, paths },
    context: { machine },
    target,
    decisions,
  }: RunParts & { decisions: OutputDecisions },
): Promise<ReplyWriter | undefined> {
  if (settings.output === undefined || target.replies !== true) return undefined;
  const { inputPaths } = rejects;
  const known: KnownReplies[] = inputPaths.map(() => ({ ranges: [], gaps: [] }));
  // Chunks that earlier processes left get their replies now.
  const left = [...session.adopted, ...session.lost].flatMap(({ pieces }) => pieces);
  for (const { input, known: own, end, gaps: unsent, from = 0 } of session.plan) {
    const ranges = from === 0 ? own : [bytesBefore(from), ...own];
    const gaps = [...unsent, ...left.filter((piece) => piece.input === input).map(({ range }) => range)];
    known[input] = end === undefined ? { ranges, gaps } : { ranges, gaps, bytes: end };
  }
  const output = outputPath(settings.output, machine.workingDirectory);
  const journal = join(session.ledger.directory ?? paths.spool, 'replies.ndjson');
  const goesOn = decisions.get(output) === 'own';
  return openReplies({ output, goesOn, journal, inputPaths, known }, { files, supplies });
}

interface Opened {
  session: Session;
  rejects: RejectsLocation;
  files: OutputFiles;
  supplies: readonly Supply[];
}
