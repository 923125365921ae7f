/** NDJSON out: one object a line, typed by the published columns. Numbers keep their digits. */
import { stringify } from 'lossless-json';
import type { Column, ColumnType, Encoder, Partition } from '../../contracts-export.ts';
import { readPartitionRows, type Cell } from '../export-readers/partition-rows.ts';
import { TableColumns, withoutPartition, type ColumnChoice } from './table-columns.ts';
import { numberText, readBoolean } from './typed-cells.ts';

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

  adopt(lane: Partition): boolean {
    if (this.#begun || !this.#passes(lane)) return false;
    this.#count(lane);
    return true;
  }

  async *add(lane: Partition): AsyncGenerator<Uint8Array> {
    if (this.#passes(lane)) {
      this.#count(lane);
      yield* lane.read(0);
      return;
    }
    this.#begun = true;
    this.#table.fit(lane.columns);
    yield* this.#rebuild(lane);
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

  #passes(lane: Partition): boolean {
    const there = columnsThere(lane);
    const leavesOut = withoutPartition(there, this.#choice).length < there.length;
    return lane.encoding === 'ndjson' && this.#choice.columns === undefined && !leavesOut;
  }

  #count(lane: Partition): void {
    this.#begun = true;
    this.#table.fit(lane.columns);
    this.#rows += lane.rows;
  }

  async *#rebuild(lane: Partition): AsyncGenerator<Uint8Array> {
    const types = new Map(lane.columns.map(({ name, type }): [string, ColumnType] => [name, type]));
    const wanted = this.#choice.columns?.map((name) => ({ name, type: types.get(name) ?? 'text' }));
    const columns = withoutPartition(wanted ?? columnsThere(lane), this.#choice);
    const names = columns.map(({ name }) => name);
    const typed = lane.encoding === 'csv';
    for await (const { rows, rejected } of readPartitionRows(lane, names)) {
      this.#rejected += rejected;
      this.#rows += rows.length;
      if (rows.length > 0) yield Buffer.from(rows.map((row) => writeLine(row, columns, typed)).join(''));
    }
  }
}

/** Published columns that no row had are none of the lane's. */
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
