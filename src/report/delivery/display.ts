/** What the display shows of a delivery. */
import type { RunEvent } from '../../events.ts';
import type { Machine } from '../../machine.ts';
import type { Showing, ShowingMode } from '../display.ts';
import { problemSentence, type Sentence } from '../sentence.ts';
import { Rate } from '../terminal/rate.ts';
import { stoppedText, stopRequestedText } from '../words/delivery.ts';
import { retriedText, waitingText } from '../words/progress.ts';
import { warningText } from '../words/rows.ts';
import { liveBlock, progressLine } from './progress.ts';
import type { Tally } from './tally.ts';

/** Waits at least this long are explained, since people notice them. */
const noticeableMs = 2_000;

export interface DeliveryShown {
  machine: Machine;
  /** The vendor's title: `Scarf`. */
  vendor: string;
  /** The most imports that may be active at the vendor; undefined for a vendor without jobs. */
  maxActive: number | undefined;
}

export function showDelivery(tally: Tally, { machine, vendor, maxActive }: DeliveryShown): Showing<RunEvent> {
  const rate = new Rate(machine);
  const startedMs = machine.elapsedMs();
  const progress = () => ({
    tally,
    vendor,
    maxActive,
    bytesPerSecond: rate.add(tally.source.readBytes),
    elapsedMs: machine.elapsedMs() - startedMs,
  });
  const early = earlyWarnings(tally, vendor);
  const waits = waitsSaid(tally, vendor);
  return {
    sentencesFor: (event, mode) => [
      ...(mode.quiet ? [] : [...early(event), ...waits(event, mode)]),
      ...sentencesFor(event, { tally, vendor, quiet: mode.quiet }),
    ],
    line: () => progressLine(progress()),
    block: (look) => liveBlock(progress(), look),
  };
}

interface Said {
  tally: Tally;
  vendor: string;
  quiet: boolean;
}

function sentencesFor(event: RunEvent, { tally, vendor, quiet }: Said): Sentence[] {
  if (event.type === 'failed') return [problemSentence('error', event)];
  if (event.type === 'stop-requested') return [{ level: 'info', text: stopRequestedText(event.graceMs) }];
  if (event.type === 'stopping') {
    const facts = { waiting: tally.waiting, openJobs: event.jobs.length, vendor };
    return [{ level: 'info', text: stoppedText(event.cause, facts) }];
  }
  if (quiet) return [];
  if (event.type === 'warned') return [problemSentence('warning', event)];
  const isRetried = event.type === 'attempt-failed' && event.why !== 'busy' && event.waitMs >= noticeableMs;
  return isRetried ? [{ level: 'warning', text: retriedText(event) }] : [];
}

/** Prints each warning about rows once, with its first count, early enough to stop before they are sent. */
function earlyWarnings(tally: Tally, vendor: string): (event: RunEvent) => Sentence[] {
  const said = new Set<string>();
  return (event) => {
    if (event.type !== 'rows-read') return [];
    const news = Object.entries(event.warnings).filter(([code]) => !said.has(code));
    for (const [code] of news) said.add(code);
    const { read } = tally.thisRun;
    return news.map(([code, count]) => ({
      level: 'warning',
      text: warningText(code, count, { vendor, of: read }),
    }));
  };
}

/**
 * Without a live block the first wait is printed at once, so that a log does not pause without explanation.
 */
function waitsSaid(tally: Tally, vendor: string): (event: RunEvent, mode: ShowingMode) => Sentence[] {
  let isSaid = false;
  return (event, { isLive }) => {
    const { waiting } = tally;
    if (isLive || isSaid || waiting === undefined) return [];
    if (event.type !== 'slot-awaited' && event.type !== 'attempt-failed') return [];
    isSaid = true;
    return [{ level: 'info', text: waitingText(waiting, vendor) }];
  };
}
