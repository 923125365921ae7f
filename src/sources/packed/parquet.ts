/** Parquet as NDJSON: one line per row, values typed like JSON. */
import { isUtf8 } from 'node:buffer';
import { dayOf, msPerDay } from '../../calendar.ts';
import { unreadable, type RandomAccess } from './random-access.ts';

/** Rows in memory at a time, unless a row group has fewer. */
const maxRows = 65_536;

/** Times become ISO 8601 with all their digits; bytes that are not text become base64. */
export async function* parquetRows(file: RandomAccess, name: string): AsyncGenerator<Uint8Array, void> {
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const { stringify } = await import('lossless-json');
  const buffer = { byteLength: file.size, slice: sliceOf(file) };
  try {
    const metadata = await parquetMetadataAsync(buffer);
    const rows = Number(metadata.num_rows);
    const reading = { file: buffer, metadata, compressors, parsers, utf8: false };
    let from = 0;
    for (const { num_rows: inGroup } of metadata.row_groups) {
      const groupEnd = Math.min(rows, from + Number(inGroup));
      while (from < groupEnd) {
        const rowEnd = Math.min(groupEnd, from + maxRows);
        const objects = await parquetReadObjects({ ...reading, rowStart: from, rowEnd });
        yield Buffer.from(objects.map((row) => `${stringify(plain(row)) ?? 'null'}\n`).join(''));
        from = rowEnd;
      }
    }
  } catch (cause) {
    throw unreadable(name, 'Parquet', cause);
  }
}

function sliceOf({ read, size }: RandomAccess) {
  return async (start: number, end = size): Promise<ArrayBuffer> => {
    const bytes = await read(start, end - start);
    return Uint8Array.from(bytes).buffer;
  };
}

const parsers = {
  timestampFromMilliseconds: (millis: bigint) => isoTime(millis, 1_000n),
  timestampFromMicroseconds: (micros: bigint) => isoTime(micros, 1_000_000n),
  timestampFromNanoseconds: (nanos: bigint) => isoTime(nanos, 1_000_000_000n),
  dateFromDays: (days: number) => dayOf(days * msPerDay),
};

/** `value` counts fractions of a second since the epoch, `unitsPerSecond` of them a second. */
function isoTime(value: bigint, unitsPerSecond: bigint): string {
  const fraction = ((value % unitsPerSecond) + unitsPerSecond) % unitsPerSecond;
  const seconds = (value - fraction) / unitsPerSecond;
  const digits = fraction.toString().padStart(unitsPerSecond.toString().length - 1, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, -5)}.${digits}Z`;
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return textOf(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString(isUtf8(bytes) ? 'utf8' : 'base64');
}
