/** What the summary of a run says last: the next step. */
import type { ExitName } from '../../failure.ts';

const runAgain = 'run the same command again to resume';

/** What to do about an outcome, where there is something to do. */
export const NEXT_STEPS: Partial<Record<ExitName, string>> = {
  unavailable: runAgain,
  local: runAgain,
  interrupt: runAgain,
  terminate: runAgain,
  hangup: runAgain,
  aborted: runAgain,
  unknown: 'unknown rows stay unknown; --on-unknown resend sends them again and may duplicate rows',
  rejected: 'fix the rejected rows, then run the same command with the rejects file',
};
