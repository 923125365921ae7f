/** Writes NDJSON: one object per line, typed by the published columns. Numbers keep their digits. */
import { stringify } from 'lossless-json';
import type { Column, ColumnType } from '../contracts/dataset.ts';
import type { Encoder } from '../contracts/encoder.ts';
import type { Partition } from '../contracts/window.ts';
import { readPartitionRows } from '../replies/readers/partition-rows.ts';
import { type Cell } from '../formats/cells/cell.ts';
import { TableColumns, withoutPartition, type ColumnChoice } from './table-columns.ts';
import { numberText, readBoolean } from '../formats/cells/typed-cells.ts';

export class NdjsonEncoder implements Encoder {
  readonly #choice: ColumnChoice;
  readonly #table: TableColumns;
  #rows = 0;
  #rejected = 0;
  #begun = false;

  constructor(choice: ColumnChoice) {
    this.#choice = choice;
    // A line names its own keys: nothing is left out.
    this.#table = new TableColumns({ ...choice, onLeftOut: () => undefined });
  }

  adopt(partition: Partition): boolean {
    if (this.#begun || !this.#passes(partition)) return false;
    this.#count(partition);
    return true;
  }

  async *add(partition: Partition): AsyncGenerator<Uint8Array> {
    if (this.#passes(partition)) {
      this.#count(partition);
      yield* partition.read(0);
      return;
    }
    this.#begun = true;
    this.#table.fit(partition.columns);
    yield* this.#rebuild(partition);
  }

  async *end(columns: readonly Column[]): AsyncGenerator<Uint8Array> {
    if (!this.#begun) this.#table.fit(columns);
  }

  counts() {
    return { rows: this.#rows, rejected: this.#rejected };
  }

  /** A line names its own keys. */
  lacks(): readonly Column[] {
    return [];
  }

  columns(): readonly string[] {
    return this.#table.names;
  }

  #passes(partition: Partition): boolean {
    const there = columnsThere(partition);
    const leavesOut = withoutPartition(there, this.#choice).length < there.length;
    return partition.encoding === 'ndjson' && this.#choice.columns === undefined && !leavesOut;
  }

  #count(partition: Partition): void {
    this.#begun = true;
    this.#table.fit(partition.columns);
    this.#rows += partition.rows;
  }

  async *#rebuild(partition: Partition): AsyncGenerator<Uint8Array> {
    const types = new Map(partition.columns.map(({ name, type }): [string, ColumnType] => [name, type]));
    const wanted = this.#choice.columns?.map((name) => ({ name, type: types.get(name) ?? 'text' }));
    const columns = withoutPartition(wanted ?? columnsThere(partition), this.#choice);
    const names = columns.map(({ name }) => name);
    const typed = partition.encoding === 'csv';
    for await (const { rows, rejected } of readPartitionRows(partition, names)) {
      this.#rejected += rejected;
      this.#rows += rows.length;
      if (rows.length > 0) yield Buffer.from(rows.map((row) => writeLine(row, columns, typed)).join(''));
    }
  }
}

/** Columns of the partition without published ones that no row has. */
function columnsThere({ columns }: Partition): readonly Column[] {
  return columns.filter(({ isAbsent }) => isAbsent !== true);
}

function writeLine(row: readonly Cell[], columns: readonly Column[], typed: boolean): string {
  const members = columns.map(
    ({ name, type }, index) => `${JSON.stringify(name)}:${writeValue(row[index], typed ? type : undefined)}`,
  );
  return `{${members.join(',')}}\n`;
}

/** A CSV cell that is not of its column's type stays text: no row is lost to a type. */
function writeValue(cell: Cell, type: ColumnType | undefined): string {
  if (cell === null || cell === undefined) return 'null';
  if (type === 'number' || type === 'integer') return numberText(cell) ?? JSON.stringify(cell);
  if (type === 'boolean') return String(readBoolean(cell) ?? JSON.stringify(cell));
  return stringify(cell) ?? 'null';
}
