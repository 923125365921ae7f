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
import { BetweenValues, type Standing } from './between-values.ts';
import { ElementEnd } from './elements.ts';
import { findList } from './envelope.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

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
    readsBefore: true,
    scanner: (start) => new ValueScanner(start, path),
    preamble: () => new Uint8Array(0),
  };
}

class ValueScanner implements RowScanner {
  readonly #between: BetweenValues;
  #atStart: boolean;
  readonly #toEnd: boolean;
  readonly #path: readonly string[];
  readonly #element = new ElementEnd();
  /** Bytes of the row that is being skipped, or -1. */
  #passed = -1;
  /** Objects in front of the row that is being skipped, from its first byte. */
  #withheld: readonly ObjectWithoutList[] = [];
  /** Set by `passRow`: bytes are consumed although the row is incomplete. */
  #givesUp = false;
  #oneLine = Buffer.alloc(0);

  constructor(start: ScanStart, path: readonly string[]) {
    this.#between = new BetweenValues(start, path.length);
    this.#atStart = start.atStart;
    this.#toEnd = start.toEnd;
    this.#path = path;
  }

  get line(): number {
    return this.#between.line;
  }

  /**
   * Consumes separators together with the row after them, and so objects without the list of rows: each range
   * begins inside a list.
   */
  scan(bytes: Buffer, region: Region, sink: RowSink): number {
    const { to, final } = region;
    const between = this.#between;
    let at = this.#start(bytes, region);
    if (at < 0) return region.from;
    while (at < to || (final && this.#passed >= 0)) {
      const before = between.standing;
      const row = this.#passed >= 0 ? { from: at, withoutList: [] } : this.#skipToRow(bytes, at, to);
      const step = row && this.#take(bytes, row, region, sink);
      if (step === undefined) {
        between.restore(before);
        break;
      }
      at = step.at;
      if (!step.goOn) return at;
    }
    const isLeft = region.mayGrow === true && at < to && between.isOutermost;
    if (final && this.#toEnd && !isLeft && !(at === to && between.isWhole)) throw truncated();
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

  /**
   * The next row, which begins at `to` when there is none, and the objects in front of it that have no list of
   * rows. Undefined when more bytes must tell where the list begins, or where what is around it ends.
   */
  #skipToRow(bytes: Buffer, start: number, to: number): NextRow | undefined {
    const between = this.#between;
    const withoutList: ObjectWithoutList[] = [];
    let from = between.skip(bytes, start, to);
    while (from !== undefined && from < to && this.#path.length > 0 && !between.isInList) {
      const { line } = this;
      const found = findList(bytes, { from, to }, this.#path);
      if (found.kind === 'more') from = undefined;
      else if (found.kind === 'found') from = between.enterList(bytes, from, found.start);
      else {
        between.passOver(bytes, from, found.end);
        withoutList.push({ from, to: found.end, line, behind: between.standing });
        from = found.end;
      }
      if (from !== undefined) from = between.skip(bytes, from, to);
    }
    if (from === undefined && this.#givesUp) throw tooLongAround(this.#path);
    return from === undefined ? undefined : { from, withoutList };
  }

  /**
   * Reports a row and the objects in front of it; undefined when more bytes must tell where it ends. They are
   * reported together: what is not consumed comes again, and would be counted twice.
   */
  #take(bytes: Buffer, { from, withoutList }: NextRow, region: Region, sink: RowSink): Step | undefined {
    const { to } = region;
    const end = this.#endOfRow(bytes, from, region);
    if (end < 0 && this.#passed < 0) return undefined;
    if (end < 0) {
      // Until it ends nothing else is reported: a block must not end within it.
      if (this.#passed === 0) this.#withheld = withoutList.map((object) => shifted(object, -from));
      this.#passed += to - from;
      return { at: to, goOn: false };
    }
    for (const object of withoutList) {
      if (this.#refuse(object, sink)) continue;
      this.#between.restore(object.behind);
      this.#passed = -1;
      return { at: object.to, goOn: false };
    }
    const isNone = from === to && this.#passed < 0;
    return { at: end, goOn: isNone || this.#report({ from, to: end }, sink) };
  }

  #refuse({ from, to, line }: ObjectWithoutList, sink: RowSink): boolean {
    return sink.bad(from, to, line, noList(this.#path));
  }

  /** The offset after the row at `at`, `to` when there is none; -1 when it goes on behind the bytes. */
  #endOfRow(bytes: Buffer, at: number, { to, final }: Region): number {
    if (this.#passed < 0) {
      if (at === to) return final || this.#givesUp ? to : -1;
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
    return this.#element.isOutermost && this.#between.isOutermost;
  }

  #report(row: { from: number; to: number }, sink: RowSink): boolean {
    const { line } = this;
    const { from, to } = row;
    const lacksComma = this.#between.takeValue(this.#element.lines);
    const passed = Math.max(0, this.#passed);
    this.#passed = -1;
    this.#givesUp = false;
    if (passed > 0) return this.#reportTooLong({ from: from - passed, to, line }, sink);
    if (this.#element.isBroken) return sink.bad(from, to, line, BROKEN);
    return lacksComma ? sink.bad(from, to, line, NO_COMMA) : sink.row(from, to, line);
  }

  #reportTooLong({ from, to, line }: { from: number; to: number; line: number }, sink: RowSink): boolean {
    for (const object of this.#withheld) this.#refuse(shifted(object, from), sink);
    this.#withheld = [];
    return sink.tooLong(from, to, line);
  }
}

function shifted(object: ObjectWithoutList, by: number): ObjectWithoutList {
  return { ...object, from: object.from + by, to: object.to + by };
}

/** A row that begins at `from`, and the objects in front of it in which there is no list of rows. */
interface NextRow {
  from: number;
  withoutList: readonly ObjectWithoutList[];
}

interface ObjectWithoutList {
  from: number;
  to: number;
  line: number;
  behind: Standing;
}

/** Where to continue, and whether the sink wants more. */
interface Step {
  at: number;
  goOn: boolean;
}

function truncated(): Failure {
  return new Failure('local', 'unexpected end of JSON: the input seems to be truncated', {
    hint: 'its whole rows were read; run the same command again when the input is complete',
  });
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
