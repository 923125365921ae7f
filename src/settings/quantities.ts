/**
 * Quantities as people write them in options. Each parser throws an Error whose message is a sentence about
 * the text. Each writer gives text that its parser reads as exactly the same quantity. Rounded numbers for
 * display are in `report/terminal/numbers.ts`.
 */
import { msPerDay } from '../calendar.ts';
import type { Share } from '../records.ts';

interface Unit {
  name: string;
  size: number;
}

const byteUnits: readonly Unit[] = [
  { name: 'TiB', size: 1024 ** 4 },
  { name: 'GiB', size: 1024 ** 3 },
  { name: 'MiB', size: 1024 ** 2 },
  { name: 'KiB', size: 1024 },
  { name: 'TB', size: 1000 ** 4 },
  { name: 'GB', size: 1000 ** 3 },
  { name: 'MB', size: 1000 ** 2 },
  { name: 'kB', size: 1000 },
  { name: 'B', size: 1 },
];

const timeUnits: readonly Unit[] = [
  { name: 'd', size: msPerDay },
  { name: 'h', size: 3_600_000 },
  { name: 'm', size: 60_000 },
  { name: 's', size: 1000 },
  { name: 'ms', size: 1 },
];

/** Parses `8KiB`, `32MiB`, `10MB`, `1000`, in any letter case, as bytes. */
export function parseByteSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text.trim());
  const unit = match && findUnit(byteUnits, match[2] === '' ? 'B' : match[2]);
  if (!match || !unit) throw new Error(`"${text}" is not a size such as 8KiB, 32MiB, 10MB or 1000`);
  return safeInteger(Math.floor(Number(match[1]) * unit.size), text);
}

/** Parses `250ms`, `10s`, `5m`, `2h`, `3d` and sequences of them (`1h30m`) as milliseconds. */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(trimmed)) {
    throw new Error(`"${text}" is not a duration such as 250ms, 10s, 5m, 2h or 3d`);
  }
  let totalMs = 0;
  for (const [, amount, name] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    totalMs += Number(amount) * (findUnit(timeUnits, name)?.size ?? 0);
  }
  return safeInteger(Math.round(totalMs), text);
}

/** Parses `10` as a count, `5%` as a share of 0.05. */
export function parseShare(text: string): Share {
  const trimmed = text.trim();
  if (!trimmed.endsWith('%')) return { count: parseCount(trimmed) };
  const percent = /^\d+(\.\d+)?%$/.test(trimmed) ? Number(trimmed.slice(0, -1)) : Number.NaN;
  if (!(percent <= 100)) throw new Error(`"${text}" is not a share between 0% and 100%`);
  return { share: percent / 100 };
}

/** Parses a whole number from 0 up, in digits. */
export function parseCount(text: string): number {
  if (!/^\d+$/.test(text.trim())) throw new Error(`"${text}" is not a whole number such as 0, 8 or 1000`);
  return safeInteger(Number(text), text);
}

/** Writes bytes in the largest unit that divides them, powers of 1024 before powers of 1000. */
export function writeByteSize(bytes: number): string {
  return bytes === 0 ? '0' : writeWhole(bytes, byteUnits).replace(/(\d)B$/, '$1');
}

/** Writes milliseconds in the largest unit that divides them. */
export function writeDuration(ms: number): string {
  return ms === 0 ? '0' : writeWhole(ms, timeUnits);
}

/** Writes a share as `parseShare` reads it. */
export function writeShare(share: Share): string {
  return 'count' in share ? String(share.count) : `${Number((share.share * 100).toPrecision(12))}%`;
}

function findUnit(units: readonly Unit[], name: string | undefined): Unit | undefined {
  return units.find((unit) => unit.name.toLowerCase() === name?.toLowerCase());
}

function writeWhole(quantity: number, units: readonly Unit[]): string {
  const unit = units.find(({ size }) => quantity % size === 0) ?? { name: '', size: 1 };
  return `${quantity / unit.size}${unit.name}`;
}

function safeInteger(value: number, text: string): number {
  if (!Number.isSafeInteger(value)) throw new Error(`"${text}" is too large`);
  return value;
}
