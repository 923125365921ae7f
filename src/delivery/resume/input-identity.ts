/** Recognizes inputs of earlier runs by content, never by path. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Input } from '../../contracts/input.ts';
import type { Range } from '../../records.ts';
import type { InputIdentity } from '../ledger/records.ts';

/** Enough of the beginning to tell most inputs apart; the rest is compared by checksums. */
const maxHeadBytes = 4 * 1024;

/** The first bytes of an input. When reading fails, throws only if nothing was read before. */
export async function readHead(input: Input): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  try {
    for await (const slab of input.read(0, maxHeadBytes)) {
      parts.push(new Uint8Array(slab.bytes));
      slab.release();
    }
  } catch (error) {
    if (parts.length === 0) throw error;
  }
  return Buffer.concat(parts).subarray(0, maxHeadBytes);
}

export function identify(head: Uint8Array): InputIdentity {
  return { headBytes: head.length, headDigest: digest(head) };
}

/** Whether an input that starts with `head` may be the identified one. */
export function hasHead(head: Uint8Array, identity: InputIdentity): boolean {
  return (
    head.length >= identity.headBytes && digest(head.subarray(0, identity.headBytes)) === identity.headDigest
  );
}

/**
 * Whether the input still contains the bytes that an earlier run delivered. They are not read again if the storage
 * vouches for them with an unchanged version.
 */
export async function stillHolds(
  input: Input,
  earlier: Pick<InputIdentity, 'version'>,
  ranges: Parameters<typeof holdsRanges>[1],
): Promise<boolean> {
  if (input.version !== undefined && input.version === earlier.version) return true;
  return holdsRanges(input, ranges);
}

/**
 * Whether the input still holds the bytes that were delivered: reads every range again and compares its CRC-32.
 * Ranges without a CRC, after a split, are assumed unchanged.
 */
export async function holdsRanges(
  input: Input,
  ranges: readonly (Pick<Range, 'from' | 'to'> & { crc32?: number })[],
): Promise<boolean> {
  for (const { from, to, crc32: expected } of ranges) {
    if (expected === undefined || from === to) continue;
    if ((await checksum(input, from, to)) !== expected) return false;
  }
  return true;
}

/** Up to `length` bytes at `offset`; fewer where the input ends. */
export async function bytesAt(input: Input, offset: number, length: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const slab of input.read(offset, offset + length)) {
    parts.push(new Uint8Array(slab.bytes));
    slab.release();
  }
  return Buffer.concat(parts);
}

async function checksum(input: Input, from: number, to: number): Promise<number | undefined> {
  let crc = 0;
  let length = 0;
  try {
    for await (const slab of input.read(from, to)) {
      crc = crc32(slab.bytes, crc);
      length += slab.bytes.length;
      slab.release();
    }
  } catch {
    // Unreadable bytes count as changed.
  }
  return length === to - from ? crc : undefined;
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
