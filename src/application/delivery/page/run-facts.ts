/** What a page about a run shows, from its ledger and, where it has just ended, from what it counted. */
import { addOutcomes, coveredTo, noOutcome } from '../../../delivery/ledger/ranges.ts';
import { emptyHistory, type RunMessages } from '../../../delivery/ledger/history.ts';
import type { RunState } from '../../../delivery/ledger/run-state.ts';
import { stateOfFile } from '../../../delivery/outputs/owned-files.ts';
import { REJECTS_META_SUFFIX } from '../../../delivery/outputs/rejects.ts';
import { EXIT, EXIT_MEANINGS } from '../../../failure.ts';
import type { InputFacts, ReasonFacts, RunFacts } from '../../../page/run/facts.ts';
import type { Counts, JobReport } from '../../../records.ts';
import type { Tally } from '../../../report/delivery/tally.ts';
import type { OptionSpec } from '../../../settings/option-spec.ts';
import { addressOfCopy } from '../../remote-outputs.ts';
import { commandLineOf } from '../command-line.ts';
import { readReasons } from './reject-reasons.ts';

/** A run on disk, or the ledger of one that kept nothing there. */
export interface RecordedRun {
  run: string;
  state: RunState;
  specs: readonly OptionSpec[];
}

type Facts = Omit<RunFacts, 'command' | 'vendor'>;

/** What the ledger of a run tells. */
export async function recordedFacts({ run, state, specs }: RecordedRun): Promise<Facts> {
  const { start, ended, history } = state;
  const { notices = [], errors = [] }: Partial<RunMessages> = ended?.told ?? {};
  const { changes, warnings } = history;
  return {
    run,
    endpoint: start.endpoint,
    commandLine: commandLineOf(state, specs),
    startedAt: start.startedAt,
    ...(ended === undefined ? {} : { endedAt: ended.at, exit: exitFacts(ended.exit) }),
    counts: ended?.counts ?? settledCounts(state),
    inputs: inputsOf(state),
    history,
    jobs: [...state.jobs, ...openJobsOf(state)],
    rejects: { paths: rejectsPathsOf(state), reasons: await recordedReasons(state) },
    changes,
    warnings,
    notices,
    errors,
  };
}

/** What a run counted that has just ended; `recorded` has what its ledger tells, where it has one. */
export function endedFacts(
  tally: Tally,
  { exit, recorded }: { exit: number; recorded: Facts | undefined },
): Facts {
  const { counts, thisRun, failures, notices, changes, warnings } = tally;
  const inputs = tally.inputs.filter((input) => input !== undefined);
  return {
    ...recorded,
    exit: exitFacts(exit),
    counts,
    ...(thisRun.read === counts.read ? {} : { thisRun }),
    inputs: recorded?.inputs ?? inputs,
    history: recorded?.history ?? emptyHistory(),
    jobs: recorded?.jobs ?? [...tally.jobs.values()],
    rejects: {
      paths: recorded?.rejects.paths ?? [],
      reasons: mergeReasons(recorded?.rejects.reasons ?? [], tally.reasons),
    },
    changes: recorded?.changes ?? changes,
    warnings: recorded?.warnings ?? warnings,
    notices: recorded?.notices ?? notices,
    errors: failures,
  };
}

function exitFacts(code: number): { code: number; meaning: string } {
  const found = EXIT_MEANINGS.find(({ name }) => EXIT[name] === code);
  return { code, meaning: found?.meaning ?? 'ended' };
}

/** Those in the files come first: they have the rows. What was not kept in a file is counted all the same. */
function mergeReasons(kept: readonly ReasonFacts[], counted: Tally['reasons']): ReasonFacts[] {
  const merged = new Map(kept.map((group) => [`${group.source} ${group.reason}`, group]));
  for (const { reason, source, message, rows, places } of counted) {
    const key = `${source} ${reason}`;
    const known = merged.get(key);
    const first = places.map(({ path, ...place }) => ({ file: path, message, ...place }));
    merged.set(
      key,
      known === undefined
        ? { reason, source, message, rows, first }
        : { ...known, rows: Math.max(known.rows, rows) },
    );
  }
  return [...merged.values()];
}

/** Before a run has ended: what has settled so far. */
function settledCounts(state: RunState): Counts {
  const { rows: read, ...outcome } = [...state.inputs.values()]
    .flatMap(({ ranges }) => ranges.map((range) => range.outcome))
    .reduce(addOutcomes, noOutcome);
  return { read, ...outcome, pending: 0, unsent: 0 };
}

function inputsOf(state: RunState): InputFacts[] {
  return [...state.inputs.values()].map(({ path, kind, bytes, ranges }) => ({
    path: kind === 'stream' ? 'standard input' : shortPath(path, state.start.workingDirectory),
    bytes: bytes ?? coveredTo(ranges),
    rows: ranges.reduce((sum, { outcome }) => sum + outcome.rows, 0),
  }));
}

/** As it was probably written. */
function shortPath(path: string, directory: string): string {
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
}

function openJobsOf(state: RunState): JobReport[] {
  return [...state.open.values()].flatMap(({ job, pieces, takenAt }) =>
    job === undefined
      ? []
      : [
          {
            id: job,
            status: 'importing',
            rows: pieces.reduce((sum, piece) => sum + piece.rows, 0),
            ...(takenAt === undefined ? {} : { takenAt }),
          },
        ],
  );
}

/** Files with rows of which another file tells why they were rejected; those in a bucket by their addresses. */
function rejectsPathsOf({ files, start }: RunState): string[] {
  return Object.keys(files)
    .filter((path) => isRejects(path, files) && (files[path] ?? 0) > 0)
    .map((path) => addressOfCopy(path, start.settings) ?? path);
}

function isRejects(path: string, files: RunState['files']): boolean {
  return files[`${path}${REJECTS_META_SUFFIX}`] !== undefined;
}

/** Why rows were rejected, as far as the files are there that the run left. */
export async function recordedReasons(
  { files, owned }: RunState,
  isOf?: (input: string) => boolean,
): Promise<ReasonFacts[]> {
  const isUnchanged = async (path: string) => {
    const bytes = files[path];
    if (bytes === undefined) return false;
    return (await stateOfFile(path, { bytes, ...owned[path] })) === 'present';
  };
  return readReasons(Object.keys(files), isUnchanged, isOf);
}
