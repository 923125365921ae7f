/** The cells of a record as the text of one JSON object. */
import type { RowText } from '../../contracts/format.ts';
import type { ColumnMember, ColumnNode } from './columns.ts';
import { DOUBLED, UNCLEAN, type RecordReader } from './records.ts';
import { JsonText } from '../json/text-writer.ts';

/** What an empty cell becomes: nothing, `null`, or an empty text. */
export type EmptyCells = 'omit' | 'null' | 'string';

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

  constructor(empty: EmptyCells) {
    this.#empty = empty;
  }

  /** Valid until the next call. */
  write(root: ColumnNode, bytes: Buffer, record: RecordReader): RowText {
    this.#text.length = 0;
    if (!this.#writeNode(root, bytes, record)) this.#text.copy(EMPTY, 0, EMPTY.length);
    return { bytes: this.#text.bytes, from: 0, to: this.#text.length };
  }

  /** Whether there was anything to write. */
  #writeNode(node: ColumnNode, bytes: Buffer, record: RecordReader): boolean {
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

  /** Goes on behind the quote that opens the text; an empty cell may take that back. */
  #writeCell(column: number, bytes: Buffer, record: RecordReader): boolean {
    const from = record.from[column]!;
    const to = record.to[column]!;
    const text = this.#text;
    if (from === to && this.#empty !== 'string') {
      text.length--;
      if (this.#empty === 'null') text.copy(NULL, 0, NULL.length);
      return this.#empty === 'null';
    }
    const writing = record.writing[column]!;
    if ((writing & UNCLEAN) === 0) text.copy(bytes, from, to);
    else text.escaped(bytes, { from, to }, (writing & DOUBLED) !== 0);
    text.byte(QUOTE);
    return true;
  }

  /** The first member's comma gives its place to the brace. */
  #writeObject(members: readonly ColumnMember[], bytes: Buffer, record: RecordReader): boolean {
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

  /** Gaps in front of the last element that is there are `null`. */
  #writeList(elements: Elements, bytes: Buffer, record: RecordReader): boolean {
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
