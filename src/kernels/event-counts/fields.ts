/** The cells of an event that are counted, by the numbers of `analysis/events/event-fields.ts`. */

export const ID: u32 = 0;
export const TYPE: u32 = 1;
export const PACKAGE: u32 = 2;
export const PIXEL: u32 = 3;
export const VERSION: u32 = 4;
export const TIME: u32 = 5;
export const REFERER: u32 = 6;
export const USER_AGENT: u32 = 7;
export const PLATFORM: u32 = 8;
export const ORIGIN: u32 = 9;
export const COUNTRY: u32 = 10;
export const COMPANY: u32 = 11;
export const DOMAIN: u32 = 12;
export const CONFIDENCE: u32 = 13;
export const WITHHELD: u32 = 14;
export const FIELDS: u32 = 15;

/** Per field: start and end of its cell in the current row; equal if the cell is empty. */
export const cellFrom: usize = memory.data(60, 16);
export const cellTo: usize = memory.data(60, 16);

export function beginningOf(field: u32): usize {
  return load<u32>(cellFrom + ((field as usize) << 2)) as usize;
}

export function endOf(field: u32): usize {
  return load<u32>(cellTo + ((field as usize) << 2)) as usize;
}

export function setCell(field: u32, from: usize, to: usize): void {
  store<u32>(cellFrom + ((field as usize) << 2), from as u32);
  store<u32>(cellTo + ((field as usize) << 2), to as u32);
}
