/** Newline-delimited JSON: a line is a row. Blank lines are none. */
import type { Format, Region, RowScanner, RowSink } from '../contracts/format.ts';
import { isBlank } from './blank.ts';
import { MARK_BYTES, markLength } from './encoding.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const OPEN_OBJECT = 0x7b;

export function createNdjsonFormat({ notes = [] }: Pick<Format, 'notes'> = {}): Format {
  return {
    name: 'ndjson',
    notes,
    scanner: (start) => new LineScanner(start),
    preamble: () => new Uint8Array(0),
  };
}

/** Cuts lines. A line ends with a newline, a carriage return in front of it belongs to the line end. */
export class LineScanner implements RowScanner {
  line: number;
  #atStart: boolean;
  /** Bytes of the row being passed over, or -1. */
  #passed = -1;

  constructor(start: { atStart: boolean; line: number }) {
    this.#atStart = start.atStart;
    this.line = start.line;
  }

  scan(bytes: Buffer, region: Region, sink: RowSink): number {
    const { to, final } = region;
    let at = this.#start(bytes, region);
    while (at >= 0 && at < to) {
      at = this.#takeBatch(at, to, sink);
      if (at === to) break;
      const found = bytes.indexOf(NEWLINE, at);
      const ended = found >= 0 && found < to;
      if (!ended && !final) return this.#passed < 0 ? at : this.#passAll(bytes, at, to);
      const newline = ended ? found : to;
      const goOn = this.#line(bytes, at, newline, sink);
      if (ended) this.line++;
      at = ended ? newline + 1 : to;
      if (!goOn) return at;
    }
    if (final && this.#passed >= 0) this.#line(bytes, to, to, sink);
    return at < 0 ? region.from : at;
  }

  passRow(): void {
    this.#passed = 0;
  }

  /** Behind the byte order mark, which only the beginning of the input may have; -1 when more bytes must tell. */
  #start(bytes: Buffer, { from, to, final }: Region): number {
    if (!this.#atStart) return from;
    if (!final && to - from < MARK_BYTES) return -1;
    this.#atStart = false;
    return from + markLength(bytes.subarray(from, to));
  }

  /** Over lines that the sink takes without having them cut; returns where the next one begins. */
  #takeBatch(from: number, to: number, sink: RowSink): number {
    if (sink.lines === undefined || this.#passed >= 0) return from;
    const { lines, end } = sink.lines(from, to);
    this.line += lines;
    return end;
  }

  #line(bytes: Buffer, from: number, newline: number, sink: RowSink): boolean {
    const to = newline > from && bytes[newline - 1] === RETURN ? newline - 1 : newline;
    if (this.#passed >= 0) {
      const start = from - this.#passed;
      this.#passed = -1;
      return sink.tooLong(start, to, this.line);
    }
    if (bytes[from] !== OPEN_OBJECT && isBlank(bytes, from, to)) return true;
    return sink.row(from, to, this.line);
  }

  /** Passes over all but a carriage return at the end, to which a newline may belong. */
  #passAll(bytes: Buffer, from: number, to: number): number {
    const end = bytes[to - 1] === RETURN ? to - 1 : to;
    this.#passed += end - from;
    return end;
  }
}
