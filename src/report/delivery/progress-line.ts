/** How far a delivery is, in one line: for logs. */
import { formatBytes, formatCount } from '../terminal/numbers.ts';
import type { Tally } from './tally.ts';

/** What is shown of a delivery that goes on. */
export interface Progress {
  tally: Tally;
  /** Bytes of the source per second, over the last while. */
  bytesPerSecond: number;
  maxActive: number | undefined;
}

/** One line: how far reading, confirming and the vendor's jobs are. Never 100 % before the end. */
export function progressLine({ tally, bytesPerSecond, maxActive }: Progress): string {
  const { readBytes, totalBytes } = tally.source;
  const parts: string[] = [];
  if (totalBytes === undefined || totalBytes === 0) parts.push(`${formatBytes(readBytes)} read`);
  else parts.push(`${shareRead(readBytes, totalBytes)} % of ${formatBytes(totalBytes)}`);
  parts.push(`${formatCount(tally.counts.accepted)} events confirmed`);
  if (maxActive !== undefined)
    parts.push(`${tally.active.own + tally.active.others}/${maxActive} imports active`);
  if (tally.counts.rejected > 0) parts.push(`${formatCount(tally.counts.rejected)} rejected`);
  if (bytesPerSecond > 0) parts.push(`${formatBytes(bytesPerSecond)}/s`);
  const left = timeLeft(readBytes, totalBytes, bytesPerSecond);
  if (left !== undefined) parts.push(left);
  return parts.join(' · ');
}

/** A range, since rates change: at the present rate, and at three quarters of it. */
export function timeLeft(
  readBytes: number,
  totalBytes: number | undefined,
  bytesPerSecond: number,
): string | undefined {
  if (totalBytes === undefined || bytesPerSecond <= 0 || readBytes >= totalBytes) return undefined;
  const atBest = (totalBytes - readBytes) / bytesPerSecond;
  const [unit, seconds] =
    atBest < 90 ? (['s', 1] as const) : atBest < 5400 ? (['min', 60] as const) : (['h', 3600] as const);
  const least = Math.ceil(atBest / seconds);
  const most = Math.ceil(atBest / 0.75 / seconds);
  return least === most ? `about ${least} ${unit} left` : `${least} to ${most} ${unit} left`;
}

/** Whole percent of the source that is read, never 100: the end is when the vendor has said so. */
export function shareRead(readBytes: number, totalBytes: number): number {
  return Math.min(99, Math.floor((readBytes / totalBytes) * 100));
}
