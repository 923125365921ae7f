/** Adds columns to a CSV table: rows keep their bytes and get empty cells at the end. */
import type { Column } from '../contracts/dataset.ts';
import { CsvRowReader } from '../replies/readers/csv-rows.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The same rows, under a header with these names added. */
export async function* widenCsv(
  table: AsyncIterable<Uint8Array>,
  more: readonly Column[],
): AsyncGenerator<Uint8Array> {
  const reader = new CsvRowReader({ encoding: 'csv', columns: [] });
  const cells = Buffer.from(','.repeat(more.length));
  const names = Buffer.from(more.map(({ name }) => `,${quoted(name)}`).join(''));
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of table) {
    const bytes = Buffer.concat([rest, chunk]);
    const isBegun = reader.header().length > 0;
    const { consumed, count, from, to } = reader.scan(bytes, bytes.length);
    const parts =
      isBegun || reader.header().length === 0 ? [] : withCells(Buffer.from(reader.header()), names);
    for (let row = 0; row < count; row++) {
      parts.push(...withCells(bytes.subarray(from[row], to[row]), cells));
    }
    rest = bytes.subarray(consumed);
    if (parts.length > 0) yield Buffer.concat(parts);
  }
}

/** Inserted before the line end. */
function withCells(row: Buffer, cells: Buffer): Buffer[] {
  let end = row.length;
  if (row[end - 1] === lineFeed) end--;
  if (row[end - 1] === carriageReturn) end--;
  return [row.subarray(0, end), cells, row.subarray(end)];
}

function quoted(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
