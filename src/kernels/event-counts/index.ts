/**
 * Counts raw events: finds the rows of a CSV table and their cells, skips repeated ids, and counts the others in groups
 * with equal day, artifact, country and company. Handles plain rows only and stops at any other; `analysis/rows` is the
 * reference, and passes the cells of the remaining rows to `takeCells`. AssemblyScript, compiled to WebAssembly.
 *
 * Order of calls: `findRows` or `takeCells` add rows to the batch, `countRows` assigns them to groups, the caller assigns
 * a cell to each new group, `countOrigins` counts origins by cell and starts a new batch.
 */
import { LINE_FEED } from '../export-rows/cells.ts';
import {
  addPlainRow,
  addRow,
  clearRows,
  idOf,
  isWithheld,
  keyOf,
  MAX_ROWS,
  NO_PIXEL,
  rows,
  setGroup,
  valuesOf,
} from './batch.ts';
import { cellFrom, cellTo } from './fields.ts';
import {
  clearGroups as clearOnlyGroups,
  countInGroup,
  GROUP_BYTES,
  groups,
  isGroupFull,
  records as groupRecords,
} from './groups.ts';
import { areIdsForgotten, beginIds, GROUP, isNewId, prefetchIds, seen as seenIds } from './ids.ts';
import { limitPages, allocate } from './memory.ts';
import {
  areOriginsForgotten,
  beginOrigins,
  newCells,
  countOrigins as countOriginsOf,
  daysSinceEpoch,
  MAX_CELLS,
  MAX_DAYS,
  newOrigins,
  originCount,
  renumberCells,
  returningOrigins,
  seen as seenOrigins,
} from './origins.ts';
import { arePairsFull, clearPairs, countPair, PAIR_SLOTS, pairs, TABLES } from './pairs.ts';
import {
  headerPrefixes,
  describeTable,
  fieldOf,
  findCells,
  afterBlankLine,
  isLikeHeader,
  MAX_COLUMNS,
} from './rows.ts';
import {
  aliases,
  OTHER,
  clearTexts,
  domainFrom,
  domainTo,
  isTextFull,
  MAX_TEXTS,
  textFields,
  textFrom,
  texts,
  textTo,
} from './texts.ts';

export {
  aliases,
  areIdsForgotten,
  areOriginsForgotten,
  headerPrefixes,
  cellFrom,
  newCells,
  cellTo,
  clearTexts,
  daysSinceEpoch,
  describeTable,
  domainFrom,
  domainTo,
  fieldOf,
  GROUP_BYTES,
  groupRecords,
  groups,
  MAX_CELLS,
  MAX_DAYS,
  MAX_COLUMNS,
  MAX_TEXTS,
  newOrigins,
  originCount,
  OTHER,
  PAIR_SLOTS,
  pairs,
  renumberCells,
  returningOrigins,
  seenIds,
  seenOrigins,
  textFields,
  textFrom,
  texts,
  textTo,
};

/** Reads may go this far beyond their range. */
const SLACK: usize = 64;

/** Address of the input, and of the end of what was consumed. */
export let input: usize = 0;
export let end: usize = 0;

/** What the last `countRows` found. */
export let events: u32 = 0;
export let duplicates: u32 = 0;
export let withoutId: u32 = 0;
export let withoutTime: u32 = 0;

/**
 * Must be called once, first. Ids and origins together use up to `pages` pages of 64 KiB; ids may displace origins, up to
 * `idPages`. Returns false if there is not enough memory.
 */
export function begin(inputBytes: usize, pages: u32, idPages: u32): bool {
  input = allocate(inputBytes + SLACK);
  limitPages(pages);
  return input !== 0 && beginIds(idPages) && beginOrigins(pages);
}

/**
 * Adds rows from the first `length` bytes of the input, skipping the first `skipped`, until one is not plain or
 * `isFull`. Returns the number of rows added; `end` is the address after the last.
 */
export function findRows(skipped: usize, length: usize): u32 {
  const last = input + length;
  const before = rows;
  end = input + skipped;
  // Sentinel: ends every search for the end of a cell.
  store<u8>(last, LINE_FEED);
  while (end < last && !isFull()) {
    const afterBlank = afterBlankLine(end, last);
    if (afterBlank !== 0) {
      end = afterBlank;
      continue;
    }
    const next = isLikeHeader(end) ? (0 as usize) : findCells(end, last);
    if (next === 0 || !addPlainRow()) break;
    end = next;
  }
  return rows - before;
}

/** Adds a row whose cells the caller has set. The batch must not be full. */
export function takeCells(day: i32, band: i32): void {
  addRow(day, band);
}

/** Whether the batch must be counted, or groups and texts collected, before another row is added. */
export function isFull(): bool {
  return rows === MAX_ROWS || isTextFull();
}

/** Assigns the rows of the batch to groups. Requires that `areGroupsFull` is false. */
export function countRows(): void {
  events = duplicates = withoutId = withoutTime = 0;
  for (let first: u32 = 0; first < rows; first += GROUP) {
    const last = min(first + GROUP, rows);
    prefetchIds(first, last);
    for (let row = first; row < last; row++) setGroup(row, groupFor(row));
  }
}

/** Counts the origins of the batch by the cells of their groups, and starts a new batch. */
export function countOrigins(): void {
  countOriginsOf(rows);
  clearRows();
}

/** Whether groups must be collected before the next batch is counted. */
export function areGroupsFull(): bool {
  return isGroupFull() || arePairsFull();
}

export function areTextsFull(): bool {
  return isTextFull();
}

/** Clears all groups, after the caller has collected them. */
export function clearGroups(): void {
  clearOnlyGroups();
  clearPairs();
}

function groupFor(row: u32): i32 {
  const id = idOf(row);
  if (id === 0) withoutId++;
  else if (!isNewId(id)) {
    duplicates++;
    return -1;
  }
  events++;
  const key = keyOf(row);
  if (load<i32>(key) === 0) {
    withoutTime++;
    return -1;
  }
  const group = countInGroup(key, isWithheld(row));
  const values = valuesOf(row);
  for (let table: u32 = 0; table < TABLES; table++) {
    const value = load<u32>(values + ((table as usize) << 2));
    if (value !== NO_PIXEL) countPair(table, group, value);
  }
  return group as i32;
}
