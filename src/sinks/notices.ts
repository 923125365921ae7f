/** Notices about a destination that differs from its recorded state. */
import type { Days } from '../contracts/dataset.ts';
import type { Clock } from '../contracts/sink.ts';

interface Notice {
  code: string;
  message: string;
  hint?: string;
}

/** Days recorded by a clock that was ahead of this one. */
export function aheadOfClock(destination: string, doubted: readonly Days[], { today }: Clock): Notice {
  const through = doubted.at(-1)?.to ?? '';
  return {
    code: 'checkpoint-ahead',
    message: `${destination} was noted to have everything up to ${through}, but today is ${today}: ${daysText(doubted)} ${doubted.length === 1 ? 'is' : 'are'} not taken to be there and fetched again`,
    hint: 'check the clock of this machine, and of the one that ran before',
  };
}

/** Days whose rows are no longer in the output. */
export function outputChanged(what: string, lost: readonly Days[]): Notice {
  return {
    code: 'output-changed',
    message: `${what}: ${daysText(lost)} ${lost.length === 1 ? 'is' : 'are'} not taken to be there`,
  };
}

/** `2026-11-01, 2026-11-03 to 2026-11-05`. */
function daysText(ranges: readonly Days[]): string {
  return ranges.map(({ from, to }) => (from === to ? from : `${from} to ${to}`)).join(', ');
}
