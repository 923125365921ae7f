/**
 * Ids for rows that have none. Each contains the recipe: one id stands for the same bytes and one
 * destination. They need no state, and survive a retry, a crash, a renamed or compressed input, another
 * chunk size and rows appended.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Failure } from '../failure.ts';
import { HeadBytes } from './head-bytes.ts';

/** `position`: equal rows stay two events. `content`: they become one. `off`: nothing is added. */
export type FillId = 'position' | 'content' | 'off';

/** The bytes that stand for a row in the input. */
export interface RowSource {
  bytes: Buffer;
  from: number;
  to: number;
  /** Offset of the row's first byte in the decompressed input. */
  offset: number;
}

/** Length of an id as text: a UUID. */
export const ID_LENGTH = 36;

const MIN_PREFIX_BYTES = 512;
const LOW_OFFSET_BITS = 2 ** 30;
const HEX_DIGITS = Buffer.from('0123456789abcdef');
/** Bytes of a UUID behind which its text has a hyphen. */
const HYPHEN_BEHIND = new Set([3, 5, 7, 9]);

/** Makes the ids of one input's rows. */
export class IdMaker {
  readonly #fillId: Exclude<FillId, 'off'>;
  readonly #recipe: string;
  readonly #head: HeadBytes;
  readonly #prefixDigests = new Map<number, Buffer>();
  readonly #uuid = Buffer.alloc(16);

  constructor(options: { fillId: Exclude<FillId, 'off'>; recipe: string; head: HeadBytes }) {
    this.#fillId = options.fillId;
    this.#recipe = options.recipe;
    this.#head = options.head;
  }

  /** Writes the id of a row as 36 ASCII characters into `out` at `at`. */
  write(source: RowSource, out: Buffer, at: number): void {
    if (this.#fillId === 'position') this.#setByPosition(source);
    else this.#setByContent(source);
    this.#uuid[6] = 0x80 | (this.#uuid[6]! & 0x0f);
    this.#uuid[8] = 0x80 | (this.#uuid[8]! & 0x3f);
    writeUuid(this.#uuid, out, at);
  }

  /**
   * 50 bits of recipe and prefix, 40 bits of offset, 32 bits of the row's CRC-32, around the six bits
   * that a UUIDv8 has fixed (RFC 9562, 5.8).
   */
  #setByPosition(source: RowSource): void {
    const uuid = this.#uuid;
    const digest = this.#prefixDigest(source.offset);
    const highOffset = Math.floor(source.offset / LOW_OFFSET_BITS);
    digest.copy(uuid, 0, 0, 6);
    uuid[6] = ((digest[6]! >> 4) & 0x0c) | ((highOffset >> 8) & 0x03);
    uuid[7] = highOffset & 0xff;
    uuid.writeUInt32BE(source.offset % LOW_OFFSET_BITS, 8);
    uuid.writeUInt32BE(crc32(source.bytes.subarray(source.from, source.to)), 12);
  }

  #setByContent(source: RowSource): void {
    const hash = createHash('sha256').update(this.#recipe).update('\0');
    hash.update(source.bytes.subarray(source.from, source.to)).digest().copy(this.#uuid, 0, 0, 16);
  }

  #prefixDigest(offset: number): Buffer {
    const length = prefixLength(offset);
    const known = this.#prefixDigests.get(length);
    if (known !== undefined) return known;
    const prefix = this.#head.bytes.subarray(0, length);
    if (prefix.length < length) throw new Failure('bug', 'ids need the beginning of the input');
    const digest = createHash('sha256').update(this.#recipe).update('\0').update(prefix).digest();
    this.#prefixDigests.set(length, digest);
    return digest;
  }
}

/** How much of the input's beginning goes into the id of a row: it always stands in front of the row. */
export function prefixLength(offset: number): number {
  if (offset < MIN_PREFIX_BYTES) return 0;
  return 2 ** (31 - Math.clz32(Math.min(offset, HeadBytes.maxBytes)));
}

function writeUuid(uuid: Buffer, out: Buffer, at: number): void {
  let end = at;
  for (let index = 0; index < uuid.length; index++) {
    const byte = uuid[index]!;
    out[end++] = HEX_DIGITS[byte >> 4]!;
    out[end++] = HEX_DIGITS[byte & 0x0f]!;
    if (HYPHEN_BEHIND.has(index)) out[end++] = 0x2d;
  }
}
