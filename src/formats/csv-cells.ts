/** The cells of a record as the text of one JSON object. */
import type { RowText } from '../contracts.ts';
import type { ColumnNode } from './csv-columns.ts';
import { DOUBLED, type RecordReader } from './csv-records.ts';
import { JsonText } from './json-text.ts';

/** What an empty cell becomes: nothing, `null`, or an empty text. */
export type EmptyCells = 'omit' | 'null' | 'string';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NULL = Buffer.from('null');
const NO_TEXT = Buffer.from('""');

export class CellText {
  readonly #empty: EmptyCells;
  readonly #text = new JsonText();

  constructor(empty: EmptyCells) {
    this.#empty = empty;
  }

  /** Valid until the next call. */
  write(root: ColumnNode, bytes: Buffer, record: RecordReader): RowText {
    this.#text.length = 0;
    if (!this.#writeNode(root, bytes, record)) this.#text.raw(Buffer.from('{}'));
    return { bytes: this.#text.bytes, from: 0, to: this.#text.length };
  }

  /** Whether there was anything to write. */
  #writeNode(node: ColumnNode, bytes: Buffer, record: RecordReader): boolean {
    switch (node.kind) {
      case 'cell':
        return this.#writeCell(node.column, bytes, record);
      case 'fixed':
        this.#text.raw(node.text);
        return true;
      case 'object':
        return this.#writeObject(node.members, bytes, record);
      case 'list':
        return this.#writeList(node.elements, bytes, record);
    }
  }

  #writeCell(column: number, bytes: Buffer, record: RecordReader): boolean {
    const from = record.from[column]!;
    const to = record.to[column]!;
    const text = this.#text;
    if (from === to) {
      if (this.#empty === 'omit') return false;
      text.raw(this.#empty === 'null' ? NULL : NO_TEXT);
      return true;
    }
    text.byte(QUOTE);
    text.escaped(bytes, { from, to }, record.quoting[column] === DOUBLED);
    text.byte(QUOTE);
    return true;
  }

  #writeObject(members: Members, bytes: Buffer, record: RecordReader): boolean {
    const text = this.#text;
    const start = text.length;
    text.byte(OPEN_OBJECT);
    let written = 0;
    for (const { prefix, node } of members) {
      const before = text.length;
      if (written > 0) text.byte(COMMA);
      text.raw(prefix);
      if (this.#writeNode(node, bytes, record)) written++;
      else text.length = before;
    }
    text.byte(CLOSE_OBJECT);
    if (written === 0) text.length = start;
    return written > 0;
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
      else text.raw(NULL);
    });
    text.length = end;
    if (end > start) text.byte(CLOSE_LIST);
    return end > start;
  }
}

type Members = Extract<ColumnNode, { kind: 'object' }>['members'];
type Elements = Extract<ColumnNode, { kind: 'list' }>['elements'];
