/** The rows of a partition as cells, for outputs that cannot use its bytes. */
import type { Partition } from '../../contracts/window.ts';
import type { Cell } from '../../formats/cells/cell.ts';
import { decodeCsvRow } from './csv-cells.ts';
import { decodeNdjsonRow } from './ndjson-cells.ts';
import { createRowReader } from './readers.ts';

export interface RowBatch {
  rows: Cell[][];
  /** Rows with more or fewer cells than columns, or that are not objects. */
  rejected: number;
}

/** The cells of the named columns, in that order; null where a row has none. */
export async function* readPartitionRows(
  partition: Partition,
  names: readonly string[],
): AsyncGenerator<RowBatch> {
  const reader = createRowReader({ encoding: partition.encoding, columns: partition.columns });
  const decode = partition.encoding === 'csv' ? csvDecoder(partition, names) : ndjsonDecoder(names);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of partition.read(0)) {
    const bytes = rest.length === 0 ? asBuffer(chunk) : Buffer.concat([rest, chunk]);
    const batch: RowBatch = { rows: [], rejected: 0 };
    const { consumed, count, from, to } = reader.scan(bytes, bytes.length);
    for (let row = 0; row < count; row++) {
      const cells = decode(bytes, from[row] as number, to[row] as number);
      if (cells === undefined) batch.rejected++;
      else batch.rows.push(cells);
    }
    rest = bytes.subarray(consumed);
    yield batch;
  }
}

type Decode = (bytes: Buffer, from: number, to: number) => Cell[] | undefined;

function csvDecoder(partition: Partition, names: readonly string[]): Decode {
  const own = partition.columns.map(({ name }) => name);
  const indexes = names.map((name) => own.indexOf(name));
  return (bytes, from, to) => {
    const cells = decodeCsvRow(bytes, from, to);
    if (cells.length !== own.length) return undefined;
    return indexes.map((index) => (index < 0 || cells[index] === '' ? null : cells[index]));
  };
}

function ndjsonDecoder(names: readonly string[]): Decode {
  return (bytes, from, to) => {
    const row = decodeNdjsonRow(bytes, from, to);
    return row && names.map((name) => row[name] ?? null);
  };
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
