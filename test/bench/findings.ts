/** What a section finds, and how it is worked out from what was measured. */
import { median, type Measured } from './measure.ts';
import type { Place } from './place.ts';

export interface Finding {
  name: string;
  value: number;
  unit: 'times' | 'MB' | 'MB/s' | 'missing';
  /** `judgedSmall`: it holds for small sizes as well, where the start of a process counts for much. */
  floor?: { least?: number; most?: number; judgedSmall: boolean };
  /** The medians behind it, for people. */
  detail?: string;
}

export type Section = (place: Place) => AsyncGenerator<Finding>;

export const MB = 1e6;

export function peakOf(runs: readonly Measured[]): number {
  return median(runs.map(({ peakBytes }) => peakBytes));
}

export function speed(runs: readonly Measured[], bytes: number): number {
  return bytes / MB / (median(runs.map(({ wallMs }) => wallMs)) / 1000);
}

/** The median over the pairs of how much longer `one` took than `other`. */
export function ratio(one: readonly Measured[], other: readonly Measured[]): number {
  return median(one.map(({ wallMs }, pair) => wallMs / (other[pair]?.wallMs ?? Number.NaN)));
}

export function detail(one: readonly Measured[], other: readonly Measured[]): { detail: string } {
  const seconds = (runs: readonly Measured[], key: 'wallMs' | 'cpuMs') =>
    (median(runs.map((run) => run[key])) / 1000).toFixed(2);
  const words = (runs: readonly Measured[]) =>
    `${seconds(runs, 'wallMs')} s (CPU ${seconds(runs, 'cpuMs')} s)`;
  const isIdle = other.every(({ wallMs }) => wallMs === 0);
  return { detail: isIdle ? words(one) : `${words(one)} beside ${words(other)}` };
}
