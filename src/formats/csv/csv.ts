/** Tables as text: CSV and TSV. A record is a row; its cells are texts. */
import type {
  Arrange,
  Format,
  Region,
  RowProblem,
  RowScanner,
  RowSink,
  RowText,
  ScanStart,
} from '../../contracts/format.ts';
import { Failure } from '../../failure.ts';
import { CellText, type EmptyCells } from './cells.ts';
import { asNamed, columnsOf, namesOf, type Columns, type Header } from './header.ts';
import { PLAIN, RecordReader, UNCLEAN, type RecordEnd } from './records.ts';
import { isBlank } from '../blank.ts';
import { MARK_BYTES, markLength } from '../encoding.ts';

export interface TableOptions {
  name: 'csv' | 'tsv';
  /** One character of ASCII. */
  delimiter: string;
  header: Header;
  empty: EmptyCells;
  arrange?: Arrange;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;

export function createTableFormat(options: TableOptions): Format {
  return {
    name: options.name,
    scanner: (start) => new TableScanner(options, start),
    rearranged: (arrange) => createTableFormat({ ...options, arrange }),
    preamble: (head) => headerOf(options, head),
  };
}

/** The header as it stands, with one newline; nothing where the user names the columns. */
function headerOf({ delimiter, header }: TableOptions, head: Uint8Array): Uint8Array {
  if (header !== 'first') return new Uint8Array(0);
  const bytes = Buffer.from(head);
  const record = new RecordReader(delimiter.charCodeAt(0));
  const from = readFirst(record, bytes, true);
  return Buffer.concat([bytes.subarray(from, record.end), Buffer.from('\n')]);
}

/** Reads the first record that is not blank; returns where it begins, or -1 when the bytes do not hold it. */
function readFirst(record: RecordReader, bytes: Buffer, final: boolean): number {
  let at = markLength(bytes);
  while (at < bytes.length) {
    if (record.read(bytes, { from: at, to: bytes.length, final }) !== 'whole') return -1;
    if (!isBlankRecord(bytes, record)) return at;
    at = record.next;
  }
  return -1;
}

function isBlankRecord(bytes: Buffer, record: RecordReader): boolean {
  return (
    record.fields === 1 &&
    (record.writing[0]! & ~UNCLEAN) === PLAIN &&
    isBlank(bytes, record.from[0]!, record.to[0]!)
  );
}

class TableScanner implements RowScanner {
  line: number;
  readonly #header: Header;
  readonly #arrange: Arrange;
  readonly #record: RecordReader;
  readonly #cells: CellText;
  #columns: Columns | undefined;
  #atStart: boolean;
  /** The row at hand is longer than allowed: nothing more is waited for. */
  #givesUp = false;
  /** Bytes of the row being passed over, or -1, and line ends among them. */
  #passed = -1;
  #passedLines = 0;

  constructor(options: TableOptions, start: ScanStart) {
    this.line = start.line;
    this.#header = options.header;
    this.#arrange = options.arrange ?? asNamed;
    this.#record = new RecordReader(options.delimiter.charCodeAt(0));
    this.#cells = new CellText(options.empty);
    this.#atStart = start.atStart;
    if (start.atStart) return;
    if (readFirst(this.#record, start.head, false) < 0) throw new Failure('usage', 'the input has no header');
    this.#columns = columnsOf(namesOf(this.#header, start.head, this.#record), this.#arrange);
  }

  scan(bytes: Buffer, region: Region, sink: RowSink): number {
    const { to, final } = region;
    let at = this.#start(bytes, region);
    if (at < 0) return region.from;
    while (at < to || (final && this.#passed >= 0)) {
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

  /** Behind the byte order mark; -1 when more bytes must tell. */
  #start(bytes: Buffer, { from, to, final }: Region): number {
    if (!this.#atStart) return from;
    if (!final && to - from < MARK_BYTES) return -1;
    this.#atStart = false;
    return from + markLength(bytes.subarray(from, to));
  }

  /** Reads the record at `at`; undefined when it goes on behind the bytes given. */
  #next(bytes: Buffer, at: number, { to, final }: Region, sink: RowSink): Step | undefined {
    const record = this.#record;
    const found = record.read(bytes, { from: at, to, final });
    if (found !== 'whole') return this.#refuse(bytes, { from: at, to, final, found }, sink);
    const { line } = this;
    const { next } = record;
    this.#givesUp = false;
    this.line += record.lines;
    if (isBlankRecord(bytes, record)) return { at: next, goOn: true };
    if (this.#columns === undefined) {
      this.#columns = columnsOf(namesOf(this.#header, bytes, record), this.#arrange);
      if (this.#header === 'first') return { at: next, goOn: true };
    }
    const { count } = this.#columns;
    if (record.fields === count) return { at: next, goOn: sink.row(at, record.end, line) };
    const message = `the record has ${record.fields} fields where there are ${count} columns`;
    return { at: next, goOn: sink.bad(at, record.end, line, { reason: 'ragged-row', message }) };
  }

  /**
   * A record whose quotes do not add up: it costs the lines up to the one in which the quote was opened, and
   * reading goes on behind that. Undefined when more bytes may still make it whole.
   */
  #refuse(bytes: Buffer, region: Region & { found: RecordEnd }, sink: RowSink): Step | undefined {
    const { from: at, to, final, found } = region;
    const record = this.#record;
    if (found === 'incomplete' && !this.#givesUp) return undefined;
    const newline = record.quoteAt < 0 ? -1 : newlineIn(bytes, record.quoteAt, to);
    if (newline < 0 && !final) return this.#givesUp ? this.#startPassing(at, to) : undefined;
    this.#givesUp = false;
    const line = this.line + record.linesBeforeQuote;
    const end = newline < 0 ? to : newline;
    this.line = newline < 0 ? line : line + 1;
    const goOn = sink.bad(at, withoutReturn(bytes, at, end), line, describeQuote(bytes, record));
    return { at: newline < 0 ? to : newline + 1, goOn };
  }

  /** The row goes on at least to the end of the bytes given. */
  #startPassing(at: number, to: number): Step {
    const record = this.#record;
    this.#givesUp = false;
    this.#passed = to - at;
    this.#passedLines = record.quoteAt < 0 ? record.lines : record.linesBeforeQuote;
    return { at: to, goOn: true };
  }

  /** On to the end of the line, in which a row ends that is longer than allowed. */
  #passOver(bytes: Buffer, at: number, { to, final }: Region, sink: RowSink): Step {
    const newline = newlineIn(bytes, at, to);
    if (newline < 0 && !final) {
      this.#passed += to - at;
      return { at: to, goOn: true };
    }
    const { line } = this;
    const start = at - this.#passed;
    const end = withoutReturn(bytes, at, newline < 0 ? to : newline);
    this.#passed = -1;
    this.line += this.#passedLines + (newline < 0 ? 0 : 1);
    return { at: newline < 0 ? to : newline + 1, goOn: sink.tooLong(start, end, line) };
  }
}

/** Where to go on, and whether the sink wants to. */
interface Step {
  at: number;
  goOn: boolean;
}

function newlineIn(bytes: Buffer, from: number, to: number): number {
  const found = bytes.indexOf(NEWLINE, from);
  return found < to ? found : -1;
}

function withoutReturn(bytes: Buffer, from: number, to: number): number {
  return to > from && bytes[to - 1] === RETURN ? to - 1 : to;
}

function describeQuote(bytes: Buffer, record: RecordReader): RowProblem {
  const { quoteAt } = record;
  const lineStart = quoteAt === 0 ? 0 : bytes.lastIndexOf(NEWLINE, quoteAt - 1) + 1;
  const column = [...bytes.toString('utf8', lineStart, quoteAt)].length + 1;
  if (record.quoteClosed && record.lines === record.linesBeforeQuote) {
    return { column, reason: 'text-after-quote', message: 'unexpected text after a quoted field' };
  }
  return { column, reason: 'unclosed-quote', message: 'unclosed quote' };
}
