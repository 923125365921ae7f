/** Requirements on cells. */
import { ABSENT, ID, ONE_OF, REQUIRED, TIME } from '../plain-rows/demands.ts';
import { NO_INSTANT } from '../plain-rows/instant.ts';
import { IS_EMPTY, IS_MISSING, IS_TEXT, kindOf } from './members.ts';
import { cellFrom, cellTo, cellWriting, UNCLEAN } from './record.ts';
import { UNCHANGED, readTime, timeChange } from './times.ts';

const MAX_CHECKS: usize = 64;
/** Per check: column, demands, and which member it is about. */
const checks = memory.data(768, 4);
const CHECK_BYTES: usize = 12;
const NO_MEMBER: u32 = 0xffff_ffff;
let checkCount: usize = 0;
let hasOneOf = false;
/** Of values that are the same in every row. */
let fixedOneOf = 0;
let hasFixedId: bool = false;

let oldBeforeMs: i64 = i64.MIN_VALUE;
let takesOld: bool = true;
let futureFromMs: i64 = i64.MAX_VALUE;

/** Of the last record. */
export let hasId: bool = false;
export let isOld: bool = false;
/** The member whose time is rewritten, if any, and the kind of change. */
export let changedMember: u32 = NO_MEMBER;
export let change = UNCHANGED;

/**
 * Begins the checks of another table. Times before `before` are old: such records are plain only if `plain`.
 * Records with a time of `future` or later are not plain. All times are in milliseconds since the epoch.
 */
export function beginChecks(before: f64, plain: bool, future: f64): void {
  checkCount = 0;
  hasOneOf = false;
  fixedOneOf = 0;
  hasFixedId = false;
  // Times are whole milliseconds.
  oldBeforeMs = before < -1e16 ? i64.MIN_VALUE : (Math.ceil(before) as i64);
  takesOld = plain;
  futureFromMs = future > 1e16 ? i64.MAX_VALUE : (Math.ceil(future) as i64);
}

/** Adds requirements on the cell of a column that becomes a member. Returns false if there are too many. */
export function addCheck(column: u32, demands: u32, member: u32): bool {
  if (checkCount === MAX_CHECKS) return false;
  const check = checks + checkCount * CHECK_BYTES;
  store<u32>(check, column);
  store<u32>(check, demands, 4);
  store<u32>(check, member, 8);
  if ((demands & ONE_OF) !== 0) hasOneOf = true;
  checkCount++;
  return true;
}

/** Values that are the same in every row meet these demands. */
export function setFixed(oneOf: i32, id: bool): void {
  fixedOneOf = oneOf;
  hasFixedId = id;
  if (oneOf > 0) hasOneOf = true;
}

/** Whether the last record meets every demand plainly. */
export function meetsDemands(): bool {
  hasId = hasFixedId;
  isOld = false;
  changedMember = NO_MEMBER;
  change = UNCHANGED;
  let oneOf = fixedOneOf;
  const last = checks + checkCount * CHECK_BYTES;
  for (let check = checks; check < last; check += CHECK_BYTES) {
    const column = load<u32>(check) as usize;
    const demands = load<u32>(check, 4);
    const kind = kindOf(column);
    if (kind !== IS_TEXT) {
      if (!isPlainWithout(kind, demands)) return false;
      continue;
    }
    if ((demands & ABSENT) !== 0) return false;
    if ((demands & ONE_OF) !== 0) oneOf++;
    if ((demands & ID) !== 0) hasId = true;
    if ((demands & TIME) === 0) continue;
    if (!takesTime(column)) return false;
    change = timeChange;
    if (change !== UNCHANGED) changedMember = load<u32>(check, 8);
  }
  return !hasOneOf || oneOf === 1;
}

/** Whether a record is plain with a cell that has no text. */
function isPlainWithout(kind: i32, demands: u32): bool {
  if ((demands & REQUIRED) !== 0) return false;
  // An id is put in its place, and a `null` in place of a key may be dropped.
  if ((demands & (ABSENT | ID)) !== 0) return kind === IS_MISSING;
  return kind !== IS_EMPTY;
}

function takesTime(column: usize): bool {
  if ((cellWriting(column) & UNCLEAN) !== 0) return false;
  const ms = readTime(cellFrom(column), cellTo(column));
  if (ms === NO_INSTANT || ms >= futureFromMs) return false;
  isOld = ms < oldBeforeMs;
  return !isOld || takesOld;
}
