/**
 * The member with a row's id, as a UUIDv8. By position: 50 bits of digest, 40 of offset, 32 of CRC-32. By content:
 * 122 bits of SHA-256, which is computed of several rows at once.
 */
import { digestPart, hashAll, LANES, setMessage, setNoMessage } from './sha256.ts';

const HYPHEN: u8 = 0x2d;
const HEX = i8x16(
  0x30,
  0x31,
  0x32,
  0x33,
  0x34,
  0x35,
  0x36,
  0x37,
  0x38,
  0x39,
  0x61,
  0x62,
  0x63,
  0x64,
  0x65,
  0x66,
);
const LOW_OFFSET_BITS: u64 = 30;
const MAX_MEMBER_BYTES: usize = 512;

/** `"key":"id",` with room for the id. */
const member = memory.data(512, 16);
let memberLength: usize = 0;
let idAt: usize = 0;
/** The first eight bytes of the digest of recipe and prefix, in big-endian order. */
let digest: u64 = 0;

/**
 * Sets the member to `[from, from + length)`, with its id at offset `at`. Returns false when it is too long.
 */
export function setMember(from: usize, length: usize, at: usize): bool {
  if (length > MAX_MEMBER_BYTES) return false;
  memory.copy(member, from, length);
  memberLength = length;
  idAt = at;
  return true;
}

/** Reads eight bytes of the digest at `from`. */
export function setDigest(from: usize): void {
  digest = bswap(load<u64>(from));
}

export function memberBytes(): usize {
  return memberLength;
}

/** Writes the member of a row to `out`; returns the address after it. */
export function writeMember(out: usize, offset: u64, crc: u32): usize {
  const highOffset = offset >> LOW_OFFSET_BITS;
  const lowOffset = offset & ((1 << LOW_OFFSET_BITS) - 1);
  const version: u64 = 0x8000;
  const high = (digest & 0xffff_ffff_ffff_0000) | version | ((digest >> 4) & 0x0c00) | (highOffset & 0x03ff);
  const low = ((0x8000_0000 | lowOffset) << 32) | (crc as u64);
  memory.copy(out, member, memberLength);
  writeUuid(out + idAt, high, low);
  return out + memberLength;
}

/** Rows whose ids by content are not written yet: per lane, where the id goes. */
const waitingAt = memory.data(16, 4);
let waiting = 0;

/** Writes the member of the row `[from, to)` to `out`, with its id at the latest by `writeWaitingIds`. */
export function writeMemberByContent(out: usize, from: usize, to: usize): usize {
  memory.copy(out, member, memberLength);
  store<u32>(waitingAt + ((waiting as usize) << 2), (out + idAt) as u32);
  setMessage(waiting++, from, to);
  if (waiting === LANES) writeWaitingIds();
  return out + memberLength;
}

/** Must be called before rows move or leave. */
export function writeWaitingIds(): void {
  if (waiting === 0) return;
  for (let lane = waiting; lane < LANES; lane++) setNoMessage(lane);
  hashAll();
  for (let lane = 0; lane < waiting; lane++) {
    const high = (digestPart(lane, 0) & 0xffff_ffff_ffff_0fff) | 0x8000;
    const low = (digestPart(lane, 1) & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
    writeUuid(load<u32>(waitingAt + ((lane as usize) << 2)), high, low);
  }
  waiting = 0;
}

function writeUuid(out: usize, high: u64, low: u64): void {
  const bytes = i64x2(bswap(high), bswap(low));
  const upper = i8x16.swizzle(HEX, i8x16.shr_u(bytes, 4));
  const lower = i8x16.swizzle(HEX, v128.and(bytes, i8x16.splat(0x0f)));
  const first = v128.shuffle<u8>(upper, lower, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const last = v128.shuffle<u8>(upper, lower, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  store<u64>(out, i64x2.extract_lane(first, 0));
  store<u8>(out, HYPHEN, 8);
  store<u32>(out, i32x4.extract_lane(first, 2), 9);
  store<u8>(out, HYPHEN, 13);
  store<u32>(out, i32x4.extract_lane(first, 3), 14);
  store<u8>(out, HYPHEN, 18);
  store<u32>(out, i32x4.extract_lane(last, 0), 19);
  store<u8>(out, HYPHEN, 23);
  store<u32>(out, i32x4.extract_lane(last, 1), 24);
  store<u64>(out, i64x2.extract_lane(last, 1), 28);
}
