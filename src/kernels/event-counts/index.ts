/**
 * Counts raw events: finds the rows of a CSV table and their cells, sets those aside that repeat an id, and puts the
 * others into groups of rows that are counted by the same. Takes plain rows only, and never says why it stops at another:
 * the rules are those of `analysis/rows`, which finds the cells of every row that is left and gives them to `takeCells`.
 * AssemblyScript, compiled to WebAssembly.
 *
 * The way of a row: `findRows` or `takeCells` make it one of the batch; `countRows` gives it a group; whoever drives this
 * gives each new group a cell; `countOrigins` counts by cell.
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

/** How far reads may exceed their range. */
const SLACK: usize = 64;

/** Where the input goes, and how far it was taken. */
export let input: usize = 0;
export let end: usize = 0;

/** What the last `countRows` found. */
export let events: u32 = 0;
export let duplicates: u32 = 0;
export let withoutId: u32 = 0;
export let withoutTime: u32 = 0;

/**
 * Must be called once, before all else. What is remembered takes so many pages of 64 KiB, of which ids may take those of
 * origins, but not all. False: there is no memory.
 */
export function begin(inputBytes: usize, pages: u32, idPages: u32): bool {
  input = allocate(inputBytes + SLACK);
  limitPages(pages);
  return input !== 0 && beginIds(idPages) && beginOrigins(pages);
}

/**
 * Adds rows of `length` bytes of input, the first of them `skipped` bytes behind its beginning, until one is not plain
 * or `isFull`. Returns how many it added; `end` is behind the last.
 */
export function findRows(skipped: usize, length: usize): u32 {
  const last = input + length;
  const before = rows;
  end = input + skipped;
  // Ends every search for the end of a cell.
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

/** Adds a row whose cells stand in the input, as the caller has set them. There must be room. */
export function takeCells(day: i32, band: i32): void {
  addRow(day, band);
}

/** Whether the rows of the batch must be counted, or groups and texts be taken, before there is room for another row. */
export function isFull(): bool {
  return rows === MAX_ROWS || isTextFull();
}

/** Gives the rows of the batch their groups. `areGroupsFull` must have been false. */
export function countRows(): void {
  events = duplicates = withoutId = withoutTime = 0;
  for (let first: u32 = 0; first < rows; first += GROUP) {
    const last = min(first + GROUP, rows);
    prefetchIds(first, last);
    for (let row = first; row < last; row++) setGroup(row, groupFor(row));
  }
}

/** Counts the origins of the batch by the cells of their groups, and begins a new batch. */
export function countOrigins(): void {
  countOriginsOf(rows);
  clearRows();
}

/** Whether groups must be taken before the next batch is counted. */
export function areGroupsFull(): bool {
  return isGroupFull() || arePairsFull();
}

export function areTextsFull(): bool {
  return isTextFull();
}

/** Forgets all groups, which somebody has taken. */
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
