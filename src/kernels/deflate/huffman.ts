/** Canonical Huffman codes of bounded length, as in deflate. */

/** A key combines a count and its symbol in one word, so that sorting keys sorts symbols. */
const SYMBOL_BITS: u32 = 9;
const SYMBOL_MASK: u32 = (1 << SYMBOL_BITS) - 1;
const MAX_LENGTH: u32 = 15;

const keys = memory.data(1_280, 16);
const otherKeys = memory.data(1_280, 16);
const buckets = memory.data(1_040, 16);
/** Weights and parents of leaves, then of inner nodes. */
const weights = memory.data(2_560, 16);
const parents = memory.data(1_280, 16);
const depths = memory.data(640, 16);
const perLength = memory.data(128, 16);

/**
 * Computes code lengths in bits: `counts` (u32) to `lengths` (u8), at most `limit`. Unused symbols have
 * length 0; with fewer than two used symbols, the only one, or the first, gets a code of one bit. Counts must
 * be below 2^23.
 */
export function buildLengths(counts: usize, symbols: u32, limit: u32, lengths: usize): void {
  memory.fill(lengths, 0, symbols as usize);
  let used: u32 = 0;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const count = entry(counts, symbol);
    if (count !== 0) setEntry(keys, used++, (count << SYMBOL_BITS) | symbol);
  }
  if (used < 2) {
    const only = used === 0 ? 0 : entry(keys, 0) & SYMBOL_MASK;
    store<u8>(lengths + (only as usize), 1);
    return;
  }
  const sorted = sortKeys(used);
  growTree(sorted, used);
  countDepths(used, limit);
  balance(limit);
  let index: u32 = 0;
  for (let length = limit; length >= 1; length--) {
    for (let left = entry(perLength, length); left > 0; left--) {
      store<u8>(lengths + ((entry(sorted, index++) & SYMBOL_MASK) as usize), length as u8);
    }
  }
}

/**
 * Repeatedly joins the two lightest nodes. Each new node is at least as heavy as the one before, so nodes
 * stay sorted.
 */
function growTree(sorted: usize, used: u32): void {
  for (let index: u32 = 0; index < used; index++) {
    setEntry(weights, index, entry(sorted, index) >> SYMBOL_BITS);
  }
  let leaf: u32 = 0;
  let node = used;
  for (let next = used; next < 2 * used - 1; next++) {
    let weight: u32 = 0;
    for (let child = 0; child < 2; child++) {
      const takesLeaf = leaf < used && (node >= next || entry(weights, leaf) <= entry(weights, node));
      const picked = takesLeaf ? leaf++ : node++;
      weight += entry(weights, picked);
      store<u16>(parents + ((picked as usize) << 1), next as u16);
    }
    setEntry(weights, next, weight);
  }
}

/** Counts the leaves per depth; deeper ones count at `limit`. */
function countDepths(used: u32, limit: u32): void {
  memory.fill(perLength, 0, 128);
  const root = 2 * used - 2;
  store<u8>(depths + (root as usize), 0);
  for (let node = (root as i32) - 1; node >= 0; node--) {
    const parent = load<u16>(parents + ((node as usize) << 1)) as usize;
    const depth = (load<u8>(depths + parent) as u32) + 1;
    store<u8>(depths + (node as usize), depth as u8);
    if ((node as u32) < used) add(perLength, min(depth, limit), 1);
  }
}

/**
 * Leaves lifted to the limit need more codes than exist. Each step turns a leaf above the limit into the
 * parent of itself and of a leaf from the limit.
 */
function balance(limit: u32): void {
  let taken: u32 = 0;
  for (let length: u32 = 1; length <= limit; length++) taken += entry(perLength, length) << (limit - length);
  for (; taken > 1 << limit; taken--) {
    let length = limit - 1;
    while (entry(perLength, length) === 0) length--;
    add(perLength, length, -1);
    add(perLength, length + 1, 2);
    add(perLength, limit, -1);
  }
}

/** Radix sort of the keys by count, eight bits at a time. Returns the address of the sorted keys. */
function sortKeys(used: u32): usize {
  let from: usize = keys;
  let to: usize = otherKeys;
  for (let shift = SYMBOL_BITS; shift < 32; shift += 8) {
    memory.fill(buckets, 0, 1_028);
    for (let index: u32 = 0; index < used; index++) add(buckets, bucketOf(from, index, shift) + 1, 1);
    for (let bucket: u32 = 1; bucket < 256; bucket++) add(buckets, bucket, entry(buckets, bucket - 1));
    for (let index: u32 = 0; index < used; index++) {
      const bucket = bucketOf(from, index, shift);
      setEntry(to, entry(buckets, bucket), entry(from, index));
      add(buckets, bucket, 1);
    }
    const sorted = to;
    to = from;
    from = sorted;
  }
  return from;
}

function bucketOf(keys: usize, index: u32, shift: u32): u32 {
  return (entry(keys, index) >> shift) & 255;
}

/** Assigns canonical codes (u32) to lengths, with the first bit lowest. */
export function assignCodes(lengths: usize, symbols: u32, codes: usize): void {
  memory.fill(perLength, 0, 128);
  for (let symbol: u32 = 0; symbol < symbols; symbol++) add(perLength, lengthAt(lengths, symbol), 1);
  let code: u32 = 0;
  let shorter: u32 = 0;
  for (let length: u32 = 1; length <= MAX_LENGTH; length++) {
    code = (code + shorter) << 1;
    shorter = entry(perLength, length);
    setEntry(perLength, length, code);
  }
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const length = lengthAt(lengths, symbol);
    if (length === 0) {
      setEntry(codes, symbol, 0);
      continue;
    }
    setEntry(codes, symbol, reversed(entry(perLength, length)) >> (16 - length));
    add(perLength, length, 1);
  }
}

function lengthAt(lengths: usize, symbol: u32): u32 {
  return load<u8>(lengths + (symbol as usize)) as u32;
}

/** Reverses sixteen bits. */
function reversed(value: u32): u32 {
  const pairs = ((value & 0x5555) << 1) | ((value >> 1) & 0x5555);
  const nibbles = ((pairs & 0x3333) << 2) | ((pairs >> 2) & 0x3333);
  const bytes = ((nibbles & 0x0f0f) << 4) | ((nibbles >> 4) & 0x0f0f);
  return ((bytes & 0xff) << 8) | (bytes >> 8);
}

/** Reads an entry of a table of u32. */
export function entry(table: usize, index: u32): u32 {
  return load<u32>(table + ((index as usize) << 2));
}

export function setEntry(table: usize, index: u32, value: u32): void {
  store<u32>(table + ((index as usize) << 2), value);
}

export function add(table: usize, index: u32, more: i32): void {
  setEntry(table, index, entry(table, index) + more);
}
