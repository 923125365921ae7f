/** The exit code of a delivery. */
import { worstExit, type ExitName } from '../../failure.ts';
import type { Counts, Share } from '../../records.ts';
import { isShareOf } from './shares.ts';
import { withoutOutcome, type Tally } from './tally.ts';

export interface ExitRules {
  allowRejects?: Share;
  signal?: 'hangup' | 'interrupt' | 'terminate';
  /** Whether to wait for jobs; without it, jobs still running are no flaw. */
  wait: boolean;
  /** Whether rows are sent. If so, unsent rows are a flaw; a dry run sends none. */
  sends: boolean;
  deadlineReached: boolean;
}

/** The exit code for the run's events, worst first. */
export function exitOf(tally: Tally, rules: ExitRules): ExitName {
  const { counts } = tally;
  const names: ExitName[] = tally.failures.map(({ kind }) => kind);
  if (rules.signal) names.push(rules.signal);
  if (rules.deadlineReached) names.push('unavailable');
  if (tally.aborted) names.push('aborted');
  if (counts.unknown > 0) names.push('unknown');
  if (counts.rejected > 0 && !isShareOf(counts.rejected, counts.read, rules.allowRejects))
    names.push('rejected');
  if (!isBalanced(counts)) names.push('bug');
  const isStranded = (counts.unsent > 0 && rules.sends) || (counts.pending > 0 && rules.wait);
  if (isStranded && names.length === 0) names.push('rejected');
  return worstExit(names);
}

/** Checks that every row read has exactly one outcome. */
function isBalanced(counts: Counts): boolean {
  return withoutOutcome(counts) === 0;
}
