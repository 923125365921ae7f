/** Finds the rows of newline-delimited JSON, and the keys that they have. */
import type { Column, ColumnType, RowPlace, RowReader, RowReaderOptions } from '../../contracts-export.ts';
import { createRowPlace } from './row-place.ts';

const lineFeed = 0x0a;

/** Reads each line as one object. Blank lines are no rows; what is no object is a row with a problem. */
export class NdjsonRowReader implements RowReader {
  readonly #options: RowReaderOptions;
  readonly #place: RowPlace = createRowPlace();
  readonly #types: Map<string, ColumnType>;

  constructor(options: RowReaderOptions) {
    this.#options = options;
    this.#types = new Map(options.columns.map(({ name, type }) => [name, type]));
  }

  columns(): readonly Column[] {
    return [...this.#types].map(([name, type]) => ({ name, type }));
  }

  header(): Uint8Array {
    return new Uint8Array(0);
  }

  scan(bytes: Buffer, length: number, onRow: (place: RowPlace) => void): number {
    let at = 0;
    for (;;) {
      const lineEnd = bytes.indexOf(lineFeed, at);
      if (lineEnd < 0 || lineEnd >= length) return at;
      if (bytes.toString('latin1', at, lineEnd).trim() !== '') {
        this.#locate(bytes, at, lineEnd);
        onRow(this.#place);
      }
      at = lineEnd + 1;
    }
  }

  #locate(bytes: Buffer, from: number, lineEnd: number): void {
    const place = this.#place;
    place.from = from;
    place.to = lineEnd + 1;
    place.idFrom = place.idTo = place.timeFrom = place.timeTo = -1;
    const row = parseObject(bytes.toString('utf8', from, lineEnd));
    place.problem = row === undefined ? 'not-json' : undefined;
    if (row === undefined) return;
    for (const key of Object.keys(row)) if (!this.#types.has(key)) this.#types.set(key, 'text');
    const { idColumn, timeColumn } = this.#options;
    if (idColumn !== undefined) {
      [place.idFrom, place.idTo] = findText(bytes.subarray(0, lineEnd), from, row[idColumn]);
    }
    if (timeColumn !== undefined) {
      [place.timeFrom, place.timeTo] = findText(bytes.subarray(0, lineEnd), from, row[timeColumn]);
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
