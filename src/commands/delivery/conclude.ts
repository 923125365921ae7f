/** The end of a run: its ledger is closed, what nobody needs any more is removed, and the outcome is told. */
import { rm } from 'node:fs/promises';
import type { DeliveryEnd } from '../../delivery/deliver.ts';
import type { KeptFiles } from '../../delivery/kept-files.ts';
import { readRun, shrinkLedger } from '../../delivery/ledger.ts';
import { keepFinishedMs, pruneRuns, removeSpools } from '../../delivery/run-catalog.ts';
import { hasDoubts } from '../../delivery/run-state.ts';
import { rejectsPaths, type RejectsPlace } from '../../delivery/rejects.ts';
import type { Session } from '../../delivery/session.ts';
import { asFailure, EXIT } from '../../failure.ts';
import type { Twin } from './inputs.ts';
import type { RunParts } from './run.ts';

export interface Conclusion {
  session: Session;
  end: DeliveryEnd;
  files: KeptFiles;
  rejects: RejectsPlace;
  twins: readonly Twin[];
  parts: RunParts;
}

/** Resolves to the exit code. */
export async function concludeSession({
  session,
  end,
  files,
  rejects,
  twins,
  parts,
}: Conclusion): Promise<number> {
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
    await clearAway(session, parts);
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
 * are in doubt. Runs that finished long ago go.
 */
async function clearAway({ ledger }: Session, { places, machine }: RunParts): Promise<void> {
  const { stateDirectory, spool } = places;
  if (stateDirectory === undefined) {
    await rm(spool, { recursive: true, force: true });
    return;
  }
  const found = await readRun(stateDirectory, ledger.run);
  if (found && (await shrinkLedger(found)) && !hasDoubts(found.state)) await removeSpools(found.state);
  await pruneRuns(stateDirectory, { olderThanMs: keepFinishedMs, nowMs: machine.now() });
}
