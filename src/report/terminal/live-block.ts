/** The live block of a delivery on a terminal: a bar, what is confirmed, and a line for each input at work. */
import type { ChalkInstance } from 'chalk';
import { countOf, formatBytes, formatCount } from './numbers.ts';
import { printable } from './printable.ts';
import { shareRead, timeLeft, type Progress } from '../delivery/progress-line.ts';
import type { InputProgress } from '../delivery/tally.ts';

const longestBar = 28;
const shortestBar = 8;
/** What stands behind the bar wants about so much room. */
const wordsWidth = 48;
/** Inputs that get a line of their own; the rest are counted. */
const maxInputLines = 5;

/** The block as text for a spinner: the first line stands behind its sign. Lines may be wider than `columns`: the display cuts them. */
export function liveBlock(
  progress: Progress,
  { columns, colors }: { columns: number; colors: ChalkInstance },
): string {
  const { tally } = progress;
  const barWidth = Math.min(Math.max(columns - wordsWidth, shortestBar), longestBar);
  const lines = [
    barLine(progress, { barWidth, colors }),
    countsLine(progress),
    ...inputLines(tally.source.inputs),
  ];
  return lines.join('\n');
}

function barLine(
  { tally, bytesPerSecond }: Progress,
  { barWidth, colors }: { barWidth: number; colors: ChalkInstance },
): string {
  const { readBytes, totalBytes } = tally.source;
  const rate = bytesPerSecond > 0 ? `${formatBytes(bytesPerSecond)}/s` : undefined;
  if (totalBytes === undefined || totalBytes === 0) return join([`${formatBytes(readBytes)} read`, rate]);
  const share = shareRead(readBytes, totalBytes);
  const full = Math.round((share / 100) * barWidth);
  const bar = `${colors.cyan('━'.repeat(full))}${colors.dim('━'.repeat(barWidth - full))}`;
  const left = timeLeft(readBytes, totalBytes, bytesPerSecond);
  return `${bar} ${join([`${share} %`, `${formatBytes(readBytes)} of ${formatBytes(totalBytes)}`, rate, left])}`;
}

function countsLine({ tally, maxActive }: Progress): string {
  const { counts, active, retries } = tally;
  return `  ${join([
    `${countOf(counts.accepted, 'event')} confirmed`,
    maxActive === undefined ? undefined : `${active.own + active.others}/${maxActive} imports active`,
    counts.rejected > 0 ? `${formatCount(counts.rejected)} rejected` : undefined,
    counts.unknown > 0 ? `${formatCount(counts.unknown)} unknown` : undefined,
    retries > 0 ? countOf(retries, 'retry', 'retries') : undefined,
  ])}`;
}

/** With several inputs: those at work, the last that ended, and how many are still to come. */
function inputLines(inputs: readonly InputProgress[]): string[] {
  const known = inputs.filter((input) => input !== undefined);
  if (known.length < 2) return [];
  const begun = known.filter(({ readBytes, isEnded }) => readBytes > 0 || isEnded);
  const shown = begun.slice(-maxInputLines);
  const done = begun.length - shown.length;
  const waiting = known.length - begun.length;
  const rest = [
    done > 0 ? `${formatCount(done)} more done` : undefined,
    waiting > 0 ? `${formatCount(waiting)} to come` : undefined,
  ];
  const summary = join(rest);
  return [...shown.map((input) => `  ${inputLine(input)}`), ...(summary === '' ? [] : [`  ${summary}`])];
}

function inputLine({ path, readBytes, totalBytes, rows, isEnded }: InputProgress): string {
  const name = printable(path);
  if (isEnded) return `${name}  read, ${countOf(rows, 'row')}`;
  const share =
    totalBytes === undefined || totalBytes === 0
      ? formatBytes(readBytes)
      : `${shareRead(readBytes, totalBytes)} %`;
  return `${name}  ${share}`;
}

function join(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' · ');
}
