/**
 * Finds streams whose bytes an earlier run delivered with other options. A stream has no identity before its end, so that
 * this can only be told afterwards.
 */
import type { FoundRun } from '../ledger/ledger.ts';
import type { RunInput } from '../ledger/run-state.ts';
import { combineCrc32 } from '../upload/crc-combine.ts';
import { differenceInOptions, hasArrived } from './other-recipes.ts';

/** A stream of a run, and the earlier run that delivered the same bytes. */
export interface StreamSentBefore {
  path: string;
  /** Rows of the stream that have arrived, this time. */
  rows: number;
  run: string;
  /** The options that differ, as text. */
  difference: string;
}

/** The streams of `own` whose bytes one of `runs` has delivered to the same destination with other options. */
export function streamsSentBefore(
  { run, state: { start, inputs } }: FoundRun,
  runs: readonly FoundRun[],
): StreamSentBefore[] {
  if (start.again) return [];
  const streams = [...inputs.values()].filter((input) => input.kind === 'stream' && hasArrived(input));
  return streams.flatMap((stream) => {
    const content = contentOf(stream);
    if (content === undefined) return [];
    for (const { run: earlier, state } of runs) {
      if (earlier === run || state.forgotten) continue;
      const difference = differenceInOptions(state.start, start);
      if (difference === undefined) continue;
      const hasIt = [...state.inputs.values()].some(
        (input) => hasArrived(input) && contentOf(input) === content,
      );
      const { path } = stream;
      if (hasIt) return [{ path, rows: arrivedOf(stream), run: earlier, difference }];
    }
    return [];
  });
}

/** Length and CRC-32 of an input that was handed over from its first byte to its last; undefined for any other. */
function contentOf({ ranges, bytes }: RunInput): string | undefined {
  let crc32 = 0;
  let to = 0;
  for (const range of ranges) {
    if (range.from !== to || range.crc32 === undefined) return undefined;
    crc32 = combineCrc32(crc32, range.crc32, range.to - range.from);
    to = range.to;
  }
  return to > 0 && to === bytes ? `${to} ${crc32}` : undefined;
}

function arrivedOf({ ranges }: RunInput): number {
  return ranges.reduce((sum, { outcome }) => sum + outcome.accepted + outcome.unknown, 0);
}
