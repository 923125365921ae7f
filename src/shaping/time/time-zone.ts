/** Offsets of time zones, for times without a zone. */
import { Failure } from '../../failure.ts';

/** Milliseconds that the zone is ahead of UTC. `wallMs` is the wall time, read as if it were UTC. */
export type ZoneOffset = (wallMs: number) => number;

/** The offset of UTC, which is this function and no other. */
export const utcOffset: ZoneOffset = () => 0;

const MS_PER_MINUTE = 60_000;
const MS_PER_QUARTER = 15 * MS_PER_MINUTE;
const MS_PER_DAY = 96 * MS_PER_QUARTER;
const MAX_KNOWN = 10_000;
const FIXED_OFFSET = /^([+-])(\d\d):?(\d\d)$/;

/**
 * The offset of a zone: `UTC`, `+02:00`, or a name like `Europe/Berlin`. A wall time that a change of clocks
 * skips or repeats is read with the offset before the change. Throws a Failure `usage` for an unknown zone.
 */
export function createZoneOffset(zone: string): ZoneOffset {
  const fixed = FIXED_OFFSET.exec(zone);
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
    if (Number(fixed[2]) > 23 || Number(fixed[3]) > 59) throw noZone(zone);
    const aheadMs = (fixed[1] === '-' ? -minutes : minutes) * MS_PER_MINUTE;
    return () => aheadMs;
  }
  if (zone === 'UTC' || zone === 'Z') return utcOffset;
  const aheadAt = createClock(zone);
  return (wallMs) => {
    const before = aheadAt(wallMs - MS_PER_DAY);
    const after = aheadAt(wallMs + MS_PER_DAY);
    const isAfter = aheadAt(wallMs - before) !== before && aheadAt(wallMs - after) === after;
    return isAfter ? after : before;
  };
}

/**
 * The offset of a zone at an instant. Zones change their clocks at full quarters of an hour, so one offset is
 * cached per quarter.
 */
function createClock(zone: string): (epochMs: number) => number {
  const format = createFormat(zone);
  const known = new Map<number, number>();
  return (epochMs) => {
    const quarter = Math.floor(epochMs / MS_PER_QUARTER);
    const cached = known.get(quarter);
    if (cached !== undefined) return cached;
    if (known.size >= MAX_KNOWN) known.clear();
    const name = format.formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const aheadMs = offsetNamed(name);
    known.set(quarter, aheadMs);
    return aheadMs;
  };
}

function createFormat(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch (cause) {
    throw noZone(zone, cause);
  }
}

function noZone(zone: string, cause?: unknown): Failure {
  return new Failure('usage', `unknown time zone ${JSON.stringify(zone)}`, {
    hint: 'give a name like Europe/Berlin, or an offset like +02:00',
    cause,
  });
}

/** Reads `GMT`, `GMT+02:00`, `GMT-00:25:21`; in milliseconds. */
function offsetNamed(name: string): number {
  const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name);
  if (match === null) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return (match[1] === '-' ? -seconds : seconds) * 1000;
}
