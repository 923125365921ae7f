/** Writes the cells of a record as one JSON object. */
import type { RowText } from '../../contracts/format.ts';
import type { ColumnMember, ColumnNode } from './columns.ts';
import type { Dialect } from './dialect.ts';
import { DOUBLED, ESCAPED, PLAIN, UNCLEAN } from './records.ts';
import { unescapedCell } from './unescape.ts';
import { JsonText } from '../json/text-writer.ts';

/** What an empty cell becomes: nothing, `null`, or an empty text. */
export type EmptyCells = 'omit' | 'null' | 'string';

/** Where the cells of a record are, and how each is written. */
export interface CellRanges {
  readonly from: Readonly<ArrayLike<number>>;
  readonly to: Readonly<ArrayLike<number>>;
  readonly writing: Readonly<ArrayLike<number>>;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NULL = Buffer.from('null');
const EMPTY = Buffer.from('{}');

export class CellText {
  readonly #empty: EmptyCells;
  readonly #text = new JsonText();

  readonly #nulls: readonly Buffer[];
  readonly #dialect: Dialect;

  constructor(empty: EmptyCells, dialect: Dialect) {
    this.#empty = empty;
    this.#dialect = dialect;
    this.#nulls = dialect.nulls.map((text) => Buffer.from(text));
  }

  /** Valid until the next call. */
  write(root: ColumnNode, bytes: Buffer, record: CellRanges): RowText {
    this.#text.length = 0;
    if (!this.#writeNode(root, bytes, record)) this.#text.copy(EMPTY, 0, EMPTY.length);
    return { bytes: this.#text.bytes, from: 0, to: this.#text.length };
  }

  /** Returns whether anything was written. */
  #writeNode(node: ColumnNode, bytes: Buffer, record: CellRanges): boolean {
    switch (node.kind) {
      case 'cell':
        this.#text.byte(QUOTE);
        return this.#writeCell(node.column, bytes, record);
      case 'fixed':
        this.#text.copy(node.text, 0, node.text.length);
        return true;
      case 'object':
        return this.#writeObject(node.members, bytes, record);
      case 'list':
        return this.#writeList(node.elements, bytes, record);
    }
  }

  /** Continues after the opening quote of the text; an empty cell may remove that again. */
  #writeCell(column: number, bytes: Buffer, record: CellRanges): boolean {
    const from = record.from[column]!;
    const to = record.to[column]!;
    if (from === to && this.#empty !== 'string') return this.#writeEmpty();
    const writing = record.writing[column]!;
    if (this.#nulls.length > 0 && (writing & ~UNCLEAN & ~ESCAPED) === PLAIN && this.#isNull(bytes, from, to))
      return this.#writeEmpty();
    const text = this.#text;
    if ((writing & UNCLEAN) === 0) text.copy(bytes, from, to);
    else this.#writeUnclean(bytes, { from, to }, writing);
    text.byte(QUOTE);
    return true;
  }

  /** Replaces the opening quote, which was already written. */
  #writeEmpty(): boolean {
    const text = this.#text;
    text.length--;
    const isWritten = this.#empty !== 'omit';
    if (isWritten) text.copy(NULL, 0, NULL.length);
    return isWritten;
  }

  /** A cell with characters that JSON must escape, or with escapes or doubled quotes. */
  #writeUnclean(bytes: Buffer, range: { from: number; to: number }, writing: number): void {
    const isDoubled = (writing & DOUBLED) !== 0;
    if ((writing & ESCAPED) === 0 && (!isDoubled || this.#dialect.quote === '"')) {
      this.#text.escaped(bytes, range, isDoubled);
      return;
    }
    const { quote } = this.#dialect;
    const dialect = (writing & ESCAPED) === 0 ? { ...this.#dialect, escape: quote } : this.#dialect;
    const plain = unescapedCell(bytes.subarray(range.from, range.to), dialect);
    this.#text.escaped(plain, { from: 0, to: plain.length }, false);
  }

  #isNull(bytes: Buffer, from: number, to: number): boolean {
    return this.#nulls.some((one) => one.length === to - from && one.compare(bytes, from, to) === 0);
  }

  /** The comma of the first member is replaced by the brace. */
  #writeObject(members: readonly ColumnMember[], bytes: Buffer, record: CellRanges): boolean {
    const text = this.#text;
    const start = text.length;
    for (const { prefix, node } of members) {
      const before = text.length;
      text.copy(prefix, 0, prefix.length);
      const isCell = node.kind === 'cell';
      const isThere = isCell
        ? this.#writeCell(node.column, bytes, record)
        : this.#writeNode(node, bytes, record);
      if (!isThere) text.length = before;
    }
    if (text.length === start) return false;
    text.bytes[start] = OPEN_OBJECT;
    text.byte(CLOSE_OBJECT);
    return true;
  }

  /** Gaps before the last present element become `null`. */
  #writeList(elements: Elements, bytes: Buffer, record: CellRanges): boolean {
    const text = this.#text;
    const start = text.length;
    let end = start;
    text.byte(OPEN_LIST);
    elements.forEach((node, index) => {
      if (index > 0) text.byte(COMMA);
      if (node !== undefined && this.#writeNode(node, bytes, record)) end = text.length;
      else text.copy(NULL, 0, NULL.length);
    });
    text.length = end;
    if (end > start) text.byte(CLOSE_LIST);
    return end > start;
  }
}

type Elements = Extract<ColumnNode, { kind: 'list' }>['elements'];
