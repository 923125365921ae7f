/**
 * SHA-256 (FIPS 180-4) of four messages at once, one in each lane. A message is a prefix of 32 bytes, which all
 * share, and bytes of its own.
 */

export const LANES = 4;
const BLOCK_BYTES: usize = 64;
const PREFIX_BYTES: usize = 32;
/** A one bit, and the length in bits as eight bytes. */
const END_BYTES: usize = 9;
const ROUNDS: usize = 64;
const ONE_BIT: u8 = 0x80;

const ROUND_CONSTANTS = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);
const FIRST_STATE = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

const prefix = memory.data(32, 16);
/** Per lane: the first block, and the last one or two. */
const FRAME_BYTES: usize = 192;
const frames = memory.data(768, 16);
/** Per lane: address and length of its own bytes, and how many blocks its message has. */
const LANE_BYTES: usize = 12;
const lanes = memory.data(48, 4);
/** Eight words of each lane, and sixteen of the message schedule. */
const states = memory.data(128, 16);
const schedule = memory.data(256, 16);
const NO_BLOCK = memory.data(64, 16);
const BIG_ENDIAN = i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);

/** Reads the 32 bytes in front of every message at `from`. */
export function setPrefix(from: usize): void {
  memory.copy(prefix, from, PREFIX_BYTES);
}

/** Puts a message with the bytes `[from, to)` into a lane. */
export function setMessage(lane: i32, from: usize, to: usize): void {
  const frame = frames + (lane as usize) * FRAME_BYTES;
  const length = PREFIX_BYTES + (to - from);
  const whole = length / BLOCK_BYTES;
  memory.copy(frame, prefix, PREFIX_BYTES);
  if (whole > 0) memory.copy(frame + PREFIX_BYTES, from, BLOCK_BYTES - PREFIX_BYTES);
  const last = frame + BLOCK_BYTES;
  const rest = length - whole * BLOCK_BYTES;
  memory.fill(last, 0, 2 * BLOCK_BYTES);
  if (whole > 0) memory.copy(last, to - rest, rest);
  else {
    memory.copy(last, prefix, PREFIX_BYTES);
    memory.copy(last + PREFIX_BYTES, from, to - from);
  }
  store<u8>(last + rest, ONE_BIT);
  const blocks = whole + (rest + END_BYTES > BLOCK_BYTES ? 2 : 1);
  const end = last + (blocks - whole) * BLOCK_BYTES;
  store<u64>(end - 8, bswap((length as u64) << 3));
  const entry = lanes + (lane as usize) * LANE_BYTES;
  store<u32>(entry, from as u32);
  store<u32>(entry, whole as u32, 4);
  store<u32>(entry, blocks as u32, 8);
}

/** Leaves a lane without a message. */
export function setNoMessage(lane: i32): void {
  store<u32>(lanes + (lane as usize) * LANE_BYTES, 0, 8);
}

/** Hashes all lanes. */
export function hashAll(): void {
  for (let word: usize = 0; word < 8; word++) {
    v128.store(states + (word << 4), i32x4.splat(load<u32>(FIRST_STATE + (word << 2))));
  }
  let blocks: u32 = 0;
  for (let lane = 0; lane < LANES; lane++) blocks = max(blocks, blocksOf(lane));
  for (let block: u32 = 0; block < blocks; block++) hashBlock(block);
}

/** The first eight bytes of a lane's digest, or the eight behind them, in big-endian order. */
export function digestPart(lane: i32, part: usize): u64 {
  const at = states + part * 32 + ((lane as usize) << 2);
  return ((load<u32>(at) as u64) << 32) | load<u32>(at, 16);
}

function blocksOf(lane: i32): u32 {
  return load<u32>(lanes + (lane as usize) * LANE_BYTES, 8);
}

function blockAt(lane: i32, block: u32): usize {
  const entry = lanes + (lane as usize) * LANE_BYTES;
  const whole = load<u32>(entry, 4);
  const frame = frames + (lane as usize) * FRAME_BYTES;
  if (block >= load<u32>(entry, 8)) return NO_BLOCK;
  if (block >= whole) return frame + BLOCK_BYTES * ((1 + block - whole) as usize);
  return block === 0 ? frame : (load<u32>(entry) as usize) + (block as usize) * BLOCK_BYTES - PREFIX_BYTES;
}

/** Hashes one block of each lane. The state of a lane without such a block stays. */
function hashBlock(block: u32): void {
  loadWords(block);
  let a = v128.load(states);
  let b = v128.load(states, 16);
  let c = v128.load(states, 32);
  let d = v128.load(states, 48);
  let e = v128.load(states, 64);
  let f = v128.load(states, 80);
  let g = v128.load(states, 96);
  let h = v128.load(states, 112);
  for (let round: usize = 0; round < ROUNDS; round++) {
    const constant = i32x4.splat(load<u32>(ROUND_CONSTANTS + (round << 2)));
    const sum1 = v128.xor(v128.xor(rotated(e, 6), rotated(e, 11)), rotated(e, 25));
    const chosen = v128.bitselect(f, g, e);
    const first = i32x4.add(i32x4.add(h, sum1), i32x4.add(chosen, i32x4.add(constant, wordOf(round))));
    const sum0 = v128.xor(v128.xor(rotated(a, 2), rotated(a, 13)), rotated(a, 22));
    const majority = v128.bitselect(v128.or(b, c), v128.and(b, c), a);
    h = g;
    g = f;
    f = e;
    e = i32x4.add(d, first);
    d = c;
    c = b;
    b = a;
    a = i32x4.add(first, i32x4.add(sum0, majority));
  }
  const active = activeLanes(block);
  addTo(0, a, active);
  addTo(16, b, active);
  addTo(32, c, active);
  addTo(48, d, active);
  addTo(64, e, active);
  addTo(80, f, active);
  addTo(96, g, active);
  addTo(112, h, active);
}

/** Word of the message schedule, computed where it is none of the first sixteen. */
function wordOf(round: usize): v128 {
  const at = schedule + ((round & 15) << 4);
  if (round < 16) return v128.load(at);
  const before2 = v128.load(schedule + (((round + 14) & 15) << 4));
  const before15 = v128.load(schedule + (((round + 1) & 15) << 4));
  const before7 = v128.load(schedule + (((round + 9) & 15) << 4));
  const small1 = v128.xor(v128.xor(rotated(before2, 17), rotated(before2, 19)), i32x4.shr_u(before2, 10));
  const small0 = v128.xor(v128.xor(rotated(before15, 7), rotated(before15, 18)), i32x4.shr_u(before15, 3));
  const word = i32x4.add(i32x4.add(v128.load(at), small0), i32x4.add(before7, small1));
  v128.store(at, word);
  return word;
}

function rotated(words: v128, bits: i32): v128 {
  return v128.or(i32x4.shr_u(words, bits), i32x4.shl(words, 32 - bits));
}

/** The sixteen words of a block of each lane, lane beside lane. */
function loadWords(block: u32): void {
  const one = blockAt(0, block);
  const two = blockAt(1, block);
  const three = blockAt(2, block);
  const four = blockAt(3, block);
  for (let at: usize = 0; at < BLOCK_BYTES; at += 16) {
    const first = wordsAt(one + at);
    const second = wordsAt(two + at);
    const third = wordsAt(three + at);
    const fourth = wordsAt(four + at);
    const low12 = v128.shuffle<u32>(first, second, 0, 4, 1, 5);
    const low34 = v128.shuffle<u32>(third, fourth, 0, 4, 1, 5);
    const high12 = v128.shuffle<u32>(first, second, 2, 6, 3, 7);
    const high34 = v128.shuffle<u32>(third, fourth, 2, 6, 3, 7);
    const out = schedule + (at << 2);
    v128.store(out, v128.shuffle<u64>(low12, low34, 0, 2));
    v128.store(out, v128.shuffle<u64>(low12, low34, 1, 3), 16);
    v128.store(out, v128.shuffle<u64>(high12, high34, 0, 2), 32);
    v128.store(out, v128.shuffle<u64>(high12, high34, 1, 3), 48);
  }
}

function wordsAt(at: usize): v128 {
  return i8x16.swizzle(v128.load(at), BIG_ENDIAN);
}

/** All bits of the lanes whose message has this block. */
function activeLanes(block: u32): v128 {
  const counts = i32x4(blocksOf(0) as i32, blocksOf(1) as i32, blocksOf(2) as i32, blocksOf(3) as i32);
  return i32x4.gt_u(counts, i32x4.splat(block as i32));
}

function addTo(word: usize, words: v128, active: v128): void {
  const at = states + word;
  v128.store(at, i32x4.add(v128.load(at), v128.and(words, active)));
}
