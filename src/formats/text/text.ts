/** Plain text: a line is a row `{"text": ...}`, or several lines are, where it is told how the first one looks. */
import type { Format, Region, RowScanner, RowSink, RowText } from '../../contracts/format.ts';
import { JoinedLines } from './joined-lines.ts';
import { JsonText } from '../json/text-writer.ts';
import type { LinePattern } from './line-pattern.ts';
import { LineScanner } from '../ndjson.ts';

const HEAD = Buffer.from('{"text":"');
const TAIL = Buffer.from('"}');

/** `multilineStart`: a line that matches begins a row, and those that do not go on with it. */
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

/** Gives each row of another scanner its JSON text. */
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
