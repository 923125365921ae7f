/** Makes partitions as exports do, and encodes them. */
import type { Column, RowEncoding } from '../../src/contracts/dataset.ts';
import type { Encoder } from '../../src/contracts/encoder.ts';
import type { Partition } from '../../src/contracts/window.ts';

/** Ignores notices of columns that are left out or missing. */
export const untold = { onLeftOut: () => undefined, onMissing: () => undefined };

const types: Record<string, Column['type']> = {
  id: 'text',
  latitude: 'number',
  dnt: 'boolean',
  total: 'integer',
  time: 'timestamp',
};

/** A partition of this text: CSV with its header row, or lines of NDJSON. */
export function partitionOf(encoding: RowEncoding, text: string, names: string[]): Partition {
  const bytes = Buffer.from(text);
  const headerBytes = encoding === 'csv' ? bytes.indexOf('\n') + 1 : 0;
  return {
    day: undefined,
    encoding,
    columns: names.map((name) => ({ name, type: types[name] ?? 'text' })),
    path: undefined,
    rows: text.split('\n').length - (encoding === 'csv' ? 2 : 1),
    bytes: bytes.length,
    headerBytes,
    lineEnd:
      encoding === 'ndjson' ? undefined : text.slice(0, headerBytes).endsWith('\r\n') ? 'windows' : 'unix',
    // In small pieces, so that rows span them.
    read: (from, to) => piecesOf(bytes.subarray(from, to), 5),
  };
}

export async function* piecesOf(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** What the encoder gives for these partitions, as one file. */
export async function encode(encoder: Encoder, ...partitions: Partition[]): Promise<string> {
  return (await encodeBytes(encoder, partitions)).toString();
}

export async function encodeBytes(
  encoder: Encoder,
  partitions: readonly Partition[],
  published: readonly Column[] = [],
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (const partition of partitions) for await (const part of encoder.add(partition)) parts.push(part);
  for await (const part of encoder.end(published)) parts.push(part);
  return Buffer.concat(parts);
}

export async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}
