/** Where the files of a run are. */
import { join, resolve } from 'node:path';
import type { Supply } from '../../contracts.ts';
import { lengthsOf, openKeptFiles, removeStale, type KeptFiles } from '../../delivery/kept-files.ts';
import { runsDirectory } from '../../delivery/ledger.ts';
import {
  possibleRejectsNames,
  REJECTS_META_ENDING,
  rejectsPaths,
  type RejectsPlace,
} from '../../delivery/rejects.ts';
import { openReplies, type KnownReplies, type ReplyWriter } from '../../delivery/replies.ts';
import type { Session } from '../../delivery/session.ts';
import type { Stopping } from '../../delivery/stopping.ts';
import { outputPath, resolveRowOutput } from '../../disk/output-path.ts';
import type { PathClaim } from '../../disk/path-claims.ts';
import type { Machine } from '../../machine.ts';
import { stateDirectory } from '../../settings/state-directory.ts';
import { writeClaim } from '../claims.ts';
import type { ReadableInput } from './rows.ts';
import type { RunParts } from './run.ts';
import type { DeliverySettings } from './settings.ts';

export interface RunPlaces {
  /** The name of the run, should a new one begin. */
  run: string;
  /** Undefined: nothing is kept from which a later run could go on. */
  stateDirectory: string | undefined;
  /** Where pipes are spooled. */
  spool: string;
}

/** `keeps`: whether a later run may go on from what this one leaves. Throws a Failure `local` when there is no place for that. */
export function placesOf(
  settings: DeliverySettings,
  { run, keeps }: { run: string; keeps: boolean },
  machine: Machine,
): RunPlaces {
  if (!keeps || !settings.ledger) {
    return { run, stateDirectory: undefined, spool: join(machine.temporaryDirectory, `scarf-cli-${run}`) };
  }
  const state = stateDirectory(machine, settings.stateDir);
  return { run, stateDirectory: state, spool: join(state, 'spools', run) };
}

/** What `--rejects DIR/` will hold, whichever of the inputs have rejects and whichever numbers tell equal names apart. */
export function claimsOfRejectsIn(
  rejects: string | undefined,
  inputPaths: readonly string[],
  { workingDirectory }: Machine,
): PathClaim[] {
  if (rejects?.endsWith('/') !== true) return [];
  const directory = resolve(workingDirectory, rejects);
  const names = new Set(possibleRejectsNames(inputPaths));
  return [...names]
    .flatMap((name) => [name, `${name}${REJECTS_META_ENDING}`])
    .map((name) => writeClaim('--rejects', `--rejects ${rejects} (${name})`, join(directory, name)));
}

/** Where rejects go: as asked, else to the run's own directory. */
export async function rejectsPlace(
  session: Session,
  readable: readonly ReadableInput[],
  parts: RunParts,
): Promise<RejectsPlace> {
  const inputPaths: string[] = [];
  const preambles: Uint8Array[] = [];
  for (const [index, { input: number }] of session.plan.entries()) {
    inputPaths[number] = readable[index]?.input.path ?? '-';
    preambles[number] = readable[index]?.preamble ?? new Uint8Array();
  }
  const ending = ENDINGS[readable[0]?.format.name ?? 'ndjson'];
  const preamble = async (number: number) => preambles[number] ?? new Uint8Array();
  const asked = askedRejectsPath(parts);
  const own = join(runDirectory(session, parts), `rejects.${ending}`);
  if (asked === undefined) return { path: own, inputPaths, preamble };
  const isFile = asked.endsWith('/') || (await resolveRowOutput(asked)).kind === 'file';
  // Beside a stream there is no room for descriptions.
  return { path: asked, inputPaths, preamble, ...(isFile ? {} : { meta: `${own}.meta.ndjson` }) };
}

/** Rows out of an array of JSON are written a row a line. */
const ENDINGS = { ndjson: 'ndjson', json: 'ndjson', csv: 'csv', tsv: 'tsv', text: 'txt' } as const;

function askedRejectsPath({ settings: { rejects }, machine }: RunParts): string | undefined {
  if (rejects === undefined) return undefined;
  const path = outputPath(rejects, machine.workingDirectory);
  return rejects.endsWith('/') ? `${path}/` : path;
}

function runDirectory({ ledger }: Session, { places }: RunParts): string {
  const { stateDirectory: state } = places;
  return state === undefined ? places.spool : join(runsDirectory(state), ledger.run);
}

/**
 * Opens the run's files where its ledger left them. A delivery that begins anew clears what an earlier one
 * left under the name that the user gave; one that sends what a file has grown by adds to it.
 */
export async function openFilesOf(
  session: Session,
  rejects: RejectsPlace,
  { settings, machine, stopping }: RunParts & { stopping: Stopping },
): Promise<KeptFiles> {
  const inputs = [...rejects.inputPaths.keys()];
  const paths =
    settings.rejects === undefined
      ? []
      : inputs.flatMap((input) => Object.values(rejectsPaths(rejects, input)));
  if (settings.output !== undefined) paths.push(outputPath(settings.output, machine.workingDirectory));
  const beginsAnew = session.plan.every(({ known }) => known.length === 0);
  if (!session.goesOn && beginsAnew) await removeStale(paths);
  else if (!session.goesOn)
    await session.ledger.append({ type: 'files', files: await lengthsOf(paths), jobs: [] });
  const recorded = session.goesOn || beginsAnew ? session.files : await lengthsOf(paths);
  const files = openKeptFiles(recorded, { machine, signal: stopping.noNew });
  await files.cutBack();
  return files;
}

/** The vendor's replies, where they are wanted, with what a run that goes on still holds of them. */
export async function openRepliesOf(
  { session, rejects, files, supplies }: Opened,
  { settings, target, machine, places }: RunParts,
): Promise<ReplyWriter | undefined> {
  if (settings.output === undefined || target.replies !== true) return undefined;
  const { inputPaths } = rejects;
  const known: KnownReplies[] = inputPaths.map(() => ({ ranges: [], gaps: [] }));
  for (const { input, known: ranges, end, gaps } of session.plan) {
    known[input] = end === undefined ? { ranges, gaps } : { ranges, gaps, bytes: end };
  }
  const output = outputPath(settings.output, machine.workingDirectory);
  const journal = join(session.ledger.directory ?? places.spool, 'replies.ndjson');
  return openReplies({ output, journal, inputPaths, known }, { files, supplies });
}

interface Opened {
  session: Session;
  rejects: RejectsPlace;
  files: KeptFiles;
  supplies: readonly Supply[];
}
