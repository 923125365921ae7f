/**
 * The header of a block with dynamic codes (RFC 1951, section 3.2.7): the code lengths, themselves
 * compressed.
 */
import { putBits } from './bits.ts';
import { distanceBits, symbolBits } from './codes.ts';
import { add, assignCodes, buildLengths, entry } from './huffman.ts';
import { DISTANCES, FIRST_LENGTH, SYMBOLS } from './symbols.ts';

/** Symbols 0 to 15 are code lengths; 16 repeats the previous one, 17 and 18 repeat 0. */
const RUN_SYMBOLS: u32 = 19;
const REPEAT: u32 = 16;
const ZEROS: u32 = 17;
const MANY_ZEROS: u32 = 18;
const MAX_RUN_BITS: u32 = 7;
/** Block type: dynamic codes, not the last block. */
const DYNAMIC_BLOCK: u32 = 4;

/** Both sets of code lengths, one after the other: runs may cross from one to the other. */
const lengths = memory.data(320, 16);
/** The lengths as run symbols (u8), and the value of each symbol's extra bits (u8). */
const runSymbols = memory.data(320, 16);
const runExtras = memory.data(320, 16);
const runCounts = memory.data(80, 16);
const runBits = memory.data(32, 16);
const runCodes = memory.data(80, 16);
/** The order in which the lengths of the run codes are written: rare ones last. */
const runOrder = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

let runs: u32 = 0;

/** Writes the header with the codes of the stretch. */
export function putHeader(): void {
  const symbols = usedOf(symbolBits, SYMBOLS, FIRST_LENGTH);
  const distances = usedOf(distanceBits, DISTANCES, 1);
  memory.copy(lengths, symbolBits, symbols as usize);
  memory.copy(lengths + (symbols as usize), distanceBits, distances as usize);
  findRuns(symbols + distances);
  buildLengths(runCounts, RUN_SYMBOLS, MAX_RUN_BITS, runBits);
  assignCodes(runBits, RUN_SYMBOLS, runCodes);
  let ordered = RUN_SYMBOLS;
  while (ordered > 4 && orderedBits(ordered - 1) === 0) ordered--;

  putBits(DYNAMIC_BLOCK, 3);
  putBits(symbols - FIRST_LENGTH, 5);
  putBits(distances - 1, 5);
  putBits(ordered - 4, 4);
  for (let index: u32 = 0; index < ordered; index++) putBits(orderedBits(index), 3);
  for (let index: u32 = 0; index < runs; index++) {
    const symbol = load<u8>(runSymbols + (index as usize)) as u32;
    putBits(entry(runCodes, symbol), load<u8>(runBits + (symbol as usize)) as u32);
    putBits(load<u8>(runExtras + (index as usize)) as u32, extraBitsOf(symbol));
  }
}

/** The number of lengths to write, without zeros at the end; at least `fewest`. */
function usedOf(bits: usize, symbols: u32, fewest: u32): u32 {
  let used = symbols;
  while (used > fewest && load<u8>(bits + (used as usize) - 1) === 0) used--;
  return used;
}

function findRuns(total: u32): void {
  runs = 0;
  memory.fill(runCounts, 0, 80);
  for (let index: u32 = 0; index < total;) {
    const length = lengthAt(index);
    let times: u32 = 1;
    while (index + times < total && lengthAt(index + times) === length) times++;
    index += times;
    if (length === 0) times = addZeros(times);
    else {
      addBatch(length, 0);
      times = addRepeats(times - 1);
    }
    for (; times > 0; times--) addBatch(length, 0);
  }
}

/** Returns how many zeros remain, too few for a run. */
function addZeros(times: u32): u32 {
  let left = times;
  while (left >= 11) {
    const part = min(left, 138);
    addBatch(MANY_ZEROS, part - 11);
    left -= part;
  }
  if (left < 3) return left;
  addBatch(ZEROS, left - 3);
  return 0;
}

/** Returns how many repetitions remain, too few for a run. */
function addRepeats(times: u32): u32 {
  let left = times;
  while (left >= 3) {
    const part = min(left, 6);
    addBatch(REPEAT, part - 3);
    left -= part;
  }
  return left;
}

function addBatch(symbol: u32, extra: u32): void {
  store<u8>(runSymbols + (runs as usize), symbol as u8);
  store<u8>(runExtras + (runs as usize), extra as u8);
  runs++;
  add(runCounts, symbol, 1);
}

function extraBitsOf(symbol: u32): u32 {
  return symbol === REPEAT ? 2 : symbol === ZEROS ? 3 : symbol === MANY_ZEROS ? 7 : 0;
}

function lengthAt(index: u32): u32 {
  return load<u8>(lengths + (index as usize)) as u32;
}

function orderedBits(index: u32): u32 {
  return load<u8>(runBits + (load<u8>(runOrder + (index as usize)) as usize)) as u32;
}
