/** Output files, read by readers that are not ours, as rows of text. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import type { EventRow } from './event-rows.ts';

/** Every row, its cells as the CSV of the vendor has them. */
export async function readTable(path: string): Promise<EventRow[]> {
  const file = await readFile(path);
  const bytes = path.endsWith('.gz') ? gunzipSync(file) : file;
  const name = path.replace(/\.gz$/, '');
  if (name.endsWith('.csv')) return parse(bytes, { columns: true });
  if (name.endsWith('.parquet')) {
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    return (await parquetReadObjects({ file: buffer })).map(asText);
  }
  const lines = bytes.toString('utf8').split('\n').slice(0, -1);
  return lines.map((line) => asText(JSON.parse(line) as Record<string, unknown>));
}

function asText(row: Record<string, unknown>): EventRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellText(value)]));
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
