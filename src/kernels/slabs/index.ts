/**
 * Everything that happens to the rows of a slab, in one memory: rows that need no decision are taken many at
 * a time and get their ids (`plain-rows`), records of tables are written as rows (`csv-rows`), then they are compressed where they stand (`deflate`).
 * AssemblyScript, compiled to WebAssembly.
 */
import { checksum } from '../crc32/block.ts';
import { addCheck, beginChecks, setFixed } from '../csv-rows/checks.ts';
import { lastRecordEnd } from '../csv-rows/cut.ts';
import { setDialect } from '../csv-rows/dialect.ts';
import { addMember, addNull, beginMembers } from '../csv-rows/members.ts';
import {
  end as recordsEnd,
  filled as recordsFilled,
  fromNumber,
  limitRecords,
  lines as recordLines,
  old as recordsOld,
  outEnd as recordsOutEnd,
  rewritten,
  rows as records,
  setTable,
  takeRecords,
  withoutId as recordsWithoutId,
  writeTo,
  zoneAssumed,
} from '../csv-rows/rows.ts';
import { setZone } from '../csv-rows/times.ts';
import { compress } from '../deflate/compress.ts';
import { setDigest, setMember } from '../plain-rows/ids.ts';
import { addProbe, beginRules, setProbeText } from '../plain-rows/members.ts';
import { setPrefix } from '../plain-rows/sha256.ts';
import { addKey, addOutput, beginReshaping } from '../plain-rows/reshape.ts';
import {
  copy,
  dropped,
  end,
  filled,
  limit,
  old,
  outEnd,
  renamed,
  rows,
  setMissingIds,
  setOutput,
  timesFromNumber,
  timesOfZone,
  timesRewritten,
  view,
  withoutId,
} from '../plain-rows/rows.ts';

export {
  addKey,
  addOutput,
  addProbe,
  beginReshaping,
  beginRules,
  setDigest,
  setMember,
  setPrefix,
  setProbeText,
};
export { checksum };
export { copy, end, filled, limit, old, outEnd, rows, setMissingIds, setOutput, view, withoutId };
export { dropped, renamed, timesFromNumber, timesOfZone, timesRewritten };

export { addCheck, addMember, addNull, beginChecks, beginMembers, setDialect, setFixed, setZone };
export { fromNumber, lastRecordEnd, limitRecords, rewritten, setTable, takeRecords, writeTo, zoneAssumed };
export { recordLines, records, recordsEnd, recordsFilled, recordsOld, recordsOutEnd, recordsWithoutId };

/** How far reads and writes may exceed their range. */
const SLACK: usize = 128;

/** Addresses: of the bytes of a slab, of rows that had to be copied, and of what is compressed. */
export let input: usize = 0;
export let arena: usize = 0;
export let packed: usize = 0;

/** Must be called once, before all else. At most `arenaBytes` are compressed at once. */
export function reserve(inputBytes: usize, arenaBytes: usize): void {
  input = heap.alloc(inputBytes + SLACK);
  arena = heap.alloc(arenaBytes + SLACK);
  packed = heap.alloc(2 * max(inputBytes, arenaBytes) + SLACK);
}

/** Compresses `[from, to)` to `packed`; returns the length of what was written. */
export function deflate(from: usize, to: usize): usize {
  return compress(from, to, packed);
}
