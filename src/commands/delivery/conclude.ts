/** The end of a run: its ledger is closed, what nobody needs any more is removed, and the outcome is told. */
import { rm } from 'node:fs/promises';
import type { DeliveryEnd } from '../../delivery/deliver.ts';
import type { KeptFiles } from '../../delivery/kept-files.ts';
import { compactLedger, readRun } from '../../delivery/ledger.ts';
import { removeSpools, tidyRuns } from '../../delivery/run-catalog.ts';
import { hasDoubts } from '../../delivery/run-state.ts';
import { rejectsPaths, type RejectsPlace } from '../../delivery/rejects.ts';
import type { Session } from '../../delivery/session.ts';
import { asFailure, EXIT } from '../../failure.ts';
import type { LockSet } from '../../disk/lock-set.ts';
import { lockIfFree, type Twin } from './inputs.ts';
import type { RunParts } from './run.ts';

export interface Conclusion {
  session: Session;
  end: DeliveryEnd;
  files: KeptFiles;
  rejects: RejectsPlace;
  twins: readonly Twin[];
  /** Those of the inputs. */
  locks: LockSet | undefined;
  parts: RunParts;
}

/** Resolves to the exit code. */
export async function concludeSession(conclusion: Conclusion): Promise<number> {
  const { session, end, files, rejects, twins, parts } = conclusion;
  const { report, machine } = parts;
  const rejectsPath = hasRejects(files, rejects) ? rejects.path : undefined;
  report.tellEnd(end, twins);
  try {
    await files.close();
    const at = new Date(machine.now()).toISOString();
    await session.ledger.append({
      type: 'ended',
      at,
      exit: EXIT[report.exitFor(end)],
      counts: report.counts(),
    });
    machine.faultPoint('ended');
    await session.ledger.close();
    await clearAway(conclusion);
  } catch (error) {
    const { kind, message } = asFailure(error);
    report.tell({ type: 'failed', kind, message });
  }
  return report.end({ end, twins, rejectsPath, run: session.ledger.run });
}

function hasRejects(files: KeptFiles, rejects: RejectsPlace): boolean {
  return [...rejects.inputPaths.keys()].some((input) => !files.isEmpty(rejectsPaths(rejects, input).rows));
}

/**
 * When nothing is left to do for any input the ledger can be short, and a spool is not needed, unless rows of it
 * are in doubt. Of runs that finished long ago only that stays which keeps rows from being sent again.
 */
async function clearAway({ session: { ledger }, locks, parts }: Conclusion): Promise<void> {
  const { places, machine } = parts;
  const { stateDirectory, spool } = places;
  if (stateDirectory === undefined) {
    await rm(spool, { recursive: true, force: true });
    return;
  }
  const found = await readRun(stateDirectory, ledger.run);
  if (found && (await compactLedger(found)) && !hasDoubts(found.state)) await removeSpools(found.state);
  const lock = lockIfFree({ stateDirectory, machine, ...(locks === undefined ? {} : { besides: locks }) });
  await tidyRuns(stateDirectory, { nowMs: machine.now(), ownRun: ledger.run, lock });
}
