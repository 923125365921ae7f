/** What a person, a log or a program sees of an export while it goes on. */
import type { ExportEvent } from '../events-export.ts';
import type { Machine } from '../machine.ts';
import { colorsFor } from './colors.ts';
import type { ExportTally } from './export-tally.ts';
import { exportProgressLine } from './export-text.ts';
import { formatDuration } from './numbers.ts';
import { printable } from './printable.ts';

export interface ExportDisplayOptions {
  mode: 'auto' | 'plain' | 'json' | 'none';
  quiet: boolean;
  color: boolean;
}

export interface ExportDisplay {
  show(event: ExportEvent): void;
  /** Writes words below or above whatever is live. */
  say(text: string): void;
  /** Takes the live line away. */
  end(): void;
}

const redrawMs = 125;
/** A log gets a line after this, then at doubling intervals up to the longest. */
const firstLineMs = 10_000;
const longestIntervalMs = 60_000;
/** Waits that a person would notice are explained. */
const noticeableMs = 2_000;

/** The display. `tally` is kept by somebody else and read at each redraw. */
export async function createExportDisplay(
  machine: Machine,
  tally: ExportTally,
  options: ExportDisplayOptions,
): Promise<ExportDisplay> {
  if (options.mode === 'json') return eventLines(machine);
  const spoken = sentences(machine, options);
  if (options.quiet || options.mode === 'none') return spoken;
  const isTerminal = machine.stderr.isTTY === true && machine.environment['TERM'] !== 'dumb';
  if (options.mode === 'auto' && isTerminal) return liveLine(machine, tally, spoken);
  return { ...spoken, end: linesNowAndThen(machine, tally) };
}

/** NDJSON, an event a line, for programs. */
function eventLines(machine: Machine): ExportDisplay {
  return {
    show: (event) => {
      const line = { ts: new Date(machine.now()).toISOString(), ...event };
      machine.stderr.write(`${JSON.stringify(line)}\n`);
    },
    say: () => undefined,
    end: () => undefined,
  };
}

function sentences(machine: Machine, options: ExportDisplayOptions): ExportDisplay {
  const colors = colorsFor(machine.stderr, machine.environment, options.color);
  const say = (text: string) => void machine.stderr.write(text);
  return {
    show: (event) => {
      const text = sentenceFor(event, options.quiet);
      if (text === undefined) return;
      const title = event.type === 'failed' ? colors.red('error') : colors.yellow('warning');
      say(`${title}: ${printable(text)}\n`);
    },
    say,
    end: () => undefined,
  };
}

/** What is worth a line of its own as it happens; in quiet runs only failures are. */
function sentenceFor(event: ExportEvent, quiet: boolean): string | undefined {
  if (event.type === 'failed') {
    return event.hint === undefined ? event.message : `${event.message}\n  hint: ${event.hint}`;
  }
  if (quiet) return undefined;
  if (event.type === 'warned') {
    return event.hint === undefined ? event.message : `${event.message} (${event.hint})`;
  }
  if (event.type === 'request-failed' && event.waitMs >= noticeableMs) {
    return `${event.message}; trying again in ${formatDuration(event.waitMs)}`;
  }
  return undefined;
}

function linesNowAndThen(machine: Machine, tally: ExportTally): () => void {
  const startedMs = machine.elapsedMs();
  let intervalMs = firstLineMs;
  let nextMs = firstLineMs;
  return machine.every(1_000, () => {
    const elapsedMs = machine.elapsedMs() - startedMs;
    if (elapsedMs < nextMs) return;
    intervalMs = Math.min(intervalMs * 2, longestIntervalMs);
    nextMs = elapsedMs + intervalMs;
    machine.stderr.write(`${exportProgressLine(tally)}\n`);
  });
}

/** A live line on a terminal: ora redraws it, sentences scroll by above. */
async function liveLine(machine: Machine, tally: ExportTally, spoken: ExportDisplay): Promise<ExportDisplay> {
  const { default: ora } = await import('ora');
  const spinner = ora({
    text: exportProgressLine(tally),
    stream: machine.stderr,
    discardStdin: false,
  }).start();
  const stop = machine.every(redrawMs, () => {
    spinner.text = exportProgressLine(tally);
  });
  const above = (write: () => void) => {
    spinner.clear();
    write();
    spinner.render();
  };
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
