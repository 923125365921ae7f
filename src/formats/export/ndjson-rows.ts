/** Finds the rows of newline-delimited JSON, and the keys that they have. */
import type { Column, ColumnType, RowPlaces, RowReader, RowReaderOptions } from '../../contracts-export.ts';
import { RowPlaceList } from './row-places.ts';

const lineFeed = 0x0a;

/** Reads each line as one object. Blank lines are no rows; what is no object is a row with a problem. */
export class NdjsonRowReader implements RowReader {
  readonly #options: RowReaderOptions;
  readonly #rows = new RowPlaceList();
  readonly #types: Map<string, ColumnType>;
  readonly #seen = new Set<string>();

  constructor(options: RowReaderOptions) {
    this.#options = options;
    this.#types = new Map(options.columns.map(({ name, type }) => [name, type]));
  }

  columns(): readonly Column[] {
    return [...this.#types].map(([name, type]) =>
      this.#seen.has(name) ? { name, type } : { name, type, isAbsent: true },
    );
  }

  header(): Uint8Array {
    return new Uint8Array(0);
  }

  scan(bytes: Buffer, length: number): RowPlaces {
    const rows = this.#rows;
    rows.clear();
    for (;;) {
      const at = rows.consumed;
      const lineEnd = bytes.indexOf(lineFeed, at);
      if (lineEnd < 0 || lineEnd >= length) return rows;
      rows.consumed = lineEnd + 1;
      if (bytes.toString('latin1', at, lineEnd).trim() !== '') {
        this.#locate(bytes, rows.add(at, lineEnd + 1));
      }
    }
  }

  #locate(bytes: Buffer, row: number): void {
    const rows = this.#rows;
    const from = rows.from[row] as number;
    const line = bytes.subarray(0, rows.to[row]);
    const object = parseObject(line.toString('utf8', from));
    if (object === undefined) {
      rows.broken[row] = 1;
      return;
    }
    for (const key of Object.keys(object)) {
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      if (!this.#types.has(key)) this.#types.set(key, 'text');
    }
    const { idColumn, timeColumn } = this.#options;
    if (idColumn !== undefined) {
      [rows.idFrom[row], rows.idTo[row]] = findText(line, from, object[idColumn]);
    }
    if (timeColumn !== undefined) {
      [rows.timeFrom[row], rows.timeTo[row]] = findText(line, from, object[timeColumn]);
    }
  }
}

/** Where a value's text stands in the line. Ids and times hold no characters that JSON escapes. */
function findText(line: Buffer, from: number, value: unknown): [number, number] {
  if (typeof value !== 'string' || value === '') return [-1, -1];
  const at = line.indexOf(`"${value}"`, from);
  return at < 0 ? [-1, -1] : [at + 1, at + 1 + Buffer.byteLength(value)];
}

/** For keys and texts only: numbers may lose digits here. */
function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
