/** What a person, a log or a program sees of a run while it goes on: `--progress` in one place. */
import type { Ora } from 'ora';
import type { RunEvent } from '../events.ts';
import type { Machine } from '../machine.ts';
import { colorsFor } from './colors.ts';
import { liveBlock as blockText } from './live-block.ts';
import { formatDuration } from './numbers.ts';
import { printable } from './printable.ts';
import { progressLine } from './progress-line.ts';
import type { Tally } from './tally.ts';

export type ProgressMode = 'auto' | 'plain' | 'json' | 'none';

export interface Display {
  show(event: RunEvent): void;
  /** Writes words below or above whatever is live. */
  say(text: string): void;
  /** Takes the live block away. */
  end(): void;
}

export interface DisplayOptions {
  mode: ProgressMode;
  quiet: boolean;
  color: boolean;
  run: string;
  /** Chunks that may be open at the vendor; undefined where it has no jobs. */
  maxActive: number | undefined;
}

const redrawMs = 125;
/** A log gets a line after this, then at doubling intervals up to the longest. */
const firstLineMs = 10_000;
const longestIntervalMs = 60_000;
/** How much of the past the shown rate looks back on. */
const rateWindowMs = 5_000;

/** The display for a run. `tally` is kept by somebody else and read at each redraw. */
export async function createDisplay(
  machine: Machine,
  tally: Tally,
  options: DisplayOptions,
): Promise<Display> {
  if (options.mode === 'json') return eventLines(machine, options.run);
  if (options.quiet || options.mode === 'none') return words(machine, options, { isLive: false });
  const isTerminal = machine.stderr.isTTY === true && machine.environment['TERM'] !== 'dumb';
  if (options.mode === 'auto' && isTerminal) return liveBlock(machine, tally, options);
  return plainLines(machine, tally, options);
}

/** NDJSON, an event a line, for programs. */
function eventLines(machine: Machine, run: string): Display {
  return {
    show: (event) => {
      const line = { ts: new Date(machine.now()).toISOString(), run, ...event };
      machine.stderr.write(`${JSON.stringify(line)}\n`);
    },
    say: () => undefined,
    end: () => undefined,
  };
}

/** Only what must be said. */
function words(machine: Machine, options: DisplayOptions, { isLive }: { isLive: boolean }): Display {
  const say = (text: string) => void machine.stderr.write(text);
  const colors = colorsFor(machine.stderr, machine.environment, options.color);
  return {
    show: (event) => {
      const text = sentenceFor(event, options.quiet && !isLive);
      if (text !== undefined)
        say(
          `${event.type === 'failed' ? colors.red('error') : colors.yellow('warning')}: ${printable(text)}\n`,
        );
    },
    say,
    end: () => undefined,
  };
}

/** What is worth a line of its own as it happens; in quiet runs only failures are. */
function sentenceFor(event: RunEvent, quiet: boolean): string | undefined {
  switch (event.type) {
    case 'failed':
      return event.hint === undefined ? event.message : `${event.message}\n  hint: ${event.hint}`;
    case 'warned':
      if (quiet) return undefined;
      return event.hint === undefined ? event.message : `${event.message} (${event.hint})`;
    case 'stopping':
      return event.jobs.length === 0
        ? event.why
        : `${event.why}; still running at the vendor: ${event.jobs.join(', ')}`;
    case 'attempt-failed':
      // A wait that a person would notice is explained; shorter ones are noise.
      if (quiet || event.waitMs < 2_000) return undefined;
      return `${event.message}; trying again in ${formatDuration(event.waitMs)}`;
    default:
      return undefined;
  }
}

/** A line now and then, for logs. */
function plainLines(machine: Machine, tally: Tally, options: DisplayOptions): Display {
  const rate = new Rate(machine);
  const spoken = words(machine, options, { isLive: true });
  const startedMs = machine.elapsedMs();
  let intervalMs = firstLineMs;
  let nextMs = firstLineMs;
  const stop = machine.every(1_000, () => {
    const elapsedMs = machine.elapsedMs() - startedMs;
    const bytesPerSecond = rate.add(tally.source.readBytes);
    if (elapsedMs < nextMs) return;
    intervalMs = Math.min(intervalMs * 2, longestIntervalMs);
    nextMs = elapsedMs + intervalMs;
    machine.stderr.write(`${progressLine({ tally, bytesPerSecond, maxActive: options.maxActive })}\n`);
  });
  return { ...spoken, end: stop };
}

/** A live block on a terminal: ora redraws it, words scroll by above. */
async function liveBlock(machine: Machine, tally: Tally, options: DisplayOptions): Promise<Display> {
  const { default: ora } = await import('ora');
  const rate = new Rate(machine);
  const colors = colorsFor(machine.stderr, machine.environment, options.color);
  const draw = () => {
    const bytesPerSecond = rate.add(tally.source.readBytes);
    const columns = machine.stderr.columns ?? 80;
    return blockText({ tally, bytesPerSecond, maxActive: options.maxActive }, { columns, colors });
  };
  const spinner: Ora = ora({
    text: draw(),
    stream: machine.stderr,
    color: options.color ? 'cyan' : 'white',
    discardStdin: false,
  }).start();
  const stop = machine.every(redrawMs, () => {
    spinner.text = draw();
  });
  const above = (write: () => void) => {
    spinner.clear();
    write();
    spinner.render();
  };
  const spoken = words(machine, options, { isLive: true });
  return {
    show: (event) => {
      if (sentenceFor(event, false) !== undefined) above(() => spoken.show(event));
    },
    say: (text) => above(() => spoken.say(text)),
    end: () => {
      stop();
      spinner.stop();
    },
  };
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
