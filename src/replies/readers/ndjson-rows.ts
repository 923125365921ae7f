/** Finds the rows of NDJSON and their keys. */
import { parseObject } from '../../json.ts';
import type { Column, ColumnType } from '../../contracts/dataset.ts';
import type { RowOffsets, RowDefect, RowReader, RowReaderOptions } from '../../contracts/reader.ts';
import { RowOffsetList } from './row-offsets.ts';
import { isCleanText, notAnObject, textProblem, wrongCell } from './row-problems.ts';
import { cellProblem } from '../../formats/cells/typed-cells.ts';

const lineFeed = 0x0a;

/** Reads each line as one object. Blank lines are not rows; anything but an object is a broken row. */
export class NdjsonRowReader implements RowReader {
  readonly #options: RowReaderOptions;
  readonly #rows = new RowOffsetList();
  readonly #types: Map<string, ColumnType>;
  readonly #seen = new Set<string>();
  readonly #problems = new Map<number, RowDefect>();

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

  problem(row: number): RowDefect {
    return this.#problems.get(row) ?? notAnObject;
  }

  scan(bytes: Buffer, length: number): RowOffsets {
    const rows = this.#rows;
    rows.clear();
    this.#problems.clear();
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
    // For keys and texts only: numbers may lose digits here.
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
    const { check, idColumn, timeColumn } = this.#options;
    const problem = check?.types === true ? this.#findProblem(line.subarray(from), object) : undefined;
    if (problem !== undefined) {
      rows.broken[row] = 1;
      this.#problems.set(row, problem);
    }
    if (idColumn !== undefined) {
      [rows.idFrom[row], rows.idTo[row]] = findText(line, from, object[idColumn]);
    }
    if (timeColumn !== undefined) {
      [rows.timeFrom[row], rows.timeTo[row]] = findText(line, from, object[timeColumn]);
    }
  }

  #findProblem(line: Buffer, object: Record<string, unknown>): RowDefect | undefined {
    const isClean = isCleanText(line);
    for (const [name, value] of Object.entries(object)) {
      if (this.#options.check?.columns?.includes(name) === false) continue;
      const text = JSON.stringify(value);
      if (text.includes('\\u0000')) return textProblem(name, 'nul');
      // What is no UTF-8 was read as this character, which may also stand there by itself.
      if (!isClean && text.includes('\ufffd')) return textProblem(name, 'encoding');
      const type = this.#types.get(name) ?? 'text';
      const problem = cellProblem(type, value);
      if (problem !== undefined) return wrongCell({ name, type }, problem);
    }
    return undefined;
  }
}

/** The position of a value's text in the line. Ids and times contain no characters that JSON escapes. */
function findText(line: Buffer, from: number, value: unknown): [number, number] {
  if (typeof value !== 'string' || value === '') return [-1, -1];
  const at = line.indexOf(`"${value}"`, from);
  return at < 0 ? [-1, -1] : [at + 1, at + 1 + Buffer.byteLength(value)];
}
