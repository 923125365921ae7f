/** Warns of streams whose rows an earlier run delivered with other options. */
import { findRuns } from '../../delivery/ledger/ledger.ts';
import type { GivenInput } from '../../delivery/resume/matches.ts';
import { streamsSentBefore, type StreamSentBefore } from '../../delivery/resume/streams-sent-before.ts';
import type { RunEvent } from '../../events.ts';
import { countOf } from '../../report/terminal/numbers.ts';
import type { RunParts } from './run-parts.ts';

/** Emits a warning for each. Earlier runs that cannot be read are no reason to fail a delivery that is over. */
export async function warnOfRepeatedStreams(
  run: string,
  given: readonly GivenInput[],
  { resolved, context }: Pick<RunParts, 'resolved' | 'context'>,
): Promise<void> {
  const { command, paths } = resolved;
  const { stateDirectory } = paths;
  if (stateDirectory === undefined || given.every(({ input }) => input.kind !== 'stream')) return;
  const { runs } = await findRuns(stateDirectory).catch(() => ({ runs: [] }));
  const own = runs.find((found) => found.run === run);
  if (own === undefined) return;
  for (const stream of streamsSentBefore(own, runs)) {
    context.report.emit(warningOf(stream, command.vendor.title));
  }
}

function warningOf({ path, rows, run, difference }: StreamSentBefore, vendor: string): RunEvent {
  const name = path === '-' ? 'standard input' : path;
  return {
    type: 'warned',
    code: 'sent-before',
    message: `${name} was delivered by run ${run} with other options (${difference}): ${countOf(rows, 'event')} may be at ${vendor} twice`,
    hint: 'a pipe is known only at its end: give a file, and this is refused; --again or --salt TEXT says that it is meant',
  };
}
