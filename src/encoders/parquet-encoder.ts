/** Writes Parquet, one row group at a time (hyparquet-writer, loaded on use). */
import type { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { SchemaElement } from 'hyparquet';
import type { Column, ColumnType } from '../contracts/dataset.ts';
import type { Encoder } from '../contracts/encoder.ts';
import type { Partition } from '../contracts/window.ts';
import { readPartitionRows } from '../replies/readers/partition-rows.ts';
import { type Cell } from '../formats/cells/cell.ts';
import { TableColumns, type ColumnChoice } from './table-columns.ts';
import {
  cellText,
  readBoolean,
  readDay,
  readInteger,
  readNumber,
  readTimestampMicros,
} from '../formats/cells/typed-cells.ts';

/** How many rows are held in memory at a time. */
const rowsPerGroup = 20_000;

interface ParquetType {
  element: Omit<SchemaElement, 'name'>;
  read: (cell: Cell) => unknown;
}

const text: ParquetType = { element: { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, read: cellText };

const parquetTypes: Record<ColumnType, ParquetType> = {
  text,
  json: text,
  integer: { element: { type: 'INT64' }, read: readInteger },
  number: { element: { type: 'DOUBLE' }, read: readNumber },
  boolean: { element: { type: 'BOOLEAN' }, read: readBoolean },
  timestamp: {
    element: {
      type: 'INT64',
      converted_type: 'TIMESTAMP_MICROS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    },
    read: readTimestampMicros,
  },
  date: { element: { type: 'INT32', converted_type: 'DATE' }, read: readDay },
};

interface Table {
  bytes: ByteWriter;
  writer: ParquetWriter;
  columns: readonly Column[];
  /** Values by column, of the current row group. */
  values: unknown[][];
}

export class ParquetEncoder implements Encoder {
  readonly #table: TableColumns;
  #open: Table | undefined;
  #rows = 0;
  #rejected = 0;

  constructor(choice: ColumnChoice) {
    this.#table = new TableColumns(choice);
  }

  adopt(): boolean {
    return false;
  }

  async *add(partition: Partition): AsyncGenerator<Uint8Array> {
    const table = await this.#begin(this.#table.fit(partition.columns));
    for await (const { rows, rejected } of readPartitionRows(partition, this.#table.names)) {
      this.#rejected += rejected;
      for (const row of rows) {
        this.#addRow(table, row);
        if (table.values[0]?.length === rowsPerGroup) yield writeGroup(table);
      }
    }
  }

  async *end(columns: readonly Column[]): AsyncGenerator<Uint8Array> {
    // Where rows came, their columns are those of the file, whatever was published.
    const table = this.#open ?? (await this.#begin(this.#table.fit(columns)));
    if ((table.values[0]?.length ?? 0) > 0) yield writeGroup(table);
    void table.writer.finish();
    yield takeBytes(table.bytes);
  }

  counts() {
    return { rows: this.#rows, rejected: this.#rejected };
  }

  /** The schema is fixed for the whole file. */
  lacks(): readonly Column[] {
    return [];
  }

  columns(): readonly string[] {
    return this.#table.names;
  }

  async #begin(columns: readonly Column[]): Promise<Table> {
    if (this.#open) return this.#open;
    const parquet = await import('hyparquet-writer');
    const bytes = new parquet.ByteWriter();
    const schema: SchemaElement[] = [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name, type }): SchemaElement => ({
        name,
        ...parquetTypes[type].element,
        repetition_type: 'OPTIONAL',
      })),
    ];
    const writer = new parquet.ParquetWriter({ writer: bytes, schema, createdBy: 'scarf-cli' });
    return (this.#open = { bytes, writer, columns, values: columns.map(() => []) });
  }

  /** A row with a value that does not fit its column is left out completely and counted. */
  #addRow(table: Table, row: readonly Cell[]): void {
    const values = table.columns.map(({ type }, index) => {
      const cell = row[index];
      return cell === null || cell === undefined ? null : parquetTypes[type].read(cell);
    });
    if (values.includes(undefined)) {
      this.#rejected++;
      return;
    }
    this.#rows++;
    values.forEach((value, index) => table.values[index]?.push(value));
  }
}

function writeGroup(table: Table): Uint8Array {
  const { columns, values, writer } = table;
  void writer.write({
    columnData: columns.map(({ name }, index) => ({ name, data: values[index] ?? [] })),
    rowGroupSize: rowsPerGroup,
  });
  table.values = columns.map(() => []);
  return takeBytes(table.bytes);
}

/** A copy of what was written since the last call. Offsets continue. */
function takeBytes(bytes: ByteWriter): Uint8Array {
  const taken = bytes.getBytes().slice();
  bytes.index = 0;
  return taken;
}
