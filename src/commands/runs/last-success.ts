/** `runs list --last-success`: one timestamp for monitoring. */
import type { RunEntry } from '../../delivery/ledger/ledger.ts';
import { EXIT } from '../../failure.ts';
import type { Machine } from '../../machine.ts';

/** Of the runs that ended with exit code 0, the one that ended last; undefined when there is none. */
function lastSuccess(entries: readonly RunEntry[]): { run: string; at: string } | undefined {
  const successes = entries.flatMap((entry) => {
    if (entry.kind !== 'read' || entry.state.ended?.exit !== EXIT.ok) return [];
    return [{ run: entry.run, at: entry.state.ended.at }];
  });
  return successes.sort((one, other) => (one.at < other.at ? 1 : -1))[0];
}

/** Prints the time, or with `json` one document. Resolves to 3 when no run has succeeded. */
export function printLastSuccess(
  entries: readonly RunEntry[],
  { json }: { json: boolean },
  machine: Pick<Machine, 'stdout' | 'stderr'>,
): number {
  const found = lastSuccess(entries);
  const exit = found === undefined ? EXIT.rejected : EXIT.ok;
  const { at = null, run = null } = found ?? {};
  if (json) machine.stdout.write(`${JSON.stringify({ schema: 1, lastSuccess: at, run, exit })}\n`);
  else if (at !== null) machine.stdout.write(`${at}\n`);
  else machine.stderr.write('no run has succeeded yet\n');
  return exit;
}
