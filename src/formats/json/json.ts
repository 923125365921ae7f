/** An array of objects, streamed: an element is a row, however it is laid out. */
import type {
  Format,
  Region,
  RowProblem,
  RowScanner,
  RowSink,
  RowText,
  ScanStart,
} from '../../contracts/format.ts';
import { Failure } from '../../failure.ts';
import { MARK_BYTES, markLength } from '../encoding.ts';
import { ElementEnd } from './elements.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/**
 * Where the scanner stands: in front of the array, behind its bracket or a comma, behind an element, behind
 * the array, or, when it began in the middle, in front of either a comma or an element.
 */
type Position = 'outside' | 'fresh' | 'used' | 'closed' | 'middle';

export function createJsonFormat(): Format {
  return {
    name: 'json',
    scanner: (start) => new ArrayScanner(start),
    preamble: () => new Uint8Array(0),
  };
}

class ArrayScanner implements RowScanner {
  line: number;
  #place: Position;
  #atStart: boolean;
  readonly #toEnd: boolean;
  readonly #element = new ElementEnd();
  /** Bytes of the element being passed over, or -1. */
  #passed = -1;
  #oneLine = Buffer.alloc(0);

  constructor(start: ScanStart) {
    this.line = start.line;
    this.#atStart = start.atStart;
    this.#toEnd = start.toEnd;
    this.#place = start.atStart ? 'outside' : 'middle';
  }

  scan(bytes: Buffer, region: Region, sink: RowSink): number {
    const { to, final } = region;
    let at = this.#start(bytes, region);
    if (at < 0) return region.from;
    for (;;) {
      if (this.#passed < 0) at = this.#skipToElement(bytes, at, to);
      if (at === to && this.#passed < 0) break;
      const end = this.#endOfElement(bytes, at, region);
      if (end < 0 && this.#passed < 0) break;
      if (end < 0) {
        this.#passed += to - at;
        at = to;
        break;
      }
      const goOn = this.#report({ from: at, to: end }, sink);
      at = end;
      if (!goOn) return at;
    }
    if (final && this.#toEnd) this.#checkClosed();
    return at;
  }

  passRow(): void {
    this.#passed = 0;
    this.#element.reset();
  }

  /** The element in one line: line ends between its parts become spaces. */
  toJson(bytes: Buffer, from: number, to: number): RowText {
    if (this.#element.lines === 0) return { bytes, from, to };
    const length = to - from;
    if (this.#oneLine.length < length) this.#oneLine = Buffer.allocUnsafeSlow(2 * length);
    for (let index = 0; index < length; index++) {
      const byte = bytes[from + index]!;
      this.#oneLine[index] = byte === NEWLINE || byte === RETURN ? SPACE : byte;
    }
    return { bytes: this.#oneLine, from: 0, to: length };
  }

  #start(bytes: Buffer, { from, to, final }: Region): number {
    if (!this.#atStart) return from;
    if (!final && to - from < MARK_BYTES) return -1;
    this.#atStart = false;
    return from + markLength(bytes.subarray(from, to));
  }

  /** Over whitespace, brackets and commas to the first byte of an element, or to `to`. */
  #skipToElement(bytes: Buffer, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      if (byte === NEWLINE) this.line++;
      else if (byte === SPACE || byte === TAB || byte === RETURN) continue;
      else if (this.#place === 'outside' || this.#place === 'closed') this.#openArray(byte);
      else if (byte === CLOSE_ARRAY) this.#place = 'closed';
      else if (byte === COMMA) this.#place = 'fresh';
      else return at;
    }
    return to;
  }

  #openArray(byte: number): void {
    if (byte === OPEN_ARRAY) {
      this.#place = 'fresh';
      return;
    }
    const where = this.#place === 'closed' ? 'there is more behind the array' : 'the input is no JSON array';
    throw new Failure('usage', `${where} (line ${this.line})`, {
      hint: 'for one object a line use --format ndjson',
    });
  }

  #endOfElement(bytes: Buffer, at: number, { to, final }: Region): number {
    if (this.#passed < 0) this.#element.reset();
    const end = this.#element.find(bytes, at, to);
    if (end >= 0 || !final) return end;
    // What a range in the middle ends with is whole; what the input ends with is not.
    return this.#toEnd && this.#passed < 0 ? -1 : to;
  }

  #report(element: { from: number; to: number }, sink: RowSink): boolean {
    const { line } = this;
    const { from, to } = element;
    const hadComma = this.#place !== 'used';
    this.line += this.#element.lines;
    this.#place = 'used';
    if (this.#passed >= 0) {
      const start = from - this.#passed;
      this.#passed = -1;
      return sink.tooLong(start, to, line);
    }
    if (this.#element.isBroken) return sink.bad(from, to, line, BROKEN_STRING);
    return hadComma ? sink.row(from, to, line) : sink.bad(from, to, line, NO_COMMA);
  }

  #checkClosed(): void {
    if (this.#place === 'closed' || this.#place === 'outside') return;
    throw new Failure('local', 'the JSON array is not closed: the input seems to be cut off', {
      hint: 'its whole elements were read; run the same command again when the input is complete',
    });
  }
}

const BROKEN_STRING: RowProblem = { reason: 'not-json', message: 'a line ends inside a string' };
const NO_COMMA: RowProblem = { reason: 'not-json', message: 'expected a comma in front of this element' };
