/** Unpacks files. Each library is loaded when it is needed. */
import { toUtf8 } from '../encoding.ts';
import { gunzip } from '../gzip/gunzip.ts';
import type { RandomAccess } from './random-access.ts';

export type PackingName = 'gzip' | 'zstd' | 'bzip2' | 'xz' | 'zip' | 'parquet';

/** How the bytes of a file become those of its rows: unpacking, conversion to UTF-8, or both. */
export interface Packed {
  packing: PackingName | undefined;
  /** The encoding of its text; UTF-8 when undefined. */
  encoding: string | undefined;
}

/** A packed file or stream. */
export interface PackedSource {
  /** For messages. */
  name: string;
  /** Its bytes in order; each piece is valid until the next one is requested. */
  pieces: () => AsyncIterable<Uint8Array>;
  /** Any of its bytes, for packings that are read from their end. */
  file?: RandomAccess;
}

/**
 * The unpacked content as UTF-8, the same bytes each time. Throws a Failure `local`, after the last good
 * byte, when it is truncated or damaged, and `usage` when it cannot be unpacked here.
 */
export function unpack(
  { packing, encoding }: Packed,
  source: PackedSource,
): AsyncGenerator<Uint8Array, void> {
  const bytes = packing === undefined ? plainBytes(source) : unpackBytes(packing, source);
  return encoding === undefined || packing === 'parquet'
    ? bytes
    : toUtf8(bytes, { encoding, name: source.name });
}

async function* plainBytes(source: PackedSource): AsyncGenerator<Uint8Array, void> {
  yield* source.pieces();
}

async function* unpackBytes(packing: PackingName, source: PackedSource): AsyncGenerator<Uint8Array, void> {
  const { name } = source;
  switch (packing) {
    case 'gzip':
      yield* gunzip(source.pieces(), name);
      return;
    case 'zstd':
      yield* (await import('./zstd/zstd.ts')).unzstd(source.pieces(), name);
      return;
    case 'bzip2':
      yield* (await import('./bzip2.ts')).bunzip2(source.pieces(), name);
      return;
    case 'xz':
      yield* (await import('./xz.ts')).unxz(source.pieces(), name);
      return;
    case 'zip':
      yield* (await import('./zip.ts')).unzip(fileOf(source), name);
      return;
    case 'parquet':
      yield* (await import('./parquet.ts')).parquetRows(fileOf(source), name);
  }
}

function fileOf({ name, file }: PackedSource): RandomAccess {
  if (file === undefined) throw new Error(`${name} is read from its end, and must be on disk`);
  return file;
}
