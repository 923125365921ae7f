/** The batch: rows whose cells were found but not yet counted, reduced to the values that count. */
import { UNREAD } from '../export-rows/days.ts';
import { digestOf } from './digest.ts';
import {
  beginningOf,
  COMPANY,
  CONFIDENCE,
  COUNTRY,
  endOf,
  ID,
  ORIGIN,
  PACKAGE,
  PIXEL,
  PLATFORM,
  REFERER,
  TIME,
  TYPE,
  USER_AGENT,
  VERSION,
  WITHHELD,
} from './fields.ts';
import { numberOf, numberOfCompany } from './texts.ts';
import { clientEnd, isTrue, readBand, readUtcDay, refererEnd } from './values.ts';

/** Rows of a batch. */
export const MAX_ROWS: u32 = 2048;
const ROW_LOG: usize = 6;
/**
 * Per row: digests of id and origin (u64, zero for none); key (i32): day (20261101, or 0), artifact, country, company;
 * values (i32): type, version, platform, client, referer, confidence band; group (i32, -1 for none); whether company data
 * was withheld (u32).
 */
const records: usize = memory.data(131_072, 16);
const ORIGIN_AT: usize = 8;
const KEY_AT: usize = 16;
const VALUES_AT: usize = 32;
const GROUP_AT: usize = 56;
const WITHHELD_AT: usize = 60;
/** The referer of a row without a pixel. */
export const NO_PIXEL: u32 = 0xffff_ffff;

export let rows: u32 = 0;

export function clearRows(): void {
  rows = 0;
}

export function idOf(row: u32): u64 {
  return load<u64>(recordOf(row));
}

export function originOf(row: u32): u64 {
  return load<u64>(recordOf(row), ORIGIN_AT);
}

/** The address of the row's day, artifact, country and company. */
export function keyOf(row: u32): usize {
  return recordOf(row) + KEY_AT;
}

/** The address of the row's other values. */
export function valuesOf(row: u32): usize {
  return recordOf(row) + VALUES_AT;
}

export function isWithheld(row: u32): bool {
  return load<u32>(recordOf(row), WITHHELD_AT) !== 0;
}

export function groupOf(row: u32): i32 {
  return load<i32>(recordOf(row), GROUP_AT);
}

export function setGroup(row: u32, group: i32): void {
  store<i32>(recordOf(row), group, GROUP_AT);
}

/** Adds the row whose cells were found. Returns false, without adding it, if it is not plain. */
export function addPlainRow(): bool {
  const day = readUtcDay(beginningOf(TIME), endOf(TIME));
  const band = readBand(beginningOf(CONFIDENCE), endOf(CONFIDENCE));
  if (day === UNREAD || band === UNREAD) return false;
  addRow(day, band);
  return true;
}

/** Adds the row whose cells were found, with its parsed day and confidence band. */
export function addRow(day: i32, band: i32): void {
  const record = recordOf(rows++);
  store<u64>(record, digestOfCell(ID));
  store<u64>(record, digestOfCell(ORIGIN), ORIGIN_AT);
  writeKey(record + KEY_AT, day);
  writeValues(record + VALUES_AT, band);
  store<u32>(record, isTrue(beginningOf(WITHHELD), endOf(WITHHELD)) as u32, WITHHELD_AT);
}

function writeKey(key: usize, day: i32): void {
  store<i32>(key, day);
  // Packages and pixels are one dimension, so their texts share a field.
  const artifact = beginningOf(PACKAGE) !== endOf(PACKAGE) ? PACKAGE : PIXEL;
  store<u32>(key, numberOf(PACKAGE, beginningOf(artifact), endOf(artifact)), 4);
  store<u32>(key, numberOf(COUNTRY, beginningOf(COUNTRY), endOf(COUNTRY)), 8);
  store<u32>(key, numberOfCompany(COMPANY, beginningOf(COMPANY), endOf(COMPANY)), 12);
}

function writeValues(values: usize, band: i32): void {
  store<u32>(values, numberOf(TYPE, beginningOf(TYPE), endOf(TYPE)));
  store<u32>(values, numberOf(VERSION, beginningOf(VERSION), endOf(VERSION)), 4);
  store<u32>(values, numberOf(PLATFORM, beginningOf(PLATFORM), endOf(PLATFORM)), 8);
  const agent = beginningOf(USER_AGENT);
  store<u32>(values, numberOf(USER_AGENT, agent, clientEnd(agent, endOf(USER_AGENT))), 12);
  store<u32>(values, numberOfReferer(), 16);
  store<i32>(values, band, 20);
}

function numberOfReferer(): u32 {
  if (beginningOf(PIXEL) === endOf(PIXEL)) return NO_PIXEL;
  const referer = beginningOf(REFERER);
  return numberOf(REFERER, referer, refererEnd(referer, endOf(REFERER)));
}

function digestOfCell(field: u32): u64 {
  const from = beginningOf(field);
  const to = endOf(field);
  return from === to ? 0 : digestOf(from, to, 0);
}

function recordOf(row: u32): usize {
  return records + ((row as usize) << ROW_LOG);
}
