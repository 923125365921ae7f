/** The words of `runs`. */
import { countOf, formatBytes, formatCount } from '../terminal/numbers.ts';

export const noRunsText = 'No runs yet: "scarf-cli import FILE" makes one.';

/** `events.ndjson and 2 more` */
export function inputsOfRunText(paths: readonly string[], part?: { index: number; of: number }): string {
  const [first = part === undefined ? '-' : 'nothing', ...more] = paths;
  const inputs = more.length === 0 ? first : `${first} and ${formatCount(more.length)} more`;
  return part === undefined ? inputs : `part ${part.index}/${part.of}: ${inputs}`;
}

/** `part 2 of 8 (counted from 0)` */
export function partText({ index, of }: { index: number; of: number }): string {
  return `part ${index} of ${of} (counted from 0)`;
}

export function forgottenText(run: string): string {
  return `Forgot run ${run}.`;
}

export function prunedText(runs: number): string {
  return runs === 0 ? 'No runs to remove.' : `Removed ${countOf(runs, 'run')}.`;
}

/** What happens when a run is forgotten. */
export function consequenceText(run: string, consequence: 'without-ids' | 'unknown'): string {
  const what = {
    'without-ids': 'delivered rows without ids',
    unknown: 'has rows that may or may not have arrived',
  }[consequence];
  return `run ${run} ${what}: they are sent again if their files are given again`;
}

const factWidth = 10;

/** A line of `runs show`: the name of a fact, and the fact. */
export function fact(name: string, text: string): string {
  return `${`${name}:`.padEnd(factWidth)}${text}`;
}

/** `events.ndjson: 1.2 MB of 3.0 MB settled, read 100 = accepted 100` */
export function inputText(facts: {
  path: string;
  bytes: number | null;
  settledBytes: number;
  equation: string;
}): string {
  const total = facts.bytes === null ? 'an unknown length' : formatBytes(facts.bytes);
  return `${facts.path}: ${formatBytes(facts.settledBytes)} of ${total} settled, ${facts.equation}`;
}
