/** Takes the bytes of one file and counts its rows, whatever export it holds. */
import { Failure } from '../../failure.ts';
import { CsvRowReader } from '../../replies/readers/csv-rows.ts';
import { parseObject } from '../../json.ts';
import { textOf, type Text } from '../tables/text.ts';
import { CsvCells } from './csv-cells.ts';
import { HeaderWatch } from './header-watch.ts';
import type { RowCounter } from './counter.ts';
import type { ExportKind } from '../analysis.ts';
import { kindOf } from './kinds.ts';
import { ObjectCells } from './object-cells.ts';

/** A longer row is taken for a quote that is never closed. */
const mostRowBytes = 16 * 1024 * 1024;
const firstBytes = 2 * 1024 * 1024;
const lineFeed = 0x0a;
const brace = 0x7b;

export interface FeedOptions {
  counterFor: (kind: ExportKind) => RowCounter;
  /** Called after each piece, with what it had. */
  onRows: (seen: { rows: number; unreadable: number; bytes: number }) => void;
}

/** Counts whole rows of the bytes; returns how many of them it has read. */
interface RowReading {
  read(text: Text, length: number): { consumed: number; rows: number; unreadable: number };
}

export class RowFeed {
  readonly #name: string;
  readonly #options: FeedOptions;
  #text: Text = textOf(Buffer.allocUnsafeSlow(firstBytes));
  #length = 0;
  #reading: RowReading | undefined;

  constructor(name: string, options: FeedOptions) {
    this.#name = name;
    this.#options = options;
  }

  /** The next bytes; they are copied. Throws a Failure `usage` when they are no export. */
  take(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const count = Math.min(bytes.length - from, this.#text.bytes.length - this.#length);
      this.#text.bytes.set(bytes.subarray(from, from + count), this.#length);
      this.#length += count;
      from += count;
      this.#read(count);
    }
  }

  /** The last row may lack its line end. */
  end(): void {
    if (this.#length > 0) this.take(Uint8Array.of(lineFeed));
    if (this.#length > 0) {
      throw new Failure('local', `${this.#name} ends within a quoted cell`, {
        hint: 'export it once more: the file is not whole',
      });
    }
  }

  #read(bytes: number): void {
    this.#reading ??= this.#begin();
    const { consumed, rows, unreadable } = this.#reading.read(this.#text, this.#length);
    this.#options.onRows({ rows, unreadable, bytes });
    this.#text.bytes.copy(this.#text.bytes, 0, consumed, this.#length);
    this.#length -= consumed;
    if (this.#length < this.#text.bytes.length) return;
    if (this.#length > mostRowBytes) {
      throw new Failure('local', `${this.#name} has a row of more than ${mostRowBytes} bytes`, {
        hint: 'a quote may never have been closed',
      });
    }
    const larger = Buffer.allocUnsafeSlow(2 * this.#length);
    this.#text.bytes.copy(larger, 0, 0, this.#length);
    this.#text = textOf(larger);
  }

  #begin(): RowReading {
    const first = this.#text.bytes.subarray(0, this.#length).find((byte) => byte > 0x20 && byte < 0x80);
    const choose = (columns: readonly string[]) => this.#counterOf(columns);
    return first === brace ? new ObjectReading(choose) : new TableReading(choose);
  }

  #counterOf(columns: readonly string[]): RowCounter {
    const kind = kindOf(columns);
    if (kind !== undefined) return this.#options.counterFor(kind);
    const shown = columns.slice(0, 6).join(', ').slice(0, 120);
    throw new Failure('usage', `${this.#name} is no export of Scarf: its columns are ${shown}`, {
      hint: 'a report is made from what "scarf-cli export" writes; other files have no place in it',
    });
  }
}

/** How the rows of a table are read, from its header on. */
interface Table {
  counter: RowCounter;
  cells: CsvCells;
  headers: HeaderWatch;
}

class TableReading implements RowReading {
  readonly #choose: (columns: readonly string[]) => RowCounter;
  readonly #reader = new CsvRowReader({ encoding: 'csv', columns: [] });
  #table: Table | undefined;

  constructor(choose: (columns: readonly string[]) => RowCounter) {
    this.#choose = choose;
  }

  read(text: Text, length: number): ReturnType<RowReading['read']> {
    const { consumed, count, from, to } = this.#reader.scan(text.bytes, length);
    const names = this.#reader.columns().map(({ name }) => name);
    if (names.length === 0) return { consumed, rows: 0, unreadable: 0 };
    let table = (this.#table ??= this.#begin(names));
    let [headers, unreadable] = [0, 0];
    for (let row = 0; row < count; row++) {
      const [rowFrom, rowTo] = [from[row] as number, to[row] as number];
      const columns = table.headers.columnsIn(text.bytes, rowFrom, rowTo);
      if (columns !== undefined) {
        table = this.#table = this.#begin(columns);
        headers++;
        continue;
      }
      table.counter.rows++;
      const found = table.cells.find(text, rowFrom, rowTo);
      if (found === undefined) unreadable++;
      else table.counter.count(found);
    }
    return { consumed, rows: count - headers, unreadable };
  }

  #begin(columns: readonly string[]): Table {
    const counter = this.#choose(columns);
    return { counter, cells: new CsvCells(columns, counter.fields), headers: new HeaderWatch(columns) };
  }
}

class ObjectReading implements RowReading {
  readonly #choose: (columns: readonly string[]) => RowCounter;
  #kind: ExportKind | undefined;
  #cells: ObjectCells | undefined;
  #counter: RowCounter | undefined;

  constructor(choose: (columns: readonly string[]) => RowCounter) {
    this.#choose = choose;
  }

  read({ bytes }: Text, length: number): ReturnType<RowReading['read']> {
    const result = { consumed: 0, rows: 0, unreadable: 0 };
    for (;;) {
      const end = bytes.indexOf(lineFeed, result.consumed);
      if (end < 0 || end >= length) return result;
      const line = bytes.toString('utf8', result.consumed, end);
      result.consumed = end + 1;
      if (line.trim() === '') continue;
      result.rows++;
      if (!this.#count(line)) result.unreadable++;
    }
  }

  #count(line: string): boolean {
    const row = parseObject(line);
    if (row === undefined) return false;
    const counter = this.#counterOf(Object.keys(row));
    counter.rows++;
    counter.count((this.#cells as ObjectCells).find(row));
    return true;
  }

  /** Rows of several exports may follow each other; one that does not tell is of the same as the row before. */
  #counterOf(keys: readonly string[]): RowCounter {
    const kind = kindOf(keys) ?? this.#kind;
    if (this.#counter === undefined || kind !== this.#kind) {
      this.#counter = this.#choose(keys);
      this.#cells = new ObjectCells(this.#counter.fields);
      this.#kind = kind;
    }
    return this.#counter;
  }
}
