/** Shows a running command to a person, a log or a program: everything that `--progress` decides. */
import type { ChalkInstance } from 'chalk';
import type { Machine } from '../machine.ts';
import { sentenceText, type Sentence } from './sentence.ts';
import { colorsFor } from './terminal/colors.ts';
import { LiveRegion } from './terminal/live-region.ts';
import { loadWidths, type FitLine } from './terminal/width.ts';
import { wrapLines } from './terminal/wrap.ts';

export type ProgressMode = 'auto' | 'plain' | 'json' | 'none';

export interface Display<Event> {
  show(event: Event): void;
  /** Prints text above the live block, if any. */
  say(text: string): void;
  /** Removes the live block for good. Further calls do nothing. */
  end(): void;
}

export interface ShowingMode {
  /** Print only failures. */
  quiet: boolean;
  /** Whether a live block is on the terminal. */
  isLive: boolean;
}

/**
 * What the display needs from a kind of command. Implementations read it from a tally that the caller
 * maintains.
 */
export interface Showing<Event> {
  /** The sentences to print for an event. */
  sentencesFor(event: Event, mode: ShowingMode): readonly Sentence[];
  /** The progress as a line of a log. */
  line(): string;
  /** The progress as one or more lines of a terminal. The display cuts lines that are too wide. */
  block(look: BlockLayout): readonly string[];
}

/** The width and colours for a live block. */
export interface BlockLayout {
  columns: number;
  colors: ChalkInstance;
  fitLine: FitLine;
}

export interface DisplayOptions {
  mode: ProgressMode;
  quiet: boolean;
  color: boolean;
  /**
   * Standard output carries rows. On a terminal they show progress themselves, and a live block would be
   * mixed with them.
   */
  hasRowsOnStdout?: boolean;
  /** Added to every event of `--progress json`. */
  label?: Record<string, unknown>;
}

/** The spinner, the space after it, and the last column, where some terminals already wrap. */
const spinnerColumns = 3;
const redrawMs = 125;
const minColumns = 20;
/** A log gets its first line after this, then at intervals that double up to the longest. */
const firstLineMs = 10_000;
const maxIntervalMs = 60_000;

/** Creates the display that the options and the terminal call for. */
export async function createDisplay<Event extends { type: string }>(
  machine: Machine,
  showing: Showing<Event>,
  options: DisplayOptions,
): Promise<Display<Event>> {
  if (options.mode === 'json') return eventLines(machine, options.label ?? {});
  const spoken = sentences(machine, showing, options);
  if (options.quiet || options.mode === 'none') return spoken;
  const hasRowsOnScreen = options.hasRowsOnStdout === true && machine.stdout.isTTY === true;
  if (options.mode === 'auto' && hasRowsOnScreen) return spoken;
  if (options.mode === 'auto' && canRedraw(machine)) return liveBlock(machine, showing, options);
  return { ...spoken, end: linesNowAndThen(machine, showing) };
}

/** A pseudo terminal may report no columns; the number of rows that a line takes is unknown then. */
function canRedraw({ stderr, environment }: Machine): boolean {
  return stderr.isTTY === true && (stderr.columns ?? 0) >= minColumns && environment['TERM'] !== 'dumb';
}

/** Events as NDJSON, for programs. */
function eventLines<Event extends { type: string }>(
  machine: Machine,
  label: Record<string, unknown>,
): Display<Event> {
  return {
    show: (event) => {
      const line = { ts: new Date(machine.now()).toISOString(), ...label, ...event };
      machine.stderr.write(`${JSON.stringify(line)}\n`);
    },
    say: () => undefined,
    end: () => undefined,
  };
}

function sentences<Event extends { type: string }>(
  machine: Machine,
  showing: Showing<Event>,
  options: DisplayOptions,
): Display<Event> {
  const colors = colorsFor(machine.stderr, machine.environment, options.color);
  const say = (text: string) => void machine.stderr.write(text);
  return {
    show: (event) => {
      const said = showing.sentencesFor(event, { quiet: options.quiet, isLive: false });
      if (said.length > 0) say(said.map((one) => sentenceText(one, colors)).join(''));
    },
    say,
    end: () => undefined,
  };
}

function linesNowAndThen<Event>(machine: Machine, showing: Showing<Event>): () => void {
  const startedMs = machine.elapsedMs();
  let intervalMs = firstLineMs;
  let nextMs = firstLineMs;
  return machine.every(1_000, () => {
    const elapsedMs = machine.elapsedMs() - startedMs;
    if (elapsedMs < nextMs) return;
    intervalMs = Math.min(intervalMs * 2, maxIntervalMs);
    nextMs = elapsedMs + intervalMs;
    machine.stderr.write(`${showing.line()}\n`);
  });
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** A live block on a terminal; sentences scroll by above it. */
async function liveBlock<Event extends { type: string }>(
  machine: Machine,
  showing: Showing<Event>,
  options: DisplayOptions,
): Promise<Display<Event>> {
  const { stderr } = machine;
  const widths = await loadWidths();
  const colors = colorsFor(stderr, machine.environment, options.color);
  const region = new LiveRegion(stderr, widths);
  let isOver = false;
  let frame = 0;
  const draw = () => {
    const [first = '', ...more] = showing.block({
      columns: (stderr.columns ?? 80) - spinnerColumns,
      colors,
      fitLine: widths.fitLine,
    });
    const sign = colors.cyan(frames[frame++ % frames.length] ?? '');
    region.draw([`${sign} ${first}`, ...more]);
  };
  const stop = machine.every(redrawMs, draw);
  const print = (text: string) => {
    region.clear();
    stderr.write(text);
    if (!isOver) draw();
  };
  const say = (text: string) => print(wrapLines(text, stderr.columns ?? 80, widths.widthOf));
  draw();
  machine.trace.printAbove(print);
  return {
    show: (event) => {
      const said = showing.sentencesFor(event, { quiet: options.quiet, isLive: true });
      if (said.length > 0) say(said.map((one) => sentenceText(one, colors)).join(''));
    },
    say,
    end: () => {
      if (isOver) return;
      isOver = true;
      machine.trace.printAbove(undefined);
      stop();
      region.end();
    },
  };
}
