/** Writes CSV (RFC 4180). Rows that need no change keep their bytes. */
import type { Column } from '../contracts/dataset.ts';
import type { BegunFile, Encoder } from '../contracts/encoder.ts';
import type { LineEnd, Partition } from '../contracts/window.ts';
import { readPartitionRows } from '../replies/readers/partition-rows.ts';
import { type Cell } from '../formats/cells/cell.ts';
import type { stringify as stringifySync } from 'csv-stringify/sync';
import { TableColumns, type ColumnChoice } from './table-columns.ts';
import { cellText, numberText } from '../formats/cells/typed-cells.ts';

export interface CsvEncoderOptions extends ColumnChoice {
  /** Prefixes text that a spreadsheet would take for a formula with an apostrophe, column names included. */
  excelSafe: boolean;
  /** Starts the file with a byte order mark, by which spreadsheets recognize UTF-8. */
  byteOrderMark: boolean;
  /** To the reader an empty line is a row of one column, which is null; to most it is none. */
  readsEmptyLines?: boolean;
}

/** Characters with which a spreadsheet's formula may begin ("OWASP, CSV Injection", 2024), full-width ones included. */
const formulaStart = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** What readers take for the end of a row; csv-stringify quotes only cells with the one that it writes. */
const lineBreak = /[\r\n]/;

const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);

export class CsvEncoder implements Encoder {
  readonly #options: CsvEncoderOptions;
  readonly #table: TableColumns;
  #begun = false;
  /** All rows have the line ends of the first ones: many readers take those for the line ends of the whole file. */
  #lineEnd: LineEnd | undefined;
  #rows = 0;
  #rejected = 0;

  constructor(options: CsvEncoderOptions, begun?: BegunFile) {
    this.#options = options;
    const { columns } = options;
    const chosen = columns?.map((name) => this.#text(name));
    const choice = { ...options, ...(chosen === undefined ? {} : { columns: chosen }) };
    this.#table = new TableColumns(choice, begun?.columns);
    this.#begun = begun !== undefined;
    this.#rows = begun?.rows ?? 0;
    this.#rejected = begun?.rejected ?? 0;
    this.#lineEnd = begun?.lineEnd;
  }

  adopt(partition: Partition): boolean {
    // The mark goes before the bytes of the partition, which has none.
    if (this.#begun || this.#options.byteOrderMark || !this.#passes(partition)) return false;
    this.#begin(partition);
    this.#lineEnd = partition.lineEnd;
    this.#rows += partition.rows;
    return true;
  }

  async *add(partition: Partition): AsyncGenerator<Uint8Array> {
    const first = !this.#begun;
    this.#lineEnd ??= partition.lineEnd ?? 'windows';
    if (first && this.#options.byteOrderMark) yield byteOrderMark;
    if (this.#passes(partition) && (partition.lineEnd ?? this.#lineEnd) === this.#lineEnd) {
      this.#begin(partition);
      this.#rows += partition.rows;
      yield* partition.read(first ? 0 : partition.headerBytes);
      return;
    }
    const columns = this.#begin(partition);
    if (first) yield this.#write([columns.map(({ name }) => name)], await loadStringify());
    yield* this.#rebuild(partition, columns);
  }

  async *end(columns: readonly Column[]): AsyncGenerator<Uint8Array> {
    if (this.#begun) return;
    this.#begun = true;
    if (this.#options.byteOrderMark) yield byteOrderMark;
    yield this.#write([this.#table.fit(this.#named(columns)).map(({ name }) => name)], await loadStringify());
  }

  counts() {
    return { rows: this.#rows, rejected: this.#rejected };
  }

  get lineEnd(): LineEnd | undefined {
    return this.#lineEnd;
  }

  lacks(partition: Partition): readonly Column[] {
    return this.#table.lacks(this.#named(partition.columns));
  }

  columns(): readonly string[] {
    return this.#table.names;
  }

  #passes(partition: Partition): boolean {
    return partition.encoding === 'csv' && !this.#options.excelSafe && this.#table.matches(partition);
  }

  #begin(partition: Partition): readonly Column[] {
    this.#begun = true;
    return this.#table.fit(this.#named(partition.columns));
  }

  /** The columns under their names in the file. */
  #named(columns: readonly Column[]): readonly Column[] {
    if (!this.#options.excelSafe) return columns;
    return columns.map((column) => ({ ...column, name: this.#text(column.name) }));
  }

  async *#rebuild(partition: Partition, columns: readonly Column[]): AsyncGenerator<Uint8Array> {
    const stringify = await loadStringify();
    // Rows kept from an earlier run have the names of the file already.
    const own = new Map(partition.columns.map(({ name }) => [this.#text(name), name]));
    const names = columns.map(({ name }) => own.get(name) ?? name);
    for await (const { rows, rejected } of readPartitionRows(partition, names)) {
      this.#rejected += rejected;
      this.#rows += rows.length;
      if (rows.length === 0) continue;
      yield this.#write(
        rows.map((row) => row.map((cell) => this.#text(cell))),
        stringify,
      );
    }
  }

  #text(cell: Cell): string {
    const text = cellText(cell) ?? '';
    if (!this.#options.excelSafe || !formulaStart.test(text) || numberText(text) !== undefined) return text;
    return `'${text}`;
  }

  #write(rows: readonly (readonly string[])[], stringify: Stringify): Uint8Array {
    return Buffer.from(
      stringify(rows as string[][], {
        record_delimiter: this.#lineEnd ?? 'windows',
        quoted_match: lineBreak,
        quoted_empty: this.#table.names.length === 1 && this.#options.readsEmptyLines !== true,
      }),
    );
  }
}

type Stringify = typeof stringifySync;

async function loadStringify(): Promise<Stringify> {
  return (await import('csv-stringify/sync')).stringify;
}
