/** Lines of a table that are no records: those before its header, and comments. */
import { Failure } from '../../failure.ts';
import type { Dialect } from './dialect.ts';
import { FIELDS_MARK } from './fields-line.ts';
import { endOfComment } from './first-record.ts';
import { newlineIn, withoutReturn } from './line-ends.ts';
import type { TableOptions } from './table-options.ts';

/** `line`: the number of the line that begins at `from`. */
interface LineStart {
  from: number;
  to: number;
  final: boolean;
  line: number;
}

/** Skips them in one pass over one range. `atStart`: the range begins with the input. */
export class SkippedLines {
  readonly #comment: Dialect['comment'];
  readonly #commentBytes: number;
  readonly #fieldsLine: string | undefined;
  #left: number;

  constructor({ dialect, fieldsLine }: TableOptions, atStart: boolean) {
    this.#comment = dialect.comment;
    this.#commentBytes = Buffer.byteLength(dialect.comment ?? '');
    this.#fieldsLine = fieldsLine;
    this.#left = atStart ? dialect.skipLines : 0;
  }

  /** How many lines before the table are still to be skipped. */
  get left(): number {
    return this.#left;
  }

  /** Whether such a line may come before the next record. */
  get mayCome(): boolean {
    return this.#left > 0 || this.#comment !== undefined;
  }

  /**
   * The offset after the line at `from`: after its newline, or the end of the input where it has none. `from` itself
   * when the line is not to be skipped, -1 when more bytes are needed. Throws a Failure `usage` for a comment that
   * names other columns.
   */
  skip(bytes: Buffer, { from, to, final, line }: LineStart): number {
    if (this.#left === 0 && !final && to - from < this.#commentBytes) return -1;
    const isSkipped = this.#left > 0 || endOfComment(bytes, from, to, this.#comment) !== from;
    if (!isSkipped) return from;
    const newline = newlineIn(bytes, from, to);
    if (newline < 0 && !final) return -1;
    const end = newline < 0 ? to : newline;
    if (this.#fieldsLine !== undefined) {
      refuseOtherFields(
        bytes.toString('utf8', from, withoutReturn(bytes, from, end)),
        this.#fieldsLine,
        line,
      );
    }
    if (this.#left > 0) this.#left--;
    return newline < 0 ? to : newline + 1;
  }
}

/** A second line that names other columns: the rows after it would get the wrong names. */
function refuseOtherFields(text: string, fieldsLine: string, line: number): void {
  if (!text.startsWith(FIELDS_MARK) || text === fieldsLine) return;
  throw new Failure('usage', `line ${line} names other columns than the first "${FIELDS_MARK}" line`, {
    hint: 'give what begins there as a file of its own',
  });
}
