/** Builds the Huffman codes of a stretch from how often its literals and matches occur. */
import { add, assignCodes, buildLengths, entry, setEntry } from './huffman.ts';
import { distanceCounts, lengthCounts, matches, matchesEnd, MATCH_BYTES } from './matches.ts';
import {
  distanceExtraBits,
  lengthBase,
  lengthExtraBits,
  lengthSymbol,
  DISTANCES,
  END_OF_BLOCK,
  FIRST_LENGTH,
  LENGTHS,
  LITERALS,
  MAX_MATCH,
  MIN_MATCH,
  SYMBOLS,
} from './symbols.ts';

/** Four codes fit into the bit buffer between two writes. */
const MAX_BITS: u32 = 14;
/** One in this many runs of literals is counted; the frequencies hardly differ between runs. */
const SAMPLE: u32 = 4;
/**
 * Size of one table of literal counts. There are four tables, so that equal neighbours do not wait for each
 * other.
 */
const COUNTER_BYTES: usize = 1_024;

const literalCounts = memory.data(4_096, 16);
const counts = memory.data(1_152, 16);
/** Code lengths in bits, u8: literals, end of block and match lengths, then distances. */
export const symbolBits = memory.data(320, 16);
export const distanceBits = symbolBits + (SYMBOLS as usize);
export const symbolCodes = memory.data(1_280, 16);
export const distanceCodes = symbolCodes + ((SYMBOLS as usize) << 2);

/**
 * Per literal, and per match length with its extra bits: the bits to write, and in the highest byte their
 * number.
 */
export const literalWrites = memory.data(1_024, 16);
export const lengthWrites = memory.data(1_040, 16);

/** Estimated size in bits of the stretch with these codes, without its header. */
export let estimatedBits: u32 = 0;

/** Builds the codes for `[from, to)` and the matches listed for it. */
export function buildCodes(from: usize, to: usize): void {
  countLiterals(from, to);
  // Every literal gets a code, because the sample may lack one that occurs.
  for (let literal: u32 = 0; literal < LITERALS; literal++) {
    let sampled: u32 = 0;
    for (let counter: usize = 0; counter < 4; counter++) {
      sampled += entry(literalCounts + counter * COUNTER_BYTES, literal);
    }
    setEntry(counts, literal, sampled * SAMPLE + 1);
  }
  setEntry(counts, END_OF_BLOCK, 1);
  memory.copy(counts + ((FIRST_LENGTH as usize) << 2), lengthCounts, (LENGTHS as usize) << 2);
  buildLengths(counts, SYMBOLS, MAX_BITS, symbolBits);
  assignCodes(symbolBits, SYMBOLS, symbolCodes);
  buildLengths(distanceCounts, DISTANCES, MAX_BITS, distanceBits);
  assignCodes(distanceBits, DISTANCES, distanceCodes);
  fillWrites();
  estimate();
}

/** Counts the literals of every fourth run between matches, and all after the last match. */
function countLiterals(from: usize, to: usize): void {
  memory.fill(literalCounts, 0, 4 * COUNTER_BYTES);
  let at = from;
  let number: u32 = 0;
  for (let match = matches; match < matchesEnd; match += MATCH_BYTES) {
    const literals = load<u32>(match) as usize;
    if (number++ % SAMPLE === 0) countRun(at, at + literals);
    at += literals + (load<u16>(match, 4) as usize);
  }
  countRun(at, to);
}

function countRun(from: usize, to: usize): void {
  let at = from;
  for (; at + 4 <= to; at += 4) {
    add(literalCounts, load<u8>(at) as u32, 1);
    add(literalCounts + COUNTER_BYTES, load<u8>(at, 1) as u32, 1);
    add(literalCounts + 2 * COUNTER_BYTES, load<u8>(at, 2) as u32, 1);
    add(literalCounts + 3 * COUNTER_BYTES, load<u8>(at, 3) as u32, 1);
  }
  for (; at < to; at++) add(literalCounts, load<u8>(at) as u32, 1);
}

function fillWrites(): void {
  for (let literal: u32 = 0; literal < LITERALS; literal++) {
    setEntry(literalWrites, literal, entry(symbolCodes, literal) | (bitsOf(literal) << 24));
  }
  for (let length = MIN_MATCH; length <= MAX_MATCH; length++) {
    const symbol = lengthSymbol(length);
    const codeBits = bitsOf(FIRST_LENGTH + symbol);
    const extra = (length - lengthBase(symbol)) << codeBits;
    const allBits = codeBits + lengthExtraBits(symbol);
    setEntry(lengthWrites, length, entry(symbolCodes, FIRST_LENGTH + symbol) | extra | (allBits << 24));
  }
}

function estimate(): void {
  let bits: u32 = 0;
  for (let literal: u32 = 0; literal < LITERALS; literal++) bits += entry(counts, literal) * bitsOf(literal);
  for (let symbol: u32 = 0; symbol < LENGTHS; symbol++) {
    bits += entry(lengthCounts, symbol) * (bitsOf(FIRST_LENGTH + symbol) + lengthExtraBits(symbol));
  }
  for (let symbol: u32 = 0; symbol < DISTANCES; symbol++) {
    const codeBits = load<u8>(distanceBits + (symbol as usize)) as u32;
    bits += entry(distanceCounts, symbol) * (codeBits + distanceExtraBits(symbol));
  }
  estimatedBits = bits;
}

function bitsOf(symbol: u32): u32 {
  return load<u8>(symbolBits + (symbol as usize)) as u32;
}
