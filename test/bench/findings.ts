/** What a section finds, and how it is worked out from what was measured. */
import { median, type Measured } from './measure.ts';
import type { Place } from './place.ts';

export interface Finding {
  name: string;
  value: number;
  unit: 'times' | 'MB' | 'MB/s' | 'differences' | 'missing';
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

/** What the runs took, and how busy the machine was with something else meanwhile. */
export function detail(one: readonly Measured[], other: readonly Measured[] = []): { detail: string } {
  const seconds = (runs: readonly Measured[], key: 'wallMs' | 'cpuMs') =>
    (median(runs.map((run) => run[key])) / 1000).toFixed(2);
  const words = (runs: readonly Measured[]) =>
    `${seconds(runs, 'wallMs')} s (CPU ${seconds(runs, 'cpuMs')} s)`;
  const beside = other.length === 0 ? words(one) : `${words(one)} beside ${words(other)}`;
  return { detail: `${beside}${othersOf([...one, ...other])}` };
}

function othersOf(runs: readonly Measured[]): string {
  const others = median(runs.map((run) => run.others));
  return Number.isNaN(others) ? '' : `, others used ${others.toFixed(1)} processors`;
}

/** A row for what cannot be measured here. */
export function missing(name: string): Finding {
  return { name, value: Number.NaN, unit: 'missing' };
}

export function peak(name: string, runs: readonly Measured[]): Finding {
  return { name, value: peakOf(runs) / MB, unit: 'MB', floor: { most: 160, judgedSmall: true } };
}
