/** Where the files of a run are. */
import { join, resolve } from 'node:path';
import type { Input, Supply } from '../../contracts.ts';
import { openKeptFiles, removeStale, type KeptFiles } from '../../delivery/kept-files.ts';
import { runsDirectory } from '../../delivery/ledger.ts';
import { rejectsPaths, type RejectsPlace } from '../../delivery/rejects.ts';
import { openReplies, type ReplyWriter } from '../../delivery/replies.ts';
import type { KnownRange } from '../../delivery/ranges.ts';
import type { Session } from '../../delivery/session.ts';
import type { GivenInput } from '../../delivery/survey.ts';
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { stateDirectory } from '../../settings/state-directory.ts';
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

export function placesOf(settings: DeliverySettings, run: string, machine: Machine): RunPlaces {
  if (!settings.ledger) {
    return { run, stateDirectory: undefined, spool: join(machine.temporaryDirectory, `scarf-cli-${run}`) };
  }
  const state = stateDirectory(machine, settings.stateDir);
  return { run, stateDirectory: state, spool: join(state, 'spools', run) };
}

/** The rejects would be written over the very rows that are being read. */
export function refuseRejectsAsInput(inputs: readonly Input[], rejects: string | undefined): void {
  if (rejects === undefined || !inputs.some(({ path }) => resolve(path) === resolve(rejects))) return;
  throw new Failure('usage', `--rejects ${rejects} is also an input`, {
    hint: 'give the rejects another name',
  });
}

/** Where rejects go: as asked, else to the run's own directory. */
export function rejectsPlace(session: Session, given: readonly GivenInput[], parts: RunParts): RejectsPlace {
  const inputPaths: string[] = [];
  session.plan.forEach(({ input }, index) => {
    inputPaths[input] = given[index]?.input.path ?? '-';
  });
  return { path: rejectsPath(session, parts), inputPaths, preamble: async () => new Uint8Array() };
}

function rejectsPath({ ledger }: Session, { settings, places, machine }: RunParts): string {
  const { rejects } = settings;
  if (rejects !== undefined) {
    const path = resolve(machine.workingDirectory, rejects);
    return rejects.endsWith('/') ? `${path}/` : path;
  }
  const { stateDirectory: state } = places;
  const directory = state === undefined ? places.spool : join(runsDirectory(state), ledger.run);
  return join(directory, 'rejects.ndjson');
}

/**
 * Opens the run's files where its ledger left them. A delivery that begins anew clears what an earlier one
 * left under the name that the user gave; one that goes on, also with a file that has grown, keeps it.
 */
export async function openFilesOf(
  session: Session,
  rejects: RejectsPlace,
  { settings }: RunParts,
): Promise<KeptFiles> {
  const beginsAnew = !session.goesOn && session.plan.every(({ known }) => known.length === 0);
  if (settings.output !== undefined && beginsAnew) await removeStale([settings.output]);
  if (settings.rejects !== undefined && beginsAnew) {
    const inputs = [...rejects.inputPaths.keys()];
    await removeStale(inputs.flatMap((input) => Object.values(rejectsPaths(rejects, input))));
  }
  return openKeptFiles(session.files, { keepUnrecorded: !beginsAnew && !session.goesOn });
}

/** The vendor's replies, where they are wanted, with what a run that goes on still holds of them. */
export async function openRepliesOf(
  { session, rejects, files, supplies }: Opened,
  { settings, target, machine, places }: RunParts,
): Promise<ReplyWriter | undefined> {
  if (settings.output === undefined || target.replies !== true) return undefined;
  const { inputPaths } = rejects;
  const known: { ranges: readonly KnownRange[]; bytes?: number }[] = inputPaths.map(() => ({ ranges: [] }));
  for (const { input, known: ranges, end } of session.plan) {
    known[input] = end === undefined ? { ranges } : { ranges, bytes: end };
  }
  const output = resolve(machine.workingDirectory, settings.output);
  const journal = join(session.ledger.directory ?? places.spool, 'replies.ndjson');
  return openReplies({ output, journal, inputPaths, known }, { files, supplies });
}

interface Opened {
  session: Session;
  rejects: RejectsPlace;
  files: KeptFiles;
  supplies: readonly Supply[];
}
