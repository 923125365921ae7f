/** Times as Log Insight counts them: milliseconds since the epoch, UTC. */

import { isLosslessNumber } from 'lossless-json';

/** Below each bound a number counts that many of its unit in a millisecond. */
const units: readonly { below: number; perMs: number }[] = [
  { below: 1e11, perMs: 1 / 1000 },
  { below: 1e14, perMs: 1 },
  { below: 1e17, perMs: 1000 },
  { below: 1e20, perMs: 1_000_000 },
];

const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?/;
const zone = /(?:Z|[+-]\d\d:?\d\d)$/i;

/**
 * Milliseconds of a number, by magnitude of seconds, milliseconds, microseconds or nanoseconds, or of an ISO 8601
 * time, which is UTC unless it names a zone. Undefined for everything else.
 */
export function epochMs(value: unknown): number | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (isLosslessNumber(value)) return fromNumber(Number(value.value));
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^-?\d+(\.\d+)?$/.test(text)) return fromNumber(Number(text));
  return isoTime.test(text) ? fromIso(text) : undefined;
}

function fromNumber(value: number): number | undefined {
  const unit = units.find(({ below }) => Math.abs(value) < below);
  return unit === undefined ? undefined : Math.round(value / unit.perMs);
}

function fromIso(text: string): number | undefined {
  const time = text.replace(' ', 'T').replace(',', '.');
  const ms = Date.parse(time.includes('T') && !zone.test(time) ? `${time}Z` : time);
  return Number.isNaN(ms) ? undefined : ms;
}
