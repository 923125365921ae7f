/** What single cells of events mean. */

const slash = 0x2f;
const space = 0x20;
const question = 0x3f;
const hash = 0x23;
const zero = 0x30;
const dot = 0x2e;
const upperU = 0x55;

/** Bands of a tenth: the first is from 0 to below 0.1, the last from 0.9 to 1. */
export const CONFIDENCE_BANDS = [
  '0.0 to 0.1',
  '0.1 to 0.2',
  '0.2 to 0.3',
  '0.3 to 0.4',
  '0.4 to 0.5',
  '0.5 to 0.6',
  '0.6 to 0.7',
  '0.7 to 0.8',
  '0.8 to 0.9',
  '0.9 to 1.0',
] as const;

/** The index of the band of the confidence in `[from, to)`; -1 when that is no number from 0 to 1. */
export function confidenceBand(bytes: Buffer, from: number, to: number): number {
  if (from === to) return -1;
  if (bytes[from] === zero && bytes[from + 1] === dot && to - from > 2 && isDigits(bytes, from + 2, to)) {
    return (bytes[from + 2] as number) - zero;
  }
  const text = bytes.toString('latin1', from, to).trim();
  const value = Number(text);
  if (text === '' || Number.isNaN(value) || value < 0 || value > 1) return -1;
  return Math.min(CONFIDENCE_BANDS.length - 1, Math.floor(value * 10));
}

/** The end of a client's name at the beginning of a user agent: before the first slash or space. */
export function clientEnd(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== slash && bytes[at] !== space) at++;
  return at;
}

/** The end of an address without its query and its fragment. */
export function refererEnd(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== question && bytes[at] !== hash) at++;
  return at;
}

/** Whether the cell is the placeholder for a company that raw exports had in 2026-09. */
export function isUnknown(bytes: Buffer, from: number, to: number): boolean {
  return to - from === 7 && bytes[from] === upperU && bytes.toString('latin1', from, to) === 'UNKNOWN';
}

function isDigits(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte < zero || byte > zero + 9) return false;
  }
  return true;
}
