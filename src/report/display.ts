/** What a person, a log or a program sees of a command while it goes on: `--progress` in one place. */
import type { ChalkInstance } from 'chalk';
import type { Machine } from '../machine.ts';
import { colorsFor } from './terminal/colors.ts';
import { printable } from './terminal/printable.ts';
import { loadFitLine } from './terminal/width.ts';

export type ProgressMode = 'auto' | 'plain' | 'json' | 'none';

export interface Display<Event> {
  show(event: Event): void;
  /** Writes words below or above whatever is live. */
  say(text: string): void;
  /** Takes the live block away, for good; once more does nothing. */
  end(): void;
}

/** What a display asks of a kind of command. All of it is read from a tally that somebody else keeps. */
export interface Showing<Event> {
  /** What is worth a line of its own as it happens; in quiet runs only failures are. */
  sentenceFor(event: Event, quiet: boolean): string | undefined;
  /** How far it is, for logs. */
  line(): string;
  /** How far it is, for a terminal of so many columns: one line or several. The display cuts what is too wide. */
  block(columns: number, colors: ChalkInstance): string;
}

export interface DisplayOptions {
  mode: ProgressMode;
  quiet: boolean;
  color: boolean;
  /** Stands in every event of `--progress json`. */
  label?: Record<string, unknown>;
}

/** The sign of the spinner, the space behind it, and the last column, in which some terminals wrap already. */
const spinnerColumns = 3;
const redrawMs = 125;
const minColumns = 20;
/** A log gets a line after this, then at doubling intervals up to the longest. */
const firstLineMs = 10_000;
const longestIntervalMs = 60_000;

/** The display that the options and the terminal call for. */
export async function createDisplay<Event extends { type: string }>(
  machine: Machine,
  showing: Showing<Event>,
  options: DisplayOptions,
): Promise<Display<Event>> {
  if (options.mode === 'json') return eventLines(machine, options.label ?? {});
  const spoken = sentences(machine, showing, options);
  if (options.quiet || options.mode === 'none') return spoken;
  if (options.mode === 'auto' && canRedraw(machine)) return liveBlock(machine, showing, { spoken, options });
  return { ...spoken, end: linesNowAndThen(machine, showing) };
}

/** A pseudo terminal may say that it has no columns at all; then nobody can tell how many rows a line takes. */
function canRedraw({ stderr, environment }: Machine): boolean {
  return stderr.isTTY === true && (stderr.columns ?? 0) >= minColumns && environment['TERM'] !== 'dumb';
}

/** NDJSON, an event a line, for programs. */
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
      const text = showing.sentenceFor(event, options.quiet);
      if (text === undefined) return;
      const title = event.type === 'failed' ? colors.red('error') : colors.yellow('warning');
      say(`${title}: ${printable(text)}\n`);
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
    intervalMs = Math.min(intervalMs * 2, longestIntervalMs);
    nextMs = elapsedMs + intervalMs;
    machine.stderr.write(`${showing.line()}\n`);
  });
}

/** A live block on a terminal: ora redraws it, sentences scroll by above. */
async function liveBlock<Event extends { type: string }>(
  machine: Machine,
  showing: Showing<Event>,
  { spoken, options }: { spoken: Display<Event>; options: DisplayOptions },
): Promise<Display<Event>> {
  const [{ default: ora }, fitLine] = await Promise.all([import('ora'), loadFitLine()]);
  const colors = colorsFor(machine.stderr, machine.environment, options.color);
  const draw = () => {
    const columns = machine.stderr.columns ?? 80;
    const lines = showing.block(columns, colors).split('\n');
    return lines.map((line) => fitLine(line, columns - spinnerColumns)).join('\n');
  };
  const spinner = ora({
    text: draw(),
    stream: machine.stderr,
    color: colors.level > 0 ? 'cyan' : false,
    discardStdin: false,
  }).start();
  const stop = machine.every(redrawMs, () => {
    spinner.text = draw();
  });
  let isOver = false;
  const above = (write: () => void) => {
    if (isOver) return write();
    spinner.clear();
    write();
    spinner.render();
  };
  return {
    show: (event) => {
      if (showing.sentenceFor(event, options.quiet) !== undefined) above(() => spoken.show(event));
    },
    say: (text) => above(() => spoken.say(text)),
    end: () => {
      if (isOver) return;
      isOver = true;
      stop();
      spinner.stop();
    },
  };
}

/** A message with its hint. */
export function withHint({ message, hint }: { message: string; hint?: string }): string {
  return hint === undefined ? message : `${message}\n  hint: ${hint}`;
}
