/** The page of a run that has just ended. */
import { processMask } from '../../../masking/process-mask.ts';
import { isFinished } from '../../../delivery/ledger/run-state.ts';
import type { RunFacts } from '../../../page/run/facts.ts';
import { runPage } from '../../../page/run/page.ts';
import type { Tally } from '../../../report/delivery/tally.ts';
import { endedFacts, recordedFacts, type RecordedRun } from './run-facts.ts';

export interface EndedRun {
  command: string;
  /** Title of the vendor. */
  vendor: string;
  exit: number;
  timeZone: string | undefined;
  /** Undefined: nothing is on record. */
  recorded: RecordedRun | undefined;
}

/** The page as text, without secrets. */
export async function endedPage(
  tally: Tally,
  { command, vendor, exit, timeZone, recorded }: EndedRun,
): Promise<string> {
  const known = recorded === undefined ? undefined : await recordedFacts(recorded);
  return pageOf({
    command,
    vendor,
    ...endedFacts(tally, { exit, recorded: known }),
    ...(timeZone === undefined ? {} : { timeZone }),
  });
}

/** The page of a run on disk. */
export async function recordedPage(recorded: RecordedRun, vendor: string): Promise<string> {
  const { command } = recorded.state.start;
  const facts = await recordedFacts(recorded);
  const isResumable = !recorded.state.forgotten && !isFinished(recorded.state);
  const goOn = isResumable ? `scarf-cli runs resume ${recorded.run}` : undefined;
  return pageOf({ command, vendor, ...facts, ...(goOn === undefined ? {} : { goOn }) });
}

function pageOf(facts: RunFacts): string {
  return runPage(processMask.value(facts) as RunFacts);
}
