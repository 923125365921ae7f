/** CSV for a person: columns that are empty in every row are left out, which is known once all rows have come. */
import type { Column } from '../contracts/dataset.ts';
import type { Encoder, OutputFormat } from '../contracts/encoder.ts';
import type { Partition } from '../contracts/window.ts';
import { readPartitionRows } from '../replies/readers/partition-rows.ts';
import { cellText } from '../formats/cells/typed-cells.ts';

/** More than that nobody reads on a screen: from then on rows are written as they come, with all columns. */
const maxCells = 500_000;

/** The format `csv`, for a terminal. */
export function fullColumnsFormat(csv: OutputFormat): OutputFormat {
  return { ...csv, open: () => new FullColumnsEncoder() };
}

class FullColumnsEncoder implements Encoder {
  readonly #names: string[] = [];
  #rows: string[][] = [];
  #cells = 0;
  #written = false;
  #counts = { rows: 0, rejected: 0 };

  adopt(): boolean {
    return false;
  }

  async *add(partition: Partition): AsyncGenerator<Uint8Array> {
    if (!this.#written)
      for (const { name } of partition.columns) if (!this.#names.includes(name)) this.#names.push(name);
    for await (const { rows, rejected } of readPartitionRows(partition, this.#names)) {
      this.#counts.rejected += rejected;
      this.#counts.rows += rows.length;
      for (const row of rows) this.#rows.push(row.map((cell) => cellText(cell) ?? ''));
      this.#cells += rows.length * this.#names.length;
      if (this.#cells > maxCells) yield* this.#flush(this.#names.keys());
    }
  }

  async *end(columns: readonly Column[]): AsyncGenerator<Uint8Array> {
    if (this.#names.length === 0) this.#names.push(...columns.map(({ name }) => name));
    const isFull = (column: number) => this.#rows.some((row) => (row[column] ?? '') !== '');
    const all = [...this.#names.keys()];
    yield* this.#flush(this.#written || this.#rows.length === 0 ? all : all.filter(isFull));
  }

  counts() {
    return { ...this.#counts };
  }

  columns(): readonly string[] {
    return this.#names;
  }

  lacks(): readonly Column[] {
    return [];
  }

  /** Writes these columns of the rows at hand, and the header first. */
  async *#flush(columns: Iterable<number>): AsyncGenerator<Uint8Array> {
    const { stringify } = await import('csv-stringify/sync');
    const chosen = [...columns];
    const lines = this.#rows.map((row) => chosen.map((column) => row[column] ?? ''));
    if (!this.#written) lines.unshift(chosen.map((column) => this.#names[column] ?? ''));
    this.#written = true;
    this.#rows = [];
    if (lines.length > 0) yield Buffer.from(stringify(lines, { quoted_match: /[\r\n]/ }));
  }
}
