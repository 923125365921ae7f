/** A delivery on the display. */
import type { RunEvent } from '../../events.ts';
import type { Machine } from '../../machine.ts';
import { withHint, type Showing } from '../display.ts';
import { liveBlock } from '../terminal/live-block.ts';
import { earlyWarning } from './text.ts';
import { formatDuration } from '../terminal/numbers.ts';
import { progressLine } from './progress-line.ts';
import type { Tally } from './tally.ts';

/** Waits that a person would notice are explained. */
const noticeableMs = 2_000;
/** How much of the past the shown rate looks back on. */
const rateWindowMs = 5_000;

/** `maxActive`: chunks that may be open at the vendor; undefined where it has no jobs. */
export function showDelivery(
  tally: Tally,
  { machine, maxActive }: { machine: Machine; maxActive: number | undefined },
): Showing<RunEvent> {
  const rate = new Rate(machine);
  const progress = () => ({ tally, maxActive, bytesPerSecond: rate.add(tally.source.readBytes) });
  const early = earlyWarnings(tally);
  return {
    sentenceFor: (event, quiet) => (quiet ? undefined : early(event)) ?? sentenceFor(event, quiet),
    line: () => progressLine(progress()),
    block: (columns, colors) => liveBlock(progress(), { columns, colors }),
  };
}

/** Each warning about rows is said once with the first count of it, while there is time to stop: they are not sent yet. */
function earlyWarnings(tally: Tally): (event: RunEvent) => string | undefined {
  const said = new Set<string>();
  return (event) => {
    if (event.type !== 'rows-read') return undefined;
    const news = Object.entries(event.warnings).filter(([code]) => !said.has(code));
    if (news.length === 0) return undefined;
    for (const [code] of news) said.add(code);
    const { read } = tally.thisRun;
    return news.map(([code, count]) => earlyWarning(code, count, read)).join('\n');
  };
}

function sentenceFor(event: RunEvent, quiet: boolean): string | undefined {
  if (event.type === 'failed') return withHint(event);
  if (event.type === 'stopping') {
    const { why, jobs } = event;
    return jobs.length === 0 ? why : `${why}; imports still running: ${jobs.join(', ')}`;
  }
  if (quiet) return undefined;
  if (event.type === 'warned') return withHint(event);
  if (event.type === 'attempt-failed' && event.waitMs >= noticeableMs) {
    return `${event.message}; trying again in ${formatDuration(event.waitMs)}`;
  }
  return undefined;
}

/** Bytes per second over the last few seconds. */
class Rate {
  readonly #machine: Machine;
  readonly #samples: { atMs: number; bytes: number }[] = [];

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  add(bytes: number): number {
    const atMs = this.#machine.elapsedMs();
    this.#samples.push({ atMs, bytes });
    while (this.#samples.length > 2 && atMs - (this.#samples[0]?.atMs ?? 0) > rateWindowMs)
      this.#samples.shift();
    const first = this.#samples[0];
    if (!first || atMs <= first.atMs) return 0;
    return ((bytes - first.bytes) / (atMs - first.atMs)) * 1000;
  }
}
