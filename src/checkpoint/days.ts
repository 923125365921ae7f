/** Arithmetic on whole UTC days, written `2026-11-01`. */
import type { Days } from '../contracts/dataset.ts';

const dayMs = 86_400_000;

/** The UTC day of an instant. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Whether the text names a day that exists. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && dayOf(ms) === text;
}

/** The day so many days later; earlier when `count` is negative. */
export function addDays(day: string, count: number): string {
  return dayOf(startOf(day) + count * dayMs);
}

/** How many days these are, both ends counted. */
export function countDays(days: Days): number {
  return (startOf(days.to) - startOf(days.from)) / dayMs + 1;
}

/** Every day of the range in order. */
export function eachDay(days: Days): string[] {
  return Array.from({ length: countDays(days) }, (_, index) => addDays(days.from, index));
}

/** The day as one number, `20261101`, by which days compare. */
export function dayNumber(day: string): number {
  return Number(day.slice(0, 4) + day.slice(5, 7) + day.slice(8, 10));
}

/** The day of such a number. */
export function dayNamed(number: number): string {
  const digits = String(number);
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
}

/** Midnight UTC at which the day begins, in milliseconds since the epoch. */
export function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
