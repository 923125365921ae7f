/** The progress of a delivery, for the live block of a terminal and for lines of a log. */
import type { BlockLayout } from '../display.ts';
import { bar, dotted } from '../terminal/bar.ts';
import { countOf, formatBytes, formatCount } from '../terminal/numbers.ts';
import { printableLine } from '../terminal/printable.ts';
import * as words from '../words/progress.ts';
import type { InputProgress, Tally } from './tally.ts';

/** The facts that progress is computed from. */
export interface Progress {
  tally: Tally;
  /** The vendor's title: `Scarf`. */
  vendor: string;
  /** Source bytes per second, over the last few seconds. */
  bytesPerSecond: number;
  elapsedMs: number;
  /** The most jobs that may be active at once; undefined for a vendor without jobs. */
  maxActive: number | undefined;
}

/** This many inputs get a line each; the others are counted. */
const maxInputLines = 5;
/** The largest share of a line that a name may take. */
const maxNameShare = 0.4;

type Phase =
  | { kind: 'reading' }
  | { kind: 'waiting'; text: string }
  /** Everything is read. */
  | { kind: 'behind'; text: string };

function phaseOf({ tally, vendor, maxActive }: Progress): Phase {
  if (tally.isStopping) return { kind: 'behind', text: words.stoppingText };
  if (tally.waiting !== undefined) return { kind: 'waiting', text: words.waitingText(tally.waiting, vendor) };
  if (!isAllRead(tally)) return { kind: 'reading' };
  const total = tally.jobs.size;
  const left = [...tally.jobs.values()].filter(({ status }) => status === 'importing').length;
  if (maxActive !== undefined && left > 0)
    return { kind: 'behind', text: words.processingText(vendor, { left, total }) };
  return { kind: 'behind', text: isAnswered(tally) ? words.finishingText : words.answersText(vendor) };
}

function hasInputs({ source }: Tally): boolean {
  return source.inputs.some((input) => input !== undefined);
}

function isAllRead({ source: { inputs } }: Tally): boolean {
  const known = inputs.filter((input) => input !== undefined);
  return (
    known.length > 0 &&
    known.every(
      ({ isEnded, readBytes, totalBytes }) =>
        isEnded || (totalBytes !== undefined && readBytes >= totalBytes),
    )
  );
}

/** Whether every row that was read is settled or awaits the vendor's verdict. */
function isAnswered({ counts }: Tally): boolean {
  const { accepted, pending, read, rejected, skipped, unknown, unsent } = counts;
  return read <= accepted + pending + rejected + skipped + unknown + unsent;
}

/** One line for a log: the subject, the progress, and why it waits. */
export function progressLine(progress: Progress): string {
  const { tally } = progress;
  if (!hasInputs(tally)) return dotted([words.openingText, words.elapsedText(progress.elapsedMs)]);
  const phase = phaseOf(progress);
  const begin = phase.kind === 'reading' ? readingParts(progress) : [phase.text];
  return printableLine(
    dotted([nameOf(tally), ...begin, ...countParts(progress), words.elapsedText(progress.elapsedMs)]),
  );
}

/** The live block: a line for the phase, the confirmed rows, and a line for each of several active inputs. */
export function liveBlock(progress: Progress, { columns, colors, fitLine }: BlockLayout): string[] {
  const { tally } = progress;
  if (!hasInputs(tally)) return [dotted([words.openingText, words.elapsedText(progress.elapsedMs)])];
  const name = fitLine(printableLine(nameOf(tally)), Math.max(Math.floor(columns * maxNameShare), 8));
  const phase = phaseOf(progress);
  const elapsed = words.elapsedText(progress.elapsedMs);
  const head =
    phase.kind === 'reading'
      ? [
          `${colors.bold(name)}  ${readBar(tally, { columns, colors })}`,
          `  ${dotted([...readingParts(progress), elapsed])}`,
        ]
      : [`${colors.bold(name)}  ${printableLine(phase.text)} · ${elapsed}`];
  return [...head, `  ${dotted(countParts(progress))}`, ...inputLines(tally.source.inputs)];
}

function nameOf({ source }: Tally): string {
  return words.inputsText(source.inputs.filter((input) => input !== undefined).map(({ path }) => path));
}

function readBar({ source }: Tally, options: Pick<BlockLayout, 'columns' | 'colors'>): string {
  const { readBytes, totalBytes } = source;
  return totalBytes === undefined || totalBytes === 0 ? '' : bar(readBytes / totalBytes, options);
}

function readingParts({ tally, bytesPerSecond }: Progress): (string | undefined)[] {
  const { readBytes, totalBytes } = tally.source;
  const rate = words.rateText(bytesPerSecond);
  if (totalBytes === undefined || totalBytes === 0) return [`${formatBytes(readBytes)} read`, rate];
  const left = bytesPerSecond > 0 ? ((totalBytes - readBytes) / bytesPerSecond) * 1000 : undefined;
  return [
    `${words.percentText(readBytes / totalBytes)} of ${formatBytes(totalBytes)}`,
    rate,
    left === undefined ? undefined : words.timeLeftText(left),
  ];
}

function countParts({ tally, maxActive }: Progress): (string | undefined)[] {
  const { counts, active, retries } = tally;
  return [
    `${countOf(counts.accepted, 'event')} confirmed`,
    maxActive === undefined
      ? undefined
      : `${formatCount(active.own + active.others)} of ${countOf(maxActive, 'import')} active`,
    counts.rejected > 0 ? `${formatCount(counts.rejected)} rejected` : undefined,
    counts.unknown > 0 ? `${formatCount(counts.unknown)} unknown` : undefined,
    retries > 0 ? countOf(retries, 'retry', 'retries') : undefined,
  ];
}

/** With several inputs: the active ones, the last that ended, and how many are still waiting. */
function inputLines(inputs: readonly InputProgress[]): string[] {
  const known = inputs.filter((input) => input !== undefined);
  if (known.length < 2) return [];
  const begun = known.filter(({ readBytes, isEnded }) => readBytes > 0 || isEnded);
  const shown = begun.slice(-maxInputLines);
  const rest = words.moreInputsText({
    done: begun.length - shown.length,
    waiting: known.length - begun.length,
  });
  return [...shown.map((input) => `  ${inputLine(input)}`), ...(rest === undefined ? [] : [`  ${rest}`])];
}

function inputLine({ path, readBytes, totalBytes, rows, isEnded }: InputProgress): string {
  const name = printableLine(path);
  if (isEnded) return `${name}  read, ${countOf(rows, 'row')}`;
  const share =
    totalBytes === undefined || totalBytes === 0
      ? formatBytes(readBytes)
      : words.percentText(readBytes / totalBytes);
  return `${name}  ${share}`;
}
