/** Whether a delivery reads standard input, so that no secret may come from there. */
import type { Command } from 'commander';

/** For rows, or for the list of inputs. */
export function takesStdin(patterns: readonly string[], command: Command): boolean {
  return patterns.includes('-') || command.getOptionValue('filesFrom') === '-';
}
