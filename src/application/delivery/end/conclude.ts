/** Ends a run: closes its ledger, removes what is no longer needed, and reports the outcome. */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DeliveryEnd } from '../../../delivery/deliver.ts';
import type { OutputFiles } from '../../../delivery/outputs/output-files.ts';
import { compactLedger, readRun } from '../../../delivery/ledger/ledger.ts';
import { removeSpools, tidyRuns } from '../../../delivery/ledger/catalog/run-catalog.ts';
import { foldRun } from '../../../delivery/ledger/fold-run.ts';
import { hasDoubts } from '../../../delivery/ledger/run-state.ts';
import { stateOfFile, sealFile, type LeftFiles } from '../../../delivery/outputs/owned-files.ts';
import { type OwnedFiles } from '../../../delivery/ledger/records.ts';
import {
  REJECTS_META_SUFFIX,
  rejectsPaths,
  type RejectsLocation,
} from '../../../delivery/outputs/rejects.ts';
import type { Session } from '../../../delivery/resume/session.ts';
import { asFailure, EXIT } from '../../../failure.ts';
import type { LockSet } from '../../../disk/lock/lock-set.ts';
import type { RejectsFile } from '../../../report/delivery/document.ts';
import { lockIfFree, type DuplicateInput } from '../setup/inputs/inputs.ts';
import type { RecordedRun } from '../page/run-facts.ts';
import type { RunParts } from '../run-parts.ts';

export interface Conclusion {
  session: Session;
  end: DeliveryEnd;
  files: OutputFiles;
  rejects: RejectsLocation;
  duplicates: readonly DuplicateInput[];
  /** Those of the inputs. */
  locks: LockSet | undefined;
  parts: RunParts;
}

/** Resolves to the exit code. */
export async function concludeSession(conclusion: Conclusion): Promise<number> {
  const { session, end, files, rejects, duplicates, parts } = conclusion;
  const { report, machine } = parts.context;
  const kept = withRequestedNames(keptRejects(files, rejects), parts);
  const reportFailure = (error: unknown) => {
    const { kind, message } = asFailure(error);
    // What stopped the run may stop its end too.
    const isReported = report.messages().errors?.some((earlier) => earlier.message === message);
    if (!isReported) report.emit({ type: 'failed', kind, message });
  };
  report.emitEnd(end, duplicates);
  try {
    if (end.stopped?.why !== 'failure') await files.removeReplaced();
    await files.close();
    await seal(session, files, rejects);
    // What cannot be put there is tried again by the next run, which has nothing else to do.
    await parts.outputs.publish().catch(reportFailure);
    const at = new Date(machine.now()).toISOString();
    await session.ledger.append({
      type: 'ended',
      at,
      exit: EXIT[report.exitFor(end)],
      counts: report.counts(),
      told: report.messages(),
    });
    machine.faultPoint('ended');
    await session.ledger.close();
    await clearAway(conclusion);
  } catch (error) {
    reportFailure(error);
  }
  const { run } = session.ledger;
  return report.end({ end, rejects: kept, run, recorded: () => recorded(run, parts) });
}

/** What is on record of the run, for those who want to show it. */
export async function recorded(
  run: string,
  { resolved, remembered = [] }: Pick<RunParts, 'resolved' | 'remembered'>,
): Promise<RecordedRun | undefined> {
  const { stateDirectory } = resolved.paths;
  const state =
    stateDirectory === undefined ? foldRun(remembered) : (await readRun(stateDirectory, run))?.state;
  return state === undefined ? undefined : { run, state, specs: resolved.command.specs };
}

/** Where the rejects of this run are; undefined when there are none. */
export function keptRejects(files: OutputFiles, rejects: RejectsLocation): RejectsFile | undefined {
  const inputs = [...rejects.inputPaths.keys()];
  const rows = new Map(
    inputs.map((input) => [rejectsPaths(rejects, input).rows, rejects.headerBytes?.[input]]),
  );
  const kept = [...rows]
    .filter(([path]) => !files.isEmpty(path))
    .map(([path, headerBytes]) => ({ path, state: 'present' as const, ...headerOf(headerBytes) }));
  const [first] = kept;
  if (first === undefined) return undefined;
  return { path: rejects.path.endsWith('/') ? rejects.path : first.path, state: 'present', files: kept };
}

/** With the addresses of files that go to a bucket, in place of those of their copies here. */
export function withRequestedNames(
  rejects: RejectsFile | undefined,
  { outputs }: Pick<RunParts, 'outputs'>,
): RejectsFile | undefined {
  if (rejects === undefined) return undefined;
  const files = rejects.files.map((file) => ({ ...file, path: outputs.nameOf(file.path) }));
  return { ...rejects, path: outputs.nameOf(rejects.path), files };
}

/** Records the contents of the rejects files, so that a later run can tell whether they are unchanged. */
async function seal({ ledger }: Session, files: OutputFiles, rejects: RejectsLocation): Promise<void> {
  const rows = [...rejects.inputPaths.keys()].map((input) => rejectsPaths(rejects, input).rows);
  const lengths = files.lengths();
  const sealed: OwnedFiles = {};
  for (const path of new Set(rows)) if ((lengths[path] ?? 0) > 0) sealed[path] = await sealFile(path);
  if (Object.keys(sealed).length > 0) await ledger.append({ type: 'owned', files: sealed });
}

function headerOf(headerBytes: number | undefined): { headerBytes?: number } {
  return headerBytes === undefined ? {} : { headerBytes };
}

/**
 * Where a finished run wrote its rejects and whether they still exist; undefined when it had none. `headers`: what
 * files begin with, by kind of their rows.
 */
export async function findRejects(
  { files, owned, rejectsKinds = {} }: LeftFiles,
  headers: ReadonlyMap<string, number>,
): Promise<RejectsFile | undefined> {
  const rows = Object.keys(files).filter(
    (path) => (files[path] ?? 0) > 0 && files[`${path}${REJECTS_META_SUFFIX}`] !== undefined,
  );
  const states = await Promise.all(
    rows.map(async (path) => ({
      path,
      state: await stateOfFile(path, { bytes: files[path] ?? 0, ...owned[path] }),
      ...headerOf(headers.get(rejectsKinds[path] ?? '')),
    })),
  );
  const [first] = states;
  if (first === undefined) return undefined;
  const isWhole = states.every(({ state }) => state === first.state);
  const isDirectory = rows.length > 1 && rows.some((path) => rejectsKinds[path] === undefined);
  return {
    path: isDirectory ? `${dirname(first.path)}/` : first.path,
    state: isWhole ? first.state : 'changed',
    files: states,
  };
}

/**
 * When nothing is left to do for any input the ledger can be short, and a spool is not needed, unless rows of it
 * are in doubt. Of runs that finished long ago only that stays which keeps rows from being sent again.
 */
async function clearAway({ session: { ledger }, locks, parts }: Conclusion): Promise<void> {
  const { resolved, context } = parts;
  const { stateDirectory, spool } = resolved.paths;
  const { machine } = context;
  if (stateDirectory === undefined) {
    await rm(spool, { recursive: true, force: true });
    return;
  }
  const found = await readRun(stateDirectory, ledger.run);
  if (found && (await compactLedger(found)) && !hasDoubts(found.state)) await removeSpools(found.state);
  const lock = lockIfFree({ stateDirectory, machine, ...(locks === undefined ? {} : { besides: locks }) });
  await tidyRuns(stateDirectory, { nowMs: machine.now(), ownRun: ledger.run, lock });
}
