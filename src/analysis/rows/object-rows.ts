/** Rows that are objects, one a line. */
import { parseObject } from '../../json.ts';
import type { ExportKind } from '../analysis.ts';
import type { Text } from '../tables/text.ts';
import type { RowCounter } from './counter.ts';
import { kindOf } from './kinds.ts';
import { ObjectCells } from './object-cells.ts';
import type { RowReading } from './row-reading.ts';

const lineFeed = 0x0a;

export class ObjectReading implements RowReading {
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

  /** A file may hold rows of several exports; a row that does not identify one belongs to that of the row before. */
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
