/** Streamed JSON values, in any layout: one after another, or as elements of arrays. Each value is a row. */
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
import { ElementEnd, RECORD_SEPARATOR } from './elements.ts';
import { endOfEnvelope, findList, lineEnds } from './envelope.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

export interface JsonOptions {
  /** Path of the list of rows in each value: `log`, `entries` for `{"log": {"entries": [...]}}`. */
  path?: readonly string[];
  /** What was detected about the input, for the user. */
  notes?: readonly string[];
}

/** Reads values of any layout. Rows are never arrays: brackets and commas only separate rows. */
export function createJsonFormat({ path = [], notes = [] }: JsonOptions = {}): Format {
  return {
    name: 'json',
    notes,
    scanner: (start) => new ValueScanner(start, path),
    preamble: () => new Uint8Array(0),
  };
}

/**
 * What precedes the next value: `outside` nothing, `fresh` a comma or an opening bracket, `used` a value,
 * `closed` a closing bracket.
 */
type Position = 'outside' | 'fresh' | 'used' | 'closed';

class ValueScanner implements RowScanner {
  line: number;
  #place: Position;
  /** Number of open arrays. */
  #depth: number;
  #atStart: boolean;
  readonly #toEnd: boolean;
  readonly #path: readonly string[];
  /** With a path: inside the list of rows. */
  #inList: boolean;
  readonly #element = new ElementEnd();
  /** Bytes of the row that is being skipped, or -1. */
  #passed = -1;
  /** Set by `passRow`: bytes are consumed although the row is incomplete. */
  #givesUp = false;
  #oneLine = Buffer.alloc(0);

  constructor(start: ScanStart, path: readonly string[]) {
    const isInArray = !start.atStart && beginsArray(start.head);
    this.line = start.line;
    this.#atStart = start.atStart;
    this.#toEnd = start.toEnd;
    this.#place = isInArray ? 'fresh' : 'outside';
    this.#depth = isInArray ? 1 : 0;
    this.#path = path;
    this.#inList = !start.atStart && path.length > 0;
  }

  /**
   * Consumes separators together with the row after them, so that a range of rows begins inside their list.
   */
  scan(bytes: Buffer, region: Region, sink: RowSink): number {
    const { to, final } = region;
    let at = this.#start(bytes, region);
    if (at < 0) return region.from;
    while (at < to || (final && this.#passed >= 0)) {
      const before = { at, line: this.line, place: this.#place, depth: this.#depth, inList: this.#inList };
      const found = this.#passed >= 0 ? at : this.#skipToRow(bytes, at, region, sink);
      if (found < 0) return ~found;
      if (found === to && this.#passed < 0) {
        if (final || this.#givesUp) at = to;
        else this.#restore(before);
        break;
      }
      const end = this.#endOfRow(bytes, found, region);
      if (end < 0 && this.#givesUp) {
        this.#passed += to - found;
        return to;
      }
      if (end < 0) {
        this.#restore(before);
        break;
      }
      const goOn = this.#report({ from: found, to: end }, sink);
      at = end;
      if (!goOn) return at;
    }
    const isLeft = region.mayGrow === true && at < to && this.#depth === 0 && !this.#inList;
    if (final && this.#toEnd && !isLeft) this.#checkClosed(at, to);
    return at;
  }

  passRow(): void {
    this.#givesUp = true;
  }

  /** The row on one line: line ends between its parts become spaces. */
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

  #restore({ line, place, depth, inList }: Standing): void {
    this.line = line;
    this.#place = place;
    this.#depth = depth;
    this.#inList = inList;
  }

  /**
   * The start of the next row, or `to`. A value without the list is rejected; when the sink then wants to
   * stop, the result is the offset at which to continue, as its complement (`~offset`).
   */
  #skipToRow(bytes: Buffer, from: number, { to }: Region, sink: RowSink): number {
    let at = from;
    for (;;) {
      at = this.#skipBetween(bytes, at, to);
      if (at === to || this.#path.length === 0 || this.#inList) return at;
      const found = findList(bytes, { from: at, to }, this.#path);
      if (found.kind === 'more') {
        if (this.#givesUp) throw tooLongAround(this.#path);
        return to;
      }
      const next = found.kind === 'found' ? found.start : found.end;
      const { line } = this;
      this.line += lineEnds(bytes, at, next);
      if (found.kind === 'found') this.#enterList();
      else if (!sink.bad(at, next, line, noList(this.#path))) return ~next;
      at = next;
    }
  }

  /** Skips white space, brackets and commas; with a path also the rest of an envelope. */
  #skipBetween(bytes: Buffer, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      if (byte === NEWLINE) this.line++;
      else if (byte === SPACE || byte === TAB || byte === RETURN || byte === RECORD_SEPARATOR) continue;
      else if (byte === COMMA) this.#place = 'fresh';
      else if (byte === OPEN_ARRAY) this.#open();
      else if (byte !== CLOSE_ARRAY) return at;
      else if (!this.#inList || this.#depth > 0) this.#close();
      else {
        const end = endOfEnvelope(bytes, at + 1, to, this.#path.length);
        if (end < 0) {
          if (this.#givesUp) throw tooLongAround(this.#path);
          return to;
        }
        this.line += lineEnds(bytes, at, end);
        this.#inList = false;
        at = end - 1;
      }
    }
    return to;
  }

  #enterList(): void {
    this.#inList = true;
    this.#place = 'fresh';
  }

  #open(): void {
    this.#place = 'fresh';
    this.#depth++;
  }

  #close(): void {
    this.#place = 'closed';
    this.#depth = Math.max(0, this.#depth - 1);
  }

  #endOfRow(bytes: Buffer, at: number, { to, final }: Region): number {
    if (this.#passed < 0) {
      this.#element.reset();
      if (this.#givesUp) this.#passed = 0;
    }
    const end = this.#element.find(bytes, at, to);
    if (end >= 0 || !final) return end;
    // The last value of a range in the middle is complete, and so is a number; an unclosed value at the end
    // of the input is not.
    return this.#toEnd && this.#passed <= 0 && !this.#endsWithScalar ? -1 : to;
  }

  get #endsWithScalar(): boolean {
    return this.#element.isOutermost && !this.#inList && this.#depth === 0;
  }

  #report(row: { from: number; to: number }, sink: RowSink): boolean {
    const { line } = this;
    const { from, to } = row;
    const lacksComma = this.#place === 'used' && (this.#depth > 0 || this.#inList);
    this.line += this.#element.lines;
    this.#place = 'used';
    const passed = Math.max(0, this.#passed);
    this.#passed = -1;
    this.#givesUp = false;
    if (passed > 0) return sink.tooLong(from - passed, to, line);
    if (this.#element.isBroken) return sink.bad(from, to, line, BROKEN);
    return lacksComma ? sink.bad(from, to, line, NO_COMMA) : sink.row(from, to, line);
  }

  #checkClosed(at: number, to: number): void {
    const isWhole = at === to && this.#depth === 0 && !this.#inList;
    if (isWhole || (at === to && this.#place === 'closed')) return;
    throw new Failure('local', 'unexpected end of JSON: the input seems to be truncated', {
      hint: 'its whole rows were read; run the same command again when the input is complete',
    });
  }
}

interface Standing {
  line: number;
  place: Position;
  depth: number;
  inList: boolean;
}

function beginsArray(head: Buffer): boolean {
  return /^\s*\[/.test(head.toString('latin1', markLength(head), markLength(head) + 1024));
}

function noList(path: readonly string[]): RowProblem {
  return { reason: 'path-missing', message: `the value has no list at ${path.join('.')}` };
}

function tooLongAround(path: readonly string[]): Failure {
  return new Failure('usage', `the text around the list at ${path.join('.')} is longer than --max-row`, {
    hint: 'raise --max-row',
  });
}

const BROKEN: RowProblem = {
  reason: 'not-json',
  message: 'unclosed quote or bracket, or a line break inside a string',
};
const NO_COMMA: RowProblem = { reason: 'not-json', message: 'expected a comma before this element' };
