/**
 * Ids for rows without one. Each id is derived from the recipe, so that it identifies the same bytes sent to one
 * destination. Ids need no state, and stay the same after a retry, a crash, a renamed or compressed input,
 * another chunk size, and appended rows.
 */
import { createHash, hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Failure } from '../../failure.ts';
import { HeadBytes } from './head-bytes.ts';

/**
 * `position`: equal rows stay two events. `content`: equal rows become one event. `off`: no ids are added.
 */
export type FillId = 'position' | 'content' | 'off';

/** The bytes that represent a row in the input. */
export interface RowSource {
  bytes: Buffer;
  from: number;
  to: number;
  /** Offset of the row's first byte in the decompressed input. */
  offset: number;
}

/** Length of an id as text: a UUID. */
export const ID_LENGTH = 36;

const MAX_HASHED_AT_ONCE = 65_536;
const MIN_PREFIX_BYTES = 512;
const LOW_OFFSET_BITS = 2 ** 30;
const HEX_DIGITS = Buffer.from('0123456789abcdef');
/** Where the text of each byte of a UUID begins. */
const TEXT_AT = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const HYPHENS_AT = [8, 13, 18, 23] as const;
const HYPHEN = 0x2d;

/** Creates the ids of one input's rows. */
export class IdMaker {
  readonly fillId: Exclude<FillId, 'off'>;
  readonly #head: HeadBytes;
  /** Digest of recipe and prefix, for rows at offsets from `#digestFrom` to `#digestUntil`. */
  #digest = Buffer.alloc(0);
  #digestFrom = -1;
  #digestUntil = -1;
  readonly #recipeDigest: Buffer;
  /** The recipe's digest, followed by the row to hash. */
  readonly #hashed = Buffer.alloc(MAX_HASHED_AT_ONCE);
  readonly #uuid = Buffer.alloc(16);

  constructor(options: { fillId: Exclude<FillId, 'off'>; recipe: string; head: HeadBytes }) {
    this.fillId = options.fillId;
    this.#head = options.head;
    this.#recipeDigest = recipeDigest(options.recipe);
    this.#hashed.set(this.#recipeDigest);
  }

  /** Writes the id of a row as 36 ASCII characters into `out` at `at`. */
  write(source: RowSource, out: Buffer, at: number): void {
    if (this.fillId === 'position') this.#setByPosition(source);
    else this.#setByContent(source);
    this.#uuid[6] = 0x80 | (this.#uuid[6]! & 0x0f);
    this.#uuid[8] = 0x80 | (this.#uuid[8]! & 0x3f);
    writeUuid(this.#uuid, out, at);
  }

  /**
   * 50 bits of the digest of recipe and prefix, 40 bits of offset and 32 bits of the row's CRC-32, around the
   * six fixed bits of a UUIDv8 (RFC 9562, 5.8).
   */
  #setByPosition(source: RowSource): void {
    const uuid = this.#uuid;
    const digest = this.#prefixDigest(source.offset);
    const highOffset = Math.floor(source.offset / LOW_OFFSET_BITS);
    for (let index = 0; index < 6; index++) uuid[index] = digest[index]!;
    uuid[6] = ((digest[6]! >> 4) & 0x0c) | ((highOffset >> 8) & 0x03);
    uuid[7] = highOffset & 0xff;
    writeWord(uuid, 8, source.offset % LOW_OFFSET_BITS);
    writeWord(uuid, 12, crc32(rowBytes(source)));
  }

  /** 122 bits of SHA-256 over the recipe's digest and the row. */
  #setByContent(source: RowSource): void {
    const row = rowBytes(source);
    const end = this.#recipeDigest.length + row.length;
    if (end > this.#hashed.length) {
      createHash('sha256').update(this.#recipeDigest).update(row).digest().copy(this.#uuid);
      return;
    }
    this.#hashed.set(row, this.#recipeDigest.length);
    // One call with a text result costs a third of a hash object with a buffer.
    this.#uuid.write(hash('sha256', this.#hashed.subarray(0, end), 'hex'), 'hex');
  }

  /** The digest in ids by position for a row at `offset`, and the offset up to which rows share it. */
  digestAt(offset: number): { bytes: Uint8Array; holdsUntil: number } {
    return { bytes: this.#prefixDigest(offset), holdsUntil: this.#digestUntil };
  }

  #prefixDigest(offset: number): Buffer {
    if (offset >= this.#digestFrom && offset < this.#digestUntil) return this.#digest;
    const length = prefixLength(offset);
    const prefix = this.#head.bytes.subarray(0, length);
    if (prefix.length < length) throw new Failure('bug', 'ids need the beginning of the input');
    this.#digest = createHash('sha256').update(this.#recipeDigest).update(prefix).digest();
    this.#digestFrom = length;
    this.#digestUntil = nextPrefixLength(length);
    return this.#digest;
  }
}

/** The 32 bytes in front of each row whose id is made of its content. */
export function recipeDigest(recipe: string): Buffer {
  return createHash('sha256').update(recipe).digest();
}

/** `"field":"id",` for a row without an id; the id itself is written at `idAt`. */
export function idMember(field: string): { bytes: Buffer; idAt: number } {
  const key = `${JSON.stringify(field)}:"`;
  return { bytes: Buffer.from(`${key}${' '.repeat(ID_LENGTH)}",`), idAt: Buffer.byteLength(key) };
}

/**
 * How many bytes from the beginning of the input go into the id of a row. They always precede the row.
 * @internal
 */
export function prefixLength(offset: number): number {
  if (offset < MIN_PREFIX_BYTES) return 0;
  return 2 ** (31 - Math.clz32(Math.min(offset, HeadBytes.maxBytes)));
}

/** The offset from which a longer prefix is used. */
function nextPrefixLength(length: number): number {
  if (length === HeadBytes.maxBytes) return Number.POSITIVE_INFINITY;
  return Math.max(MIN_PREFIX_BYTES, 2 * length);
}

/** A view, without the cost of a Buffer. */
function rowBytes({ bytes, from, to }: RowSource): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from);
}

function writeWord(bytes: Buffer, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

function writeUuid(uuid: Buffer, out: Buffer, at: number): void {
  for (let index = 0; index < 16; index++) {
    const byte = uuid[index]!;
    const textAt = at + TEXT_AT[index]!;
    out[textAt] = HEX_DIGITS[byte >> 4]!;
    out[textAt + 1] = HEX_DIGITS[byte & 0x0f]!;
  }
  for (const hyphenAt of HYPHENS_AT) out[at + hyphenAt] = HYPHEN;
}
