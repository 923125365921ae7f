/**
 * The file that `--rejects` names for a check: the rows that a delivery would reject, without descriptions.
 */
import { stat } from 'node:fs/promises';
import type { Supply } from '../../../contracts/supply.ts';
import { inMemoryLedger } from '../../../delivery/ledger/ledger.ts';
import type { FileLengths } from '../../../delivery/ledger/records.ts';
import { openOutputFiles } from '../../../delivery/outputs/output-files.ts';
import { putRejects } from '../../../delivery/outputs/rejects.ts';
import type { Reject } from '../../../records.ts';
import type { RejectsFile } from '../../../report/delivery/document.ts';
import { keptRejects } from '../end/conclude.ts';
import type { RunParts } from '../run-parts.ts';
import type { ReadableInput } from './rows.ts';
import { requestedRejects, rejectsLocation, type RequestedRejects } from './rejects-location.ts';
import { decideRequested } from './run-paths.ts';

export interface CheckRejects {
  put(rejects: readonly Reject[]): Promise<void>;
  /** Closes the file; returns where it is, if there are rejects. */
  close(): Promise<RejectsFile | undefined>;
}

/**
 * Without `--rejects`, rejects are only counted. Throws a Failure `usage` for an existing file that is not a
 * rejects file of ours.
 */
export async function openCheckRejects(
  { readable, supplies }: { readable: readonly ReadableInput[]; supplies: readonly Supply[] },
  parts: RunParts,
  guard: (asked: RequestedRejects | undefined) => Promise<void>,
): Promise<CheckRejects> {
  const { settings, paths } = parts.resolved;
  const { machine, interruption } = parts.context;
  if (settings.rejects === undefined) return { put: async () => undefined, close: async () => undefined };
  const plan = readable.map((_, input) => ({ input, known: [], gaps: [] }));
  const prior = { plan, resumed: undefined, runs: [], others: [] };
  const asked = await requestedRejects(prior, readable, parts);
  await guard(asked);
  const decisions = await decideRequested(prior, asked, parts);
  const nothing = { plan, ledger: inMemoryLedger(paths.run), files: {}, owned: {}, rejectsKinds: {} };
  const location = await rejectsLocation(nothing, readable, { paths, asked });
  const recorded: FileLengths = {};
  for (const [path, decision] of decisions)
    if (decision === 'append') recorded[path] = (await stat(path)).size;
  const onMade = async () => undefined;
  const files = openOutputFiles(recorded, { machine, signal: interruption.signal, decisions, onMade });
  return {
    put: (rejects) => putRejects(rejects, location, { files, supplies }),
    async close() {
      await files.removeReplaced();
      await files.flush();
      const kept = keptRejects(files, location);
      await files.close();
      return kept;
    },
  };
}
