/** Takes the bytes of one file and counts its rows, whatever export it holds. */
import { Failure } from '../../failure.ts';
import { textOf, type Text } from '../tables/text.ts';
import type { RowCounter } from './counter.ts';
import type { ExportKind } from '../analysis.ts';
import { kindOf } from './kinds.ts';
import { ObjectReading } from './object-rows.ts';
import { TableReading } from './table-rows.ts';
import type { RowReading } from './row-reading.ts';

/** A longer row is taken for a quote that is never closed. */
const maxRowBytes = 16 * 1024 * 1024;
const firstBytes = 2 * 1024 * 1024;
const lineFeed = 0x0a;
const brace = 0x7b;

export interface FeedOptions {
  counterFor: (kind: ExportKind) => RowCounter;
  /** Called after each piece, with what it had. */
  onRows: (seen: { rows: number; unreadable: number; bytes: number }) => void;
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
    if (this.#length > 0) {
      // There is room: what is read leaves some. It is no byte of the input, and not counted as one.
      this.#text.bytes[this.#length] = lineFeed;
      this.#length += 1;
      this.#read(0);
    }
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
    if (this.#length > maxRowBytes) {
      throw new Failure('local', `${this.#name} has a row of more than ${maxRowBytes} bytes`, {
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
