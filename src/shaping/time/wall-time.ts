/** A time as calendar, clock and zone show it, and the instant it names: the rules for all formats. */
import { daysSinceEpoch, isDate, secondsPerDay, weekdayOf } from '../../calendar.ts';
import { createZoneOffset, type ZoneOffset } from './time-zone.ts';

/** A time found in a text. */
export interface WallTime {
  year: number;
  /** From 1. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  /** 60 is a leap second. */
  second: number;
  /** Decimal digits after the second. */
  fraction: string;
  /** Minutes ahead of UTC, where the text states them. */
  aheadMinutes?: number | undefined;
  /** The zone's name, where the text has one: `Europe/Berlin`. */
  zone?: string | undefined;
  /** Sunday is 0, where the text has one. It must match the date. */
  weekday?: number | undefined;
}

/** Whole seconds since the epoch. */
export interface Instant {
  seconds: number;
  /** The text named its zone. */
  isZoned: boolean;
}

const MAX_AHEAD_MINUTES = 24 * 60 - 1;

/**
 * The instant; undefined for an invalid date, time or zone. `assumed` is the zone of a text that names none.
 */
export function instantOf(wall: WallTime, assumed: ZoneOffset): Instant | undefined {
  const { year, month, day, hour, minute, second } = wall;
  if (!isDate(year, month, day) || !(hour <= 23 && minute <= 59 && second <= 60)) return undefined;
  const days = daysSinceEpoch(year, month, day);
  if (wall.weekday !== undefined && wall.weekday !== weekdayOf(days)) return undefined;
  const wallSeconds = days * secondsPerDay + (hour * 60 + minute) * 60 + second;
  const ahead = aheadOf(wall, wallSeconds, assumed);
  if (ahead === undefined) return undefined;
  const seconds = wallSeconds - ahead;
  // A leap second ends a day in UTC; computer clocks show it as the first second of the next day.
  if (second === 60 && mod(seconds, secondsPerDay) !== 0) return undefined;
  return { seconds, isZoned: wall.aheadMinutes !== undefined || wall.zone !== undefined };
}

/** The offset in seconds. An offset beside a zone's name must be one that the zone has then. */
function aheadOf(
  { aheadMinutes, zone }: WallTime,
  wallSeconds: number,
  assumed: ZoneOffset,
): number | undefined {
  const named = zone === undefined ? undefined : offsetOfZone(zone, wallSeconds);
  if (zone !== undefined && named === undefined) return undefined;
  if (aheadMinutes === undefined) return named ?? assumed(wallSeconds * 1000) / 1000;
  if (Math.abs(aheadMinutes) > MAX_AHEAD_MINUTES) return undefined;
  const ahead = aheadMinutes * 60;
  return zone === undefined || isOffsetOf(zone, { ahead, wallSeconds }) ? ahead : undefined;
}

const zones = new Map<string, ZoneOffset | undefined>();
const maxZones = 1000;

function zoneNamed(name: string): ZoneOffset | undefined {
  if (!zones.has(name)) {
    if (zones.size >= maxZones) zones.clear();
    zones.set(name, createOrNothing(name));
  }
  return zones.get(name);
}

function createOrNothing(name: string): ZoneOffset | undefined {
  try {
    return createZoneOffset(name);
  } catch {
    return undefined;
  }
}

function offsetOfZone(name: string, wallSeconds: number): number | undefined {
  const offset = zoneNamed(name)?.(wallSeconds * 1000);
  return offset === undefined ? undefined : offset / 1000;
}

/** Around a change of clocks a wall time has two offsets, and the text may state either. */
function isOffsetOf(name: string, { ahead, wallSeconds }: { ahead: number; wallSeconds: number }): boolean {
  const aroundSeconds = [-secondsPerDay, 0, secondsPerDay];
  return aroundSeconds.some((away) => offsetOfZone(name, wallSeconds + away) === ahead);
}

function mod(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
