/**
 * Plain text: each line is a row `{"text": ...}`, or several lines are, when a pattern matches the first of
 * them.
 */
import type { Format, Region, RowScanner, RowSink, RowText } from '../../contracts/format.ts';
import { JoinedLines } from './joined-lines.ts';
import { JsonText } from '../json/text-writer.ts';
import type { LinePattern } from './line-pattern.ts';
import { LineScanner } from '../ndjson.ts';

const HEAD = Buffer.from('{"text":"');
const TAIL = Buffer.from('"}');

/** `multilineStart`: a matching line begins a row, and lines that do not match continue it. */
export function createTextFormat(multilineStart?: LinePattern): Format {
  return {
    name: 'text',
    scanner: (start) => {
      const joins = multilineStart !== undefined;
      return new TextScanner(joins ? new JoinedLines(start, multilineStart) : new LineScanner(start));
    },
    preamble: () => new Uint8Array(0),
  };
}

/** Writes the rows of another scanner as JSON. */
class TextScanner implements RowScanner {
  readonly #rows: RowScanner;
  readonly #text = new JsonText();

  constructor(rows: RowScanner) {
    this.#rows = rows;
  }

  get line(): number {
    return this.#rows.line;
  }

  scan(bytes: Buffer, region: Region, sink: RowSink): number {
    return this.#rows.scan(bytes, region, sink);
  }

  passRow(): void {
    this.#rows.passRow();
  }

  toJson(bytes: Buffer, from: number, to: number): RowText {
    const text = this.#text;
    text.length = 0;
    text.copy(HEAD, 0, HEAD.length);
    text.escaped(bytes, { from, to }, false);
    text.copy(TAIL, 0, TAIL.length);
    return { bytes: text.bytes, from: 0, to: text.length };
  }
}
