/** Splits text at lines that match a pattern; all other lines continue the row before them. */
import type { Region, RowScanner, RowSink } from '../../contracts/format.ts';
import { isBlank } from '../blank.ts';
import { MARK_BYTES, markLength } from '../encoding.ts';
import type { LinePattern } from './line-pattern.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Only this many bytes of a line are matched against the pattern. */
const MAX_MATCHED_BYTES = 8192;

export class JoinedLines implements RowScanner {
  line: number;
  readonly #beginning: LinePattern;
  #atStart: boolean;
  /** The current row is too long: its bytes are skipped. */
  #passes = false;
  /** Bytes and line ends of the skipped row before the current bytes. */
  #passed = 0;
  #lines = 0;
  /** The current bytes begin inside a line. */
  #isMidLine = false;

  constructor(start: { atStart: boolean; line: number }, beginning: LinePattern) {
    this.#atStart = start.atStart;
    this.line = start.line;
    this.#beginning = beginning;
  }

  scan(bytes: Buffer, region: Region, sink: RowSink): number {
    const { to, final } = region;
    let at = this.#start(bytes, region);
    if (at < 0) return region.from;
    while (at < to || (final && this.#passes)) {
      const next = this.#nextBeginning(bytes, at, region);
      if (next < 0) return this.#passes ? this.#forget(bytes, at, to) : at;
      const goOn = this.#report(bytes, { from: at, to: next }, sink);
      at = next;
      if (!goOn) return at;
    }
    return at;
  }

  passRow(): void {
    this.#passes = true;
    this.#passed = 0;
    this.#lines = 0;
    this.#isMidLine = false;
  }

  #start(bytes: Buffer, { from, to, final }: Region): number {
    if (!this.#atStart) return from;
    if (!final && to - from < MARK_BYTES) return -1;
    this.#atStart = false;
    return from + markLength(bytes.subarray(from, to));
  }

  /** The offset of the line that begins the row after the one at `at`; -1 when more bytes are needed. */
  #nextBeginning(bytes: Buffer, at: number, { to, final }: Region): number {
    let line = at;
    // After skipped bytes, the current bytes may begin with a whole line, which can begin the next row.
    if (this.#passes && this.#passed > 0 && !this.#isMidLine && this.#begins(bytes, at, to)) return at;
    for (;;) {
      const newline = newlineIn(bytes, line, to);
      if (newline < 0 || newline + 1 === to) return final ? to : -1;
      line = newline + 1;
      const isKnown = final || to - line >= MAX_MATCHED_BYTES || newlineIn(bytes, line, to) >= 0;
      if (!isKnown) return -1;
      if (this.#begins(bytes, line, to)) return line;
    }
  }

  #begins(bytes: Buffer, line: number, to: number): boolean {
    const newline = newlineIn(bytes, line, to);
    const end = Math.min(newline < 0 ? to : newline, line + MAX_MATCHED_BYTES);
    return this.#beginning.test(bytes.toString('utf8', line, end));
  }

  /** Consumes the bytes of a skipped row, except an incomplete last line that is short enough to match. */
  #forget(bytes: Buffer, from: number, to: number): number {
    const lastNewline = bytes.subarray(from, to).lastIndexOf(NEWLINE);
    const isLong = to - from - lastNewline > MAX_MATCHED_BYTES;
    const end = lastNewline < 0 || isLong ? to : from + lastNewline + 1;
    this.#lines += newlinesIn(bytes, from, end);
    this.#passed += end - from;
    this.#isMidLine = end === to && lastNewline !== to - from - 1;
    return end;
  }

  #report(bytes: Buffer, row: { from: number; to: number }, sink: RowSink): boolean {
    const { from } = row;
    const { line } = this;
    this.line += this.#lines + newlinesIn(bytes, from, row.to);
    this.#lines = 0;
    const start = from - this.#passed;
    const to = withoutLineEnd(bytes, row.to);
    this.#passed = 0;
    if (this.#passes) {
      this.#passes = false;
      return sink.tooLong(start, Math.max(start, to), line);
    }
    return isBlank(bytes, from, to) || sink.row(from, to, line);
  }
}

function newlineIn(bytes: Buffer, from: number, to: number): number {
  const found = bytes.indexOf(NEWLINE, from);
  return found < to ? found : -1;
}

function newlinesIn(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = newlineIn(bytes, from, to); at >= 0; at = newlineIn(bytes, at + 1, to)) count++;
  return count;
}

/** `to` without the line end before it. */
function withoutLineEnd(bytes: Buffer, to: number): number {
  const end = to > 0 && bytes[to - 1] === NEWLINE ? to - 1 : to;
  return end > 0 && end < to && bytes[end - 1] === RETURN ? end - 1 : end;
}
