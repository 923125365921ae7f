/**
 * Server logs: each line is a row. The beginning of a line decides its kind: a JSON object, logfmt pairs, or
 * cells in a known order. A syslog prefix is skipped.
 */
import { isUtf8 } from 'node:buffer';
import type {
  Format,
  Region,
  RowProblem,
  RowScanner,
  RowSink,
  RowText,
  ScanStart,
} from '../../contracts/format.ts';
import { CellText, type EmptyCells } from '../csv/cells.ts';
import { arrangeColumns, type ColumnNode } from '../csv/columns.ts';
import { CSV_DIALECT, type Dialect, type Ragged } from '../csv/dialect.ts';
import { LineScanner } from '../ndjson.ts';
import { LineCells } from './line-cells.ts';
import { beginsWithPair, readPairs } from './logfmt.ts';
import { endOfSyslogPrefix } from './syslog.ts';

export interface LogOptions {
  /** Names of the cells; undefined: `column1`, `column2`, and so on. */
  columns: readonly string[] | undefined;
  nulls: readonly string[];
  empty: EmptyCells;
  ragged: Ragged;
  /** JSON and logfmt lines that do not contain this text are not rows. */
  only: string | undefined;
  /** Lines of cells are not rows, because the other lines have the same content. */
  passesCells: boolean;
}

type LineKind = 'json' | 'pairs' | 'cells';

const OPEN_OBJECT = 0x7b;

export function createLogFormat(options: LogOptions): Format {
  return {
    name: 'log',
    ...(options.columns === undefined ? {} : { columns: options.columns }),
    scanner: (start) => new LogScanner(options, start),
    preamble: () => new Uint8Array(0),
  };
}

/**
 * Whether JSON and logfmt lines are the rows of a log with this beginning, and lines of cells are not: true
 * when `only` occurs, or when all complete lines are JSON or logfmt. False without `only`.
 */
export function hasPairRows(head: Buffer, only: string | undefined): boolean {
  if (only === undefined) return false;
  if (head.includes(only)) return true;
  const kinds = new Set<LineKind>();
  const scanner = new LineScanner({ atStart: true, line: 1 });
  const note = (from: number, to: number): boolean => {
    kinds.add(kindOf(head, endOfSyslogPrefix(head, from, to), to));
    return true;
  };
  scanner.scan(
    head,
    { from: 0, to: head.length, final: false },
    { row: note, bad: note, tooLong: () => true },
  );
  return kinds.size > 0 && !kinds.has('cells');
}

function kindOf(bytes: Buffer, from: number, to: number): LineKind {
  if (bytes[from] === OPEN_OBJECT) return 'json';
  return beginsWithPair(bytes, from, to) ? 'pairs' : 'cells';
}

class LogScanner implements RowScanner {
  readonly #options: LogOptions;
  readonly #lines: LineScanner;
  readonly #cells = new LineCells();
  readonly #text: CellText;
  readonly #only: Buffer | undefined;
  /** Shapes of unnamed cells, by their number. */
  readonly #roots = new Map<number, ColumnNode>();
  /** State of the row that was reported last. */
  #kind: LineKind = 'cells';
  #start = 0;
  #pairs: Record<string, string> = {};

  constructor(options: LogOptions, start: ScanStart) {
    this.#options = options;
    this.#lines = new LineScanner(start);
    const dialect: Dialect = { ...CSV_DIALECT, escape: '\\', nulls: options.nulls };
    this.#text = new CellText(options.empty, dialect);
    this.#only = options.only === undefined ? undefined : Buffer.from(options.only);
  }

  get line(): number {
    return this.#lines.line;
  }

  scan(bytes: Buffer, region: Region, sink: RowSink): number {
    return this.#lines.scan(bytes, region, {
      row: (from, to, line) => this.#judge(bytes, { from, to, line }, sink),
      bad: (from, to, line, problem) => sink.bad(from, to, line, problem),
      tooLong: (from, to, line) => sink.tooLong(from, to, line),
    });
  }

  passRow(): void {
    this.#lines.passRow();
  }

  toJson(bytes: Buffer, _from: number, to: number): RowText {
    if (this.#kind === 'json') return { bytes, from: this.#start, to };
    if (this.#kind === 'cells') return this.#text.write(this.#root(), bytes, this.#cells);
    const text = Buffer.from(JSON.stringify(this.#pairs));
    return { bytes: text, from: 0, to: text.length };
  }

  #judge(bytes: Buffer, row: { from: number; to: number; line: number }, sink: RowSink): boolean {
    const { from, to, line } = row;
    this.#start = endOfSyslogPrefix(bytes, from, to);
    this.#kind = kindOf(bytes, this.#start, to);
    if (this.#isPassedOver(bytes, to)) {
      sink.warn?.('line-passed-over');
      return true;
    }
    const problem = this.#problemOf(bytes, to);
    return problem === undefined ? sink.row(from, to, line) : sink.bad(from, to, line, problem);
  }

  #isPassedOver(bytes: Buffer, to: number): boolean {
    if (this.#kind === 'cells') return this.#options.passesCells;
    return this.#only !== undefined && !bytes.subarray(this.#start, to).includes(this.#only);
  }

  #problemOf(bytes: Buffer, to: number): RowProblem | undefined {
    switch (this.#kind) {
      case 'json':
        return undefined;
      case 'pairs':
        return this.#readPairs(bytes.subarray(this.#start, to));
      case 'cells':
        return this.#readCells(bytes, to);
    }
  }

  #readPairs(line: Buffer): RowProblem | undefined {
    if (!isUtf8(line)) return { reason: 'not-utf8', message: 'the line is not valid UTF-8' };
    const pairs = readPairs(line.toString('utf8'));
    if (pairs === undefined)
      return { reason: 'not-logfmt', message: 'the line has text that is no key=value' };
    this.#pairs = pairs;
    return undefined;
  }

  #readCells(bytes: Buffer, to: number): RowProblem | undefined {
    const cells = this.#cells;
    const quoteAt = cells.read(bytes, this.#start, to);
    if (quoteAt >= 0) {
      const column = [...bytes.toString('utf8', this.#start, quoteAt)].length + 1;
      return { column, reason: 'unclosed-quote', message: 'a quote that has no other one' };
    }
    const { columns, ragged } = this.#options;
    if (columns === undefined || cells.fields === columns.length) return undefined;
    const isFit = cells.fields < columns.length ? fits(ragged, 'pad') : fits(ragged, 'truncate');
    if (isFit) {
      cells.fitTo(columns.length);
      return undefined;
    }
    const message = `the line has ${cells.fields} cells where there are ${columns.length} columns`;
    return { reason: 'ragged-row', message };
  }

  #root(): ColumnNode {
    const { fields } = this.#cells;
    const known = this.#roots.get(fields);
    if (known !== undefined) return known;
    const names = this.#options.columns ?? Array.from({ length: fields }, (_, index) => `column${index + 1}`);
    const root = arrangeColumns(names.map((path, column) => ({ path, column })));
    this.#roots.set(fields, root);
    return root;
  }
}

function fits(ragged: Ragged, action: 'pad' | 'truncate'): boolean {
  return ragged === action || ragged === 'fit';
}
