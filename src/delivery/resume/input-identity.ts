/** Whether an input is one that an earlier run has met: known by its bytes, never by its path. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Input } from '../../contracts/input.ts';
import type { Range } from '../../records.ts';
import type { InputIdentity } from '../ledger/records.ts';

/** As much of the beginning as tells inputs apart at a glance; the bytes behind it are held against checksums. */
const maxHeadBytes = 4 * 1024;

/** The first bytes of an input. Throws what reading throws, unless something was read before. */
export async function readHead(input: Input): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  try {
    for await (const slot of input.read(0, maxHeadBytes)) {
      parts.push(new Uint8Array(slot.bytes));
      slot.release();
    }
  } catch (error) {
    if (parts.length === 0) throw error;
  }
  return Buffer.concat(parts).subarray(0, maxHeadBytes);
}

export function identify(head: Uint8Array): InputIdentity {
  return { headBytes: head.length, headDigest: digest(head) };
}

/** Whether an input that begins with `head` may be the one that was identified so. */
export function hasHead(head: Uint8Array, identity: InputIdentity): boolean {
  return (
    head.length >= identity.headBytes && digest(head.subarray(0, identity.headBytes)) === identity.headDigest
  );
}

/**
 * Whether the input still holds the very bytes that were delivered: every range is read again and its
 * CRC-32 compared. Ranges whose CRC was lost in a split are taken on the word of their neighbours.
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

/** Whether the input ends at `offset`, or where it goes on. */
export async function bytesAt(input: Input, offset: number, length: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const slot of input.read(offset, offset + length)) {
    parts.push(new Uint8Array(slot.bytes));
    slot.release();
  }
  return Buffer.concat(parts);
}

async function checksum(input: Input, from: number, to: number): Promise<number | undefined> {
  let crc = 0;
  let length = 0;
  try {
    for await (const slot of input.read(from, to)) {
      crc = crc32(slot.bytes, crc);
      length += slot.bytes.length;
      slot.release();
    }
  } catch {
    // Bytes that cannot be read any more are not the bytes that were delivered.
  }
  return length === to - from ? crc : undefined;
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
