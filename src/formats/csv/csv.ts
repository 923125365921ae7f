/** Tables in text form: CSV and TSV. Each record is a row; its cells are texts. */
import type {
  Format,
  PlainTable,
  Region,
  RowScanner,
  RowSink,
  RowText,
  ScanStart,
} from '../../contracts/format.ts';
import { Failure } from '../../failure.ts';
import { CellText } from './cells.ts';
import type { Dialect } from './dialect.ts';
import { FIELDS_MARK } from './fields-line.ts';
import { endOfComment, headerOf, isBlankRecord, newlineIn, readFirst } from './first-record.ts';
import {
  asNamed,
  columnsOf,
  MAX_HEADER_BYTES,
  namesOf,
  type Columns,
  type Header,
  type HeaderCache,
} from './header.ts';
import { divisible, plainTableOf } from './plain-table.ts';
import { RecordReader, type RecordEnd } from './records.ts';
import { describeQuote } from './stray-quote.ts';
import type { TableOptions } from './table-options.ts';
import { MARK_BYTES, markLength } from '../encoding.ts';

const RETURN = 0x0d;
/** A record over more lines than this probably contains a stray opening quote. */
const MANY_LINES = 100;

export function createTableFormat(options: TableOptions): Format {
  const cache: HeaderCache = {};
  return {
    name: options.name,
    delimiter: options.dialect.delimiter,
    notes: options.notes ?? [],
    scanner: (start) => new TableScanner(options, start, cache),
    ...divisible(options),
    rearranged: (arrange) => createTableFormat({ ...options, arrange }),
    preamble: (head) => headerOf(options, head),
  };
}

class TableScanner implements RowScanner {
  line: number;
  table: PlainTable | undefined;
  readonly #options: TableOptions;
  readonly #header: Header;
  readonly #record: RecordReader;
  readonly #cells: CellText;
  readonly #dialect: Dialect;
  readonly #fieldsLine: string | undefined;
  #columns: Columns | undefined;
  #atStart: boolean;
  /** How many lines before the table are still to be skipped. */
  #toSkip: number;
  /** The current row is longer than allowed: no more bytes are waited for. */
  #givesUp = false;
  /** Bytes of the row that is being skipped, or -1, and the line ends among them. */
  #passed = -1;
  #passedLines = 0;

  constructor(options: TableOptions, start: ScanStart, cache: HeaderCache) {
    this.line = start.line;
    this.#options = options;
    this.#header = options.header;
    this.#dialect = options.dialect;
    this.#fieldsLine = options.fieldsLine;
    this.#record = new RecordReader(options.dialect);
    this.#cells = new CellText(options.empty, options.dialect);
    this.#atStart = start.atStart;
    this.#toSkip = start.atStart ? options.dialect.skipLines : 0;
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
    if (!isBegun && !final && !givesUp && this.#passed < 0 && !this.#hasHeader(bytes, at, to)) {
      this.#atStart = wasAtStart;
      return region.from;
    }
    while (at < to || (final && this.#passed >= 0)) {
      at = this.#takeBatch(at, to, sink);
      if (at === to && this.#passed < 0) break;
      const step =
        this.#passed >= 0 ? this.#passOver(bytes, at, region, sink) : this.#next(bytes, at, region, sink);
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
    const isBetween = this.#passed < 0 && !this.#givesUp && this.#toSkip === 0;
    if (this.table === undefined || sink.lines === undefined || !isBetween) return from;
    const { lines, end } = sink.lines(from, to);
    this.line += lines;
    return end;
  }

  #hasHeader(bytes: Buffer, at: number, to: number): boolean {
    const seen = bytes.subarray(at, to);
    return (
      readFirst(this.#record, seen, {
        dialect: { ...this.#dialect, skipLines: this.#toSkip },
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
    const behind = this.#behindSkipped(bytes, at, { to, final });
    if (behind !== at) return behind < 0 ? undefined : { at: behind, goOn: true };
    const found = record.read(bytes, { from: at, to, final });
    if (found !== 'whole') return this.#refuse(bytes, { from: at, to, final, found }, sink);
    const { line } = this;
    const { next } = record;
    this.#givesUp = false;
    this.line += record.lines;
    if (isBlankRecord(bytes, record)) return { at: next, goOn: true };
    const isUnnamed = this.#columns === undefined;
    const { count } = this.#columns ?? this.#nameColumns(bytes);
    if (isUnnamed && this.#header === 'first') return { at: next, goOn: true };
    if (record.lines > MANY_LINES) sink.warn?.(`cell-over-100-lines: line ${line}`);
    if (record.fields === count || this.#fits(count))
      return { at: next, goOn: sink.row(at, record.end, line) };
    const message = `the record has ${record.fields} fields where there are ${count} columns`;
    return { at: next, goOn: sink.bad(at, record.end, line, { reason: 'ragged-row', message }) };
  }

  /** Whether a record with another number of fields is accepted; it is then padded or truncated. */
  #fits(count: number): boolean {
    const record = this.#record;
    const { ragged } = this.#dialect;
    const isTrailing = record.fields === count + 1 && record.from[count] === record.to[count];
    const lacksNameless = record.fields === count - 1 && this.#columns?.endsNameless === true;
    const isTaken =
      ragged === 'fit' ||
      (record.fields < count ? ragged === 'pad' || lacksNameless : ragged === 'truncate' || isTrailing);
    if (isTaken) record.fitTo(count);
    return isTaken;
  }

  /**
   * The offset after a line before the table, or after a comment; -1 when more bytes are needed, `at` when
   * there is neither.
   */
  #behindSkipped(bytes: Buffer, at: number, { to, final }: { to: number; final: boolean }): number {
    if (this.#toSkip === 0 && this.#dialect.comment === undefined) return at;
    const comment = this.#dialect.comment ?? '';
    if (this.#toSkip === 0 && !final && to - at < Buffer.byteLength(comment)) return -1;
    const isSkipped = this.#toSkip > 0 || endOfComment(bytes, at, to, comment) !== at;
    if (!isSkipped) return at;
    const newline = newlineIn(bytes, at, to);
    if (newline < 0 && !final) return -1;
    if (this.#fieldsLine !== undefined) this.#refuseOtherFields(bytes, at, newline < 0 ? to : newline);
    if (this.#toSkip > 0) this.#toSkip--;
    if (newline >= 0) this.line++;
    return newline < 0 ? to : newline + 1;
  }

  /**
   * Throws a Failure `usage` for a second line that names other columns: the rows after it would get the
   * wrong names.
   */
  #refuseOtherFields(bytes: Buffer, from: number, to: number): void {
    const text = bytes.toString('utf8', from, withoutReturn(bytes, from, to));
    if (!text.startsWith(FIELDS_MARK) || text === this.#fieldsLine) return;
    throw new Failure('usage', `line ${this.line} names other columns than the first "${FIELDS_MARK}" line`, {
      hint: 'give what begins there as a file of its own',
    });
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
    this.#givesUp = false;
    this.#passed = 0;
    this.#passedLines = record.quoteAt < 0 ? record.lines : record.linesBeforeQuote;
    return this.#passAll(bytes, at, to);
  }

  /** Passes over all but a carriage return at the end, to which a newline may belong. */
  #passAll(bytes: Buffer, at: number, to: number): Step {
    const end = withoutReturn(bytes, at, to);
    this.#passed += end - at;
    return { at: end, goOn: false };
  }

  /** Skips to the end of the line in which an overlong row ends. */
  #passOver(bytes: Buffer, at: number, { to, final }: Region, sink: RowSink): Step {
    const newline = newlineIn(bytes, at, to);
    if (newline < 0 && !final) return this.#passAll(bytes, at, to);
    const { line } = this;
    const start = at - this.#passed;
    const end = withoutReturn(bytes, at, newline < 0 ? to : newline);
    this.#passed = -1;
    this.line += this.#passedLines + (newline < 0 ? 0 : 1);
    return { at: newline < 0 ? to : newline + 1, goOn: sink.tooLong(start, end, line) };
  }
}

/** Ends a scan behind the first whole record. */
const FIRST_ROW: RowSink = { row: () => false, bad: () => true, tooLong: () => true };

/** Where to continue, and whether the sink wants more. */
interface Step {
  at: number;
  goOn: boolean;
}

function withoutReturn(bytes: Buffer, from: number, to: number): number {
  return to > from && bytes[to - 1] === RETURN ? to - 1 : to;
}
