/** CSV out (RFC 4180). Rows that need no change keep their bytes. */
import type { BegunFile, Column, Encoder, Lane } from '../../contracts-export.ts';
import { readLaneRows, type Cell } from './lane-rows.ts';
import type { stringify as stringifySync } from 'csv-stringify/sync';
import { TableColumns, type ColumnChoice } from './table-columns.ts';
import { cellText, numberText } from './typed-cells.ts';

export interface CsvEncoderOptions extends ColumnChoice {
  /** Text that a spreadsheet would take for a formula gets an apostrophe in front. */
  excelSafe: boolean;
}

/** Characters with which a spreadsheet's formula may begin ("OWASP, CSV Injection", 2024). */
const formulaStart = /^[=+\-@\t\r]/;

export class CsvEncoder implements Encoder {
  readonly #options: CsvEncoderOptions;
  readonly #table: TableColumns;
  #begun = false;
  #lineEnd: 'unix' | 'windows' | undefined;
  #rows = 0;
  #rejected = 0;

  constructor(options: CsvEncoderOptions, begun?: BegunFile) {
    this.#options = options;
    this.#table = new TableColumns(options, begun?.columns);
    this.#begun = begun !== undefined;
    this.#rows = begun?.rows ?? 0;
    this.#rejected = begun?.rejected ?? 0;
  }

  adopt(lane: Lane): boolean {
    if (this.#begun || !this.#passes(lane)) return false;
    this.#begin(lane);
    this.#rows += lane.rows;
    return true;
  }

  async *add(lane: Lane): AsyncGenerator<Uint8Array> {
    const first = !this.#begun;
    if (this.#passes(lane)) {
      this.#begin(lane);
      this.#rows += lane.rows;
      yield* lane.read(first ? 0 : lane.headerBytes);
      return;
    }
    const columns = this.#begin(lane);
    this.#lineEnd ??= await lineEndOf(lane);
    if (first) yield this.#write([columns.map(({ name }) => name)], await loadStringify());
    yield* this.#rebuild(lane, columns);
  }

  async *end(columns: readonly Column[]): AsyncGenerator<Uint8Array> {
    if (this.#begun) return;
    this.#begun = true;
    yield this.#write([this.#table.fit(columns).map(({ name }) => name)], await loadStringify());
  }

  counts() {
    return { rows: this.#rows, rejected: this.#rejected };
  }

  lacks(lane: Lane): readonly Column[] {
    return this.#table.lacks(lane);
  }

  columns(): readonly string[] {
    return this.#table.names;
  }

  #passes(lane: Lane): boolean {
    return lane.encoding === 'csv' && !this.#options.excelSafe && this.#table.matches(lane);
  }

  #begin(lane: Lane): readonly Column[] {
    this.#begun = true;
    return this.#table.fit(lane.columns);
  }

  async *#rebuild(lane: Lane, columns: readonly Column[]): AsyncGenerator<Uint8Array> {
    const stringify = await loadStringify();
    const names = columns.map(({ name }) => name);
    for await (const { rows, rejected } of readLaneRows(lane, names)) {
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
    return Buffer.from(stringify(rows as string[][], { record_delimiter: this.#lineEnd ?? 'windows' }));
  }
}

type Stringify = typeof stringifySync;

async function loadStringify(): Promise<Stringify> {
  return (await import('csv-stringify/sync')).stringify;
}

/** Rows that are built end as those that are passed on do. */
async function lineEndOf(lane: Lane): Promise<'unix' | 'windows'> {
  if (lane.encoding !== 'csv' || lane.headerBytes === 0) return 'windows';
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of lane.read(0)) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= lane.headerBytes) break;
  }
  const header = Buffer.concat(parts).subarray(0, lane.headerBytes);
  return header.subarray(-2).toString('latin1') === '\r\n' ? 'windows' : 'unix';
}
