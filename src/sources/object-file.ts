/**
 * Reads objects by range, ahead of the reader. The next pieces are requested while the reader works, in growing sizes:
 * the beginnings of a thousand objects cost little, and a long one is read at the speed of the network. The buffered
 * amount is bounded, however many objects there are.
 */
import type { ObjectReader, StoredObject } from '../contracts/storage.ts';
import type { RangedFile } from './ranged-file.ts';

const firstPieceBytes = 128 * 1024;
const growth = 2;
const largestPieceBytes = 4 * 1024 * 1024;
const maxPieces = 6;

/** Shorter reads at the beginning are looks at what it is: its first bytes are kept for the next of them. */
const beginningBytes = 4 * 1024;

interface Piece {
  object: StoredObject;
  from: number;
  to: number;
  bytes: Promise<Uint8Array>;
}

/** Shared by all objects of a run. */
export class ObjectPieces {
  readonly #reader: ObjectReader;
  /** Least recently used first. */
  readonly #pieces: Piece[] = [];

  constructor(reader: ObjectReader) {
    this.#reader = reader;
  }

  /** Fills `buffer` up to the end of a piece; 0 at the end of the object. */
  async read(object: StoredObject, buffer: Buffer, position: number): Promise<number> {
    if (buffer.length === 0 || position >= object.bytes) return 0;
    const piece = this.#covering(object, position) ?? this.#ask(object, position);
    if (position >= (piece.from + piece.to) / 2) this.#readAhead(piece);
    const bytes = await piece.bytes;
    const wanted = bytes.subarray(position - piece.from, position - piece.from + buffer.length);
    buffer.set(wanted);
    return wanted.length;
  }

  forget(object: StoredObject): void {
    for (const piece of this.#pieces.filter((one) => one.object === object)) this.#remove(piece);
  }

  #covering(object: StoredObject, position: number): Piece | undefined {
    const found = this.#pieces.find(
      (piece) => piece.object === object && piece.from <= position && position < piece.to,
    );
    if (found === undefined) return undefined;
    this.#remove(found);
    this.#pieces.push(found);
    return found;
  }

  #readAhead(piece: Piece): void {
    const { object, from, to } = piece;
    if (to >= object.bytes || this.#covering(object, to) !== undefined) return;
    this.#ask(object, to, Math.min((to - from) * growth, largestPieceBytes));
  }

  #ask(object: StoredObject, from: number, length = firstPieceBytes): Piece {
    const to = Math.min(object.bytes, from + length);
    const piece: Piece = { object, from, to, bytes: this.#reader.read(object, from, to) };
    // The error reaches those who await it; a later reader asks once more.
    piece.bytes.catch(() => this.#remove(piece));
    this.#pieces.push(piece);
    if (this.#pieces.length > maxPieces) this.#pieces.shift();
    return piece;
  }

  #remove(piece: Piece): void {
    const at = this.#pieces.indexOf(piece);
    if (at >= 0) this.#pieces.splice(at, 1);
  }
}

/** An object as something to read by position. */
export function objectFile(
  object: StoredObject,
  { pieces, reader }: { pieces: ObjectPieces; reader: ObjectReader },
): RangedFile {
  let beginning: Promise<Uint8Array> | undefined;
  const readBeginning = async (buffer: Buffer, position: number): Promise<number> => {
    beginning ??= reader.read(object, 0, Math.min(object.bytes, beginningBytes));
    const bytes = (await beginning).subarray(position, position + buffer.length);
    buffer.set(bytes);
    return bytes.length;
  };
  return {
    path: object.address,
    size: object.bytes,
    absolutePath: undefined,
    version: object.version,
    read: (buffer, position) =>
      position < object.bytes && position + buffer.length <= beginningBytes
        ? readBeginning(buffer, position)
        : pieces.read(object, buffer, position),
    modifiedMs: () => Promise.resolve(object.changedMs),
    forget: async () => pieces.forget(object),
  };
}
