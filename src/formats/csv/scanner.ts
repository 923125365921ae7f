/** Finds the rows of a table in bytes: its header first, then records, in slabs of any size. */
import type { PlainTable, Region, RowScanner, RowSink, RowText, ScanStart } from '../../contracts/format.ts';
import { Failure } from '../../failure.ts';
import { CellText } from './cells.ts';
import type { Dialect } from './dialect.ts';
import { isBlankRecord, readFirst } from './first-record.ts';
import {
  asNamed,
  columnsOf,
  MAX_HEADER_BYTES,
  namesOf,
  type Columns,
  type Header,
  type HeaderCache,
} from './header.ts';
import { NEWLINE, newlineIn, withoutReturn } from './line-ends.ts';
import { LongRow } from './long-row.ts';
import { plainTableOf } from './plain-table.ts';
import { describeRagged, fitsColumns } from './ragged.ts';
import { RecordReader, type RecordEnd } from './records.ts';
import { SkippedLines } from './skipped-lines.ts';
import { describeQuote } from './stray-quote.ts';
import type { TableOptions } from './table-options.ts';
import { MARK_BYTES, markLength } from '../encoding.ts';

/** A record over more lines than this probably contains a stray opening quote. */
const MANY_LINES = 100;

export class TableScanner implements RowScanner {
  line: number;
  table: PlainTable | undefined;
  readonly #options: TableOptions;
  readonly #header: Header;
  readonly #record: RecordReader;
  readonly #cells: CellText;
  readonly #dialect: Dialect;
  readonly #skipped: SkippedLines;
  readonly #longRow = new LongRow();
  #columns: Columns | undefined;
  #atStart: boolean;
  /** The current row is longer than allowed: no more bytes are waited for. */
  #givesUp = false;

  constructor(options: TableOptions, start: ScanStart, cache: HeaderCache) {
    this.line = start.line;
    this.#options = options;
    this.#header = options.header;
    this.#dialect = options.dialect;
    this.#record = new RecordReader(options.dialect);
    this.#cells = new CellText(options.empty, options.dialect);
    this.#atStart = start.atStart;
    this.#skipped = new SkippedLines(options, start.atStart);
    if (start.atStart) return;
    if (cache.head !== start.head) {
      this.#readHead(start.head);
      Object.assign(cache, { head: start.head, columns: this.#columns, table: this.table });
    }
    this.#columns = cache.columns;
    this.table = cache.table;
  }

  /** Finds the columns of an input whose first records are in front of what is scanned. */
  #readHead(head: Buffer): void {
    const isNamed = typeof this.#header === 'object';
    const isRead = !isNamed && readFirst(this.#record, head, { dialect: this.#dialect, final: false }) >= 0;
    if (!isRead && this.#header === 'first') throw new Failure('usage', 'the input has no header');
    if (isNamed || isRead) this.#nameColumns(head);
    else this.#takeColumns(head);
  }

  /** The columns that a pass from the beginning would know, whose first records are damaged. */
  #takeColumns(head: Buffer): void {
    const first = new TableScanner(this.#options, { atStart: true, toEnd: false, line: 1, head }, {});
    first.scan(head, { from: 0, to: head.length, final: false }, FIRST_ROW);
    this.#columns = first.#columns;
    this.table = first.table;
  }

  scan(bytes: Buffer, region: Region, sink: RowSink): number {
    const { to, final } = region;
    const isBegun = this.#columns !== undefined || this.#header !== 'first';
    const wasAtStart = this.#atStart;
    let at = this.#start(bytes, region);
    if (at < 0) return region.from;
    // Lines before the header are consumed together with it, so that a range in the middle begins after both.
    // A header may be longer than rows may.
    const givesUp = this.#givesUp && to - at > MAX_HEADER_BYTES;
    if (!isBegun && !final && !givesUp && !this.#longRow.isOpen && !this.#hasHeader(bytes, at, to)) {
      this.#atStart = wasAtStart;
      return region.from;
    }
    while (at < to || (final && this.#longRow.isOpen)) {
      at = this.#takeBatch(at, to, sink);
      if (at === to && !this.#longRow.isOpen) break;
      const step = this.#longRow.isOpen
        ? this.#passOver(bytes, at, region, sink)
        : this.#next(bytes, at, region, sink);
      if (step === undefined) return at;
      at = step.at;
      if (!step.goOn) return at;
    }
    return at;
  }

  toJson(bytes: Buffer): RowText {
    if (this.#columns === undefined) throw new Failure('bug', 'a record came before the columns were known');
    return this.#cells.write(this.#columns.root, bytes, this.#record);
  }

  passRow(): void {
    this.#givesUp = true;
  }

  #nameColumns(bytes: Buffer): Columns {
    const columns = columnsOf(namesOf(this.#header, bytes, this.#record), this.#options.arrange ?? asNamed);
    this.table = plainTableOf(this.#options, columns);
    this.#columns = columns;
    return columns;
  }

  /** Over records that the sink takes by itself; returns where the next one begins. */
  #takeBatch(from: number, to: number, sink: RowSink): number {
    const isBetween = !this.#longRow.isOpen && !this.#givesUp && this.#skipped.left === 0;
    if (this.table === undefined || sink.lines === undefined || !isBetween) return from;
    const { lines, end } = sink.lines(from, to);
    this.line += lines;
    return end;
  }

  #hasHeader(bytes: Buffer, at: number, to: number): boolean {
    const seen = bytes.subarray(at, to);
    return (
      readFirst(this.#record, seen, {
        dialect: { ...this.#dialect, skipLines: this.#skipped.left },
        final: false,
      }) >= 0
    );
  }

  /** The offset after the byte order mark; -1 when more bytes are needed. */
  #start(bytes: Buffer, { from, to, final }: Region): number {
    if (!this.#atStart) return from;
    if (!final && to - from < MARK_BYTES) return -1;
    this.#atStart = false;
    return from + markLength(bytes.subarray(from, to));
  }

  /** Reads the record at `at`; undefined when it continues beyond the given bytes. */
  #next(bytes: Buffer, at: number, { to, final }: Region, sink: RowSink): Step | undefined {
    const record = this.#record;
    if (this.#skipped.mayCome) {
      const behind = this.#skipped.skip(bytes, { from: at, to, final, line: this.line });
      if (behind !== at) return behind < 0 ? undefined : this.#skipTo(behind, bytes);
    }
    const found = record.read(bytes, { from: at, to, final });
    if (found !== 'whole') return this.#refuse(bytes, { from: at, to, final, found }, sink);
    const { line } = this;
    const { next } = record;
    this.#givesUp = false;
    this.line += record.lines;
    if (isBlankRecord(bytes, record)) return { at: next, goOn: true };
    const isUnnamed = this.#columns === undefined;
    const columns = this.#columns ?? this.#nameColumns(bytes);
    if (isUnnamed && this.#header === 'first') return { at: next, goOn: true };
    if (record.lines > MANY_LINES) sink.warn?.(`cell-over-100-lines: line ${line}`);
    if (record.fields === columns.count || fitsColumns(record, columns, this.#dialect))
      return { at: next, goOn: sink.row(at, record.end, line) };
    return { at: next, goOn: sink.bad(at, record.end, line, describeRagged(record, columns)) };
  }

  #skipTo(at: number, bytes: Buffer): Step {
    if (bytes[at - 1] === NEWLINE) this.line++;
    return { at, goOn: true };
  }

  /**
   * A record with unbalanced quotes. It costs the lines up to the one in which the quote was opened, and
   * reading continues after that. Undefined when more bytes may still complete it.
   */
  #refuse(bytes: Buffer, region: Region & { found: RecordEnd }, sink: RowSink): Step | undefined {
    const { from: at, to, final, found } = region;
    const record = this.#record;
    if (found === 'incomplete' && !this.#givesUp) return undefined;
    const newline = record.quoteAt < 0 ? -1 : newlineIn(bytes, record.quoteAt, to);
    if (newline < 0 && !final) return this.#givesUp ? this.#startPassing(bytes, at, to) : undefined;
    this.#givesUp = false;
    const line = this.line + record.linesBeforeQuote;
    const end = newline < 0 ? to : newline;
    this.line = newline < 0 ? line : line + 1;
    const goOn = sink.bad(at, withoutReturn(bytes, at, end), line, describeQuote(bytes, at, record));
    return { at: newline < 0 ? to : newline + 1, goOn };
  }

  /** The row continues at least to the end of the given bytes. */
  #startPassing(bytes: Buffer, at: number, to: number): Step {
    const record = this.#record;
    const lines = record.quoteAt < 0 ? record.lines : record.linesBeforeQuote;
    this.#givesUp = false;
    return { at: this.#longRow.begin(bytes, { at, to }, lines), goOn: false };
  }

  #passOver(bytes: Buffer, from: number, { to, final }: Region, sink: RowSink): Step {
    const { at, row } = this.#longRow.pass(bytes, { from, to, final });
    if (row === undefined) return { at, goOn: false };
    const { line } = this;
    this.line += row.lines;
    return { at, goOn: sink.tooLong(row.from, row.to, line) };
  }
}

/** Ends a scan behind the first whole record. */
const FIRST_ROW: RowSink = { row: () => false, bad: () => true, tooLong: () => true };

/** Where to continue, and whether the sink wants more. */
interface Step {
  at: number;
  goOn: boolean;
}
