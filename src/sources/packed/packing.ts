/** How packed files become the bytes that are in them. Each is loaded when it is met. */
import { toUtf8 } from '../encoding.ts';
import { gunzip } from '../gzip/gunzip.ts';
import type { RandomAccess } from './random-access.ts';

export type PackingName = 'gzip' | 'zstd' | 'bzip2' | 'xz' | 'zip' | 'parquet';

/** What stands between the bytes of a file and those of its rows: nothing, a packing, an encoding, or both. */
export interface Packed {
  packing: PackingName | undefined;
  /** What text is written in; UTF-8 when undefined. */
  encoding: string | undefined;
}

/** A packed file or stream. */
export interface PackedSource {
  /** For messages. */
  name: string;
  /** Its bytes in order; each piece is valid until the next is asked for. */
  pieces: () => AsyncIterable<Uint8Array>;
  /** Any of its bytes, for packings that are read from their end. */
  file?: RandomAccess;
}

/**
 * What is in a packed file as UTF-8, the same bytes each time. Throws a Failure `local` behind the last good byte when it is cut or
 * damaged, and `usage` when it cannot be read here.
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
      yield* (await import('./zstd.ts')).unzstd(source.pieces(), name);
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
